import { renderValue, type DocumentPath, type DocumentValue } from '@millrace/spec';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';

import { readValue } from '../model/read-value.ts';
import { useFieldEdit } from '../state/use-field-edit.ts';

/** A setting that has no form of its own, as one line of YAML; taken over when it can be read. */
export function YamlField({
  label,
  path,
  value,
  placeholder = '',
}: {
  readonly label: string;
  readonly path: DocumentPath;
  readonly value: DocumentValue;
  readonly placeholder?: string;
}): ReactNode {
  const set = useFieldEdit(path);
  const written = value === null ? '' : renderValue(value);
  const [typed, setTyped] = useState(written);
  useEffect(() => setTyped(written), [written]);
  const read = readValue(typed);
  return (
    <textarea
      aria-label={label}
      aria-invalid={typed.trim() !== '' && read === undefined}
      rows={Math.min(6, Math.max(1, Math.ceil(typed.length / 36)))}
      value={typed}
      placeholder={placeholder}
      spellCheck={false}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => {
        if (typed === written) return;
        if (typed.trim() === '') set(undefined);
        else if (read !== undefined) set(read.value);
      }}
      className="bg-surface-1 border-line-strong aria-invalid:border-bad w-full rounded-md border px-2 py-1 font-mono text-sm"
    />
  );
}
