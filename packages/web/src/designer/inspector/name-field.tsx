import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';

import { designerWords } from '../../words/designer.ts';

/** The name of what is selected; taken over on Enter or when the field is left. */
export function NameField({
  name,
  isReadOnly,
  onRename,
}: {
  readonly name: string;
  readonly isReadOnly: boolean;
  readonly onRename: (to: string) => void;
}): ReactNode {
  const [typed, setTyped] = useState(name);
  useEffect(() => setTyped(name), [name]);
  const take = (): void => {
    if (typed === name) return;
    onRename(typed);
    // What is refused is not kept; what is taken over comes back as the name.
    setTyped(name);
  };
  return (
    <input
      aria-label={designerWords('name')}
      data-field="name"
      value={typed}
      readOnly={isReadOnly}
      spellCheck={false}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take();
        if (event.key === 'Escape') setTyped(name);
      }}
      className="hover:border-line-strong focus:border-line-strong min-w-0 flex-1 rounded-md border border-transparent bg-transparent px-1 font-medium"
    />
  );
}
