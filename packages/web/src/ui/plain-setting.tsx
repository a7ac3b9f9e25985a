import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { CheckboxField } from './checkbox-field.tsx';
import { NumberField } from './number-field.tsx';
import { plainText } from './plain-text.ts';
import { SelectField } from './select-field.tsx';
import type { SettingSchema, SettingValue } from './settings-schema.ts';
import { formOf, isNullable, labelOf } from './settings-schema.ts';
import { TextField } from './text-field.tsx';

export interface SettingFieldProps {
  readonly name: string;
  readonly setting: SettingSchema;
  readonly isRequired: boolean;
  /** The server has it already, and does not say it. */
  readonly isKept?: boolean;
  /** In lists and maps, where the place says what it is. */
  readonly isLabelHidden?: boolean;
  readonly value: SettingValue | undefined;
  readonly error?: string | undefined;
  readonly onChange: (value: SettingValue | undefined) => void;
}

/** The control of a setting that is one value. */
export function PlainSetting({
  name,
  setting,
  isRequired,
  isKept = false,
  isLabelHidden = false,
  value,
  error,
  onChange,
}: SettingFieldProps): ReactNode {
  const label = labelOf(name, setting);
  const frame = { label, error, isLabelHidden, isRequired: isRequired && !isKept };
  const example = setting.default ?? setting.examples?.[0];
  const placeholder = isKept
    ? uiWords('secretKept')
    : example === undefined || setting.secret === true || typeof example === 'object'
      ? ''
      : plainText(example);
  const form = formOf(setting);
  switch (form.kind) {
    case 'choice':
      return (
        <SelectField
          {...frame}
          options={form.options}
          value={typeof value === 'string' ? value : plainDefault(setting)}
          onChange={onChange}
        />
      );
    case 'boolean':
      return (
        <div className={isLabelHidden ? '' : 'md:pt-6'}>
          <CheckboxField
            label={label}
            isLabelHidden={isLabelHidden}
            isChecked={value === undefined ? setting.default === true : value === true}
            onChange={onChange}
          />
        </div>
      );
    case 'number':
      return (
        <NumberField
          {...frame}
          value={typeof value === 'number' ? value : null}
          min={setting.minimum}
          max={setting.maximum}
          placeholder={placeholder}
          onChange={(next) => onChange(next ?? undefined)}
        />
      );
    default:
      return (
        <div className="flex flex-col gap-1">
          <TextField
            {...frame}
            name={name}
            value={value === undefined || value === null ? '' : plainText(value)}
            isSecret={setting.secret === true}
            isMono
            isDisabled={value === null}
            placeholder={placeholder}
            onChange={(next) => onChange(next === '' && !isLabelHidden ? undefined : next)}
          />
          {isNullable(setting) ? (
            <CheckboxField
              label={uiWords('none', { label })}
              isChecked={value === null}
              onChange={(isNone) => onChange(isNone ? null : undefined)}
            />
          ) : null}
        </div>
      );
  }
}

function plainDefault({ default: given }: SettingSchema): string | null {
  return given === undefined ? null : plainText(given);
}
