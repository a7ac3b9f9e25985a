import { useState } from 'react';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';

/** Settings that belong together, to be folded away. */
export function SettingGroup({
  label,
  help,
  isRequired,
  isOpen,
  error,
  children,
}: {
  readonly label: string;
  readonly help: string | undefined;
  readonly isRequired: boolean;
  /** When it is drawn first. */
  readonly isOpen: boolean;
  readonly error: string | undefined;
  readonly children: ReactNode;
}): ReactNode {
  const [open, setOpen] = useState(isOpen);
  return (
    <details
      open={open || error !== undefined}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      onInvalidCapture={(event) => {
        // The browser cannot show what is wrong in a part that is folded away, and then sends nothing and says nothing.
        event.currentTarget.open = true;
      }}
      className="border-line min-w-0 rounded-md border px-3 py-2"
    >
      <summary className="cursor-default font-medium">
        {label}
        {isRequired ? null : (
          <span className="text-ink-3 pl-1.5 text-sm font-normal">{uiWords('optional')}</span>
        )}
      </summary>
      <div role="group" aria-label={label} className="flex flex-col gap-3 pt-2">
        {help === undefined ? null : <p className="text-ink-3 text-sm">{help}</p>}
        {error === undefined ? null : <p className="text-bad text-sm">{error}</p>}
        {children}
      </div>
    </details>
  );
}
