import { Field } from '@base-ui/react/field';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';

/** What every field has: its words, what it is for, and what is wrong with it. */
export interface FieldFrameProps {
  readonly label: string;
  /** One or two sentences under the field. */
  readonly help?: ReactNode;
  /** What is wrong with the value, and how to mend it. */
  readonly error?: string | undefined;
  readonly isRequired?: boolean;
  /** For tables and toolbars, where the place says what the field is; the label stays for screen readers. */
  readonly isLabelHidden?: boolean;
  readonly isDisabled?: boolean;
}

/** The look of a control that takes text. */
export const CONTROL_LOOK =
  'bg-surface-1 border-line-strong text-ink-1 h-7 w-full min-w-0 rounded-md border px-2 data-invalid:border-bad disabled:opacity-60';

/** Label above, control, error or help below. */
export function FieldFrame({
  label,
  help,
  error,
  isRequired = false,
  isLabelHidden = false,
  isDisabled = false,
  children,
}: FieldFrameProps & { readonly children: ReactNode }): ReactNode {
  return (
    <Field.Root
      invalid={error !== undefined}
      disabled={isDisabled}
      className="flex w-full min-w-0 flex-col gap-1"
    >
      <Field.Label
        className={isLabelHidden ? 'sr-only' : 'text-ink-1 flex items-baseline gap-1.5 font-medium'}
      >
        {label}
        {isRequired ? null : <span className="text-ink-3 text-sm font-normal">{uiWords('optional')}</span>}
      </Field.Label>
      {children}
      {error === undefined ? null : (
        <Field.Error match className="text-bad text-sm">
          {error}
        </Field.Error>
      )}
      {help === undefined ? null : (
        <Field.Description className="text-ink-3 text-sm">{help}</Field.Description>
      )}
    </Field.Root>
  );
}
