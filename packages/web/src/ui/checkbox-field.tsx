import { Checkbox } from '@base-ui/react/checkbox';
import { Field } from '@base-ui/react/field';
import { Check, Minus } from 'lucide-react';
import type { ReactNode } from 'react';

export interface CheckboxFieldProps {
  readonly label: string;
  readonly help?: ReactNode;
  readonly isChecked: boolean;
  /** Some, not all, of what it stands for. */
  readonly isMixed?: boolean;
  readonly onChange: (isChecked: boolean) => void;
  readonly isLabelHidden?: boolean;
  readonly isDisabled?: boolean;
}

export function CheckboxField({
  label,
  help,
  isChecked,
  isMixed = false,
  onChange,
  isLabelHidden = false,
  isDisabled = false,
}: CheckboxFieldProps): ReactNode {
  return (
    <Field.Root className="flex min-w-0 flex-col gap-0.5" disabled={isDisabled}>
      <div className="flex items-center gap-2">
        <Checkbox.Root
          checked={isChecked}
          indeterminate={isMixed}
          onCheckedChange={onChange}
          {...(isLabelHidden ? { 'aria-label': label } : {})}
          className="border-line-strong bg-surface-1 data-checked:bg-accent-fill data-indeterminate:bg-accent-fill text-accent-on data-checked:border-transparent data-indeterminate:border-transparent inline-flex size-4 shrink-0 items-center justify-center rounded-sm border data-disabled:opacity-50"
        >
          <Checkbox.Indicator className="flex">
            {isMixed ? (
              <Minus size={12} strokeWidth={3} aria-hidden />
            ) : (
              <Check size={12} strokeWidth={3} aria-hidden />
            )}
          </Checkbox.Indicator>
        </Checkbox.Root>
        {isLabelHidden ? null : <Field.Label className="select-none">{label}</Field.Label>}
      </div>
      {help === undefined ? null : (
        <Field.Description className="text-ink-3 pl-6 text-sm">{help}</Field.Description>
      )}
    </Field.Root>
  );
}
