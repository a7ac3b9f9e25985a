import { NumberField as BaseNumberField } from '@base-ui/react/number-field';
import type { ReactNode } from 'react';

import { CONTROL_LOOK, FieldFrame } from './field-frame.tsx';
import type { FieldFrameProps } from './field-frame.tsx';

export interface NumberFieldProps extends FieldFrameProps {
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly placeholder?: string;
  /** What is counted, after the field: `seconds`. */
  readonly unit?: string;
}

export function NumberField({
  value,
  onChange,
  min,
  max,
  placeholder,
  unit,
  ...frame
}: NumberFieldProps): ReactNode {
  return (
    <FieldFrame {...frame}>
      <BaseNumberField.Root
        value={value}
        onValueChange={onChange}
        {...(min === undefined ? {} : { min })}
        {...(max === undefined ? {} : { max })}
        format={{ useGrouping: false, maximumFractionDigits: 20 }}
        className="flex items-center gap-2"
      >
        <BaseNumberField.Input
          placeholder={placeholder}
          className={`${CONTROL_LOOK} max-w-40 tabular-nums`}
        />
        {unit === undefined ? null : <span className="text-ink-3 text-sm">{unit}</span>}
      </BaseNumberField.Root>
    </FieldFrame>
  );
}
