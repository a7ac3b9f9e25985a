import { Select } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { classNames } from './class-names.ts';
import { CONTROL_LOOK, FieldFrame } from './field-frame.tsx';
import type { FieldFrameProps } from './field-frame.tsx';

export interface SelectOption<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
  /** A second line that says when to choose it. */
  readonly note?: string;
}

export interface SelectFieldProps<Value extends string> extends FieldFrameProps {
  readonly value: Value | null;
  readonly options: readonly SelectOption<Value>[];
  readonly onChange: (value: Value) => void;
  readonly placeholder?: string;
}

/** One of a few known values. */
export function SelectField<Value extends string>({
  value,
  options,
  onChange,
  placeholder = uiWords('choose'),
  ...frame
}: SelectFieldProps<Value>): ReactNode {
  return (
    <FieldFrame {...frame}>
      <Select.Root<Value>
        value={value}
        items={options.map((option) => ({ value: option.value, label: option.label }))}
        onValueChange={(next) => {
          if (next !== null) onChange(next);
        }}
        modal={false}
      >
        <Select.Trigger
          {...(frame.isLabelHidden === true ? { 'aria-label': frame.label } : {})}
          className={classNames(CONTROL_LOOK, 'flex items-center justify-between gap-2 text-left')}
        >
          <Select.Value placeholder={placeholder} className="data-placeholder:text-ink-3 truncate" />
          <Select.Icon>
            <ChevronsUpDown size={14} aria-hidden className="text-ink-3" />
          </Select.Icon>
        </Select.Trigger>
        <Select.Portal>
          <Select.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50">
            <Select.Popup className="opens shadow-float bg-surface-1 max-h-[min(var(--available-height),320px)] min-w-(--anchor-width) overflow-y-auto rounded-md p-1">
              <Select.List>
                {options.map((option) => (
                  <Select.Item
                    key={option.value}
                    value={option.value}
                    className="data-highlighted:bg-surface-2 grid cursor-default grid-cols-[16px_1fr] items-start gap-x-2 rounded-sm px-2 py-1 outline-none select-none"
                  >
                    <Select.ItemIndicator className="pt-0.5">
                      <Check size={14} aria-hidden className="text-accent-ink" />
                    </Select.ItemIndicator>
                    <Select.ItemText className="col-start-2">{option.label}</Select.ItemText>
                    {option.note === undefined ? null : (
                      <span className="text-ink-3 col-start-2 max-w-80 text-sm">{option.note}</span>
                    )}
                  </Select.Item>
                ))}
              </Select.List>
            </Select.Popup>
          </Select.Positioner>
        </Select.Portal>
      </Select.Root>
    </FieldFrame>
  );
}
