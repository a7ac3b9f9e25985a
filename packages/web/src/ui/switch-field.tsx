import { Field } from '@base-ui/react/field';
import { Switch } from '@base-ui/react/switch';
import type { ReactNode } from 'react';

export interface SwitchFieldProps {
  readonly label: string;
  readonly help?: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
}

/** What holds at once when it is switched; a checkbox is for what a form sends. */
export function SwitchField({
  label,
  help,
  isOn,
  onChange,
  isDisabled = false,
}: SwitchFieldProps): ReactNode {
  return (
    <Field.Root className="flex min-w-0 flex-col gap-0.5" disabled={isDisabled}>
      <div className="flex items-center gap-2">
        <Switch.Root
          checked={isOn}
          onCheckedChange={onChange}
          className="bg-ink-3 data-checked:bg-accent-fill inline-flex h-4 w-7 shrink-0 items-center rounded-full p-0.5 data-disabled:opacity-50"
        >
          <Switch.Thumb className="bg-surface-1 size-3 rounded-full data-checked:translate-x-3" />
        </Switch.Root>
        <Field.Label className="select-none">{label}</Field.Label>
      </div>
      {help === undefined ? null : (
        <Field.Description className="text-ink-3 pl-9 text-sm">{help}</Field.Description>
      )}
    </Field.Root>
  );
}
