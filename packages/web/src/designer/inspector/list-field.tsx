import { X } from 'lucide-react';
import type { DocumentPath, DocumentValue, DraftStep } from '@millrace/spec';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';

import { FieldFrame, type FieldFrameProps } from '../../ui/field-frame.tsx';
import { designerWords } from '../../words/designer.ts';
import type { Control } from '../model/form-fields.ts';
import { useFieldEdit } from '../state/use-field-edit.ts';
import { useInputColumns } from '../state/use-input-columns.ts';

/** Names in an order: columns are picked from what the step really reads. */
export function ListField({
  step,
  frame,
  control,
  path,
  value,
}: {
  readonly step: DraftStep;
  readonly frame: FieldFrameProps;
  readonly control: Extract<Control, { kind: 'list' }>;
  readonly path: DocumentPath;
  readonly value: DocumentValue | undefined;
}): ReactNode {
  const set = useFieldEdit(path);
  const options = useId();
  const columns = useInputColumns(step, path.at(-1) === 'columnsRight' ? 'second' : 'all');
  const [typed, setTyped] = useState('');
  const given: readonly DocumentValue[] =
    value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
  const items = given.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
  const change = (next: readonly string[]): void => set(next.length === 0 ? undefined : next);
  const add = (name: string): void => {
    const text = name.trim();
    setTyped('');
    if (text !== '' && !items.includes(text)) change([...items, text]);
  };
  const offered = control.item === 'text' ? [] : columns.filter(({ name }) => !items.includes(name));
  return (
    <FieldFrame {...frame}>
      <div className="border-line-strong flex min-h-7 flex-wrap items-center gap-1 rounded-md border p-0.5">
        {items.map((item) => (
          <span
            key={item}
            className="bg-surface-2 inline-flex max-w-full items-center gap-0.5 rounded-sm pl-1.5 font-mono text-sm"
          >
            <span className="truncate">{item}</span>
            <button
              type="button"
              aria-label={designerWords('removeEntry', { name: item })}
              onClick={() => change(items.filter((other) => other !== item))}
              className="hover:bg-surface-3 flex size-5 items-center justify-center rounded-sm"
            >
              <X size={12} aria-hidden />
            </button>
          </span>
        ))}
        <input
          aria-label={`${frame.label}: ${designerWords('chooseColumn')}`}
          list={options}
          value={typed}
          placeholder={items.length === 0 ? designerWords('chooseColumn') : ''}
          spellCheck={false}
          onChange={(event) => {
            const text = event.target.value;
            // A choice from the list comes whole, without typing.
            if (!('inputType' in event.nativeEvent) && offered.some(({ name }) => name === text)) add(text);
            else setTyped(text);
          }}
          onBlur={() => add(typed)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' || event.key === ',') {
              event.preventDefault();
              add(typed);
            }
            if (event.key === 'Backspace' && typed === '') change(items.slice(0, -1));
          }}
          className="h-5 min-w-24 flex-1 bg-transparent px-1 font-mono text-sm outline-none"
        />
        <datalist id={options}>
          {offered.map(({ name, type }) => (
            <option key={name} value={name}>
              {type}
            </option>
          ))}
        </datalist>
      </div>
    </FieldFrame>
  );
}
