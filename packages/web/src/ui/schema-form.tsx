import { useState } from 'react';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { Button } from './button.tsx';
import { CheckboxField } from './checkbox-field.tsx';
import { NumberField } from './number-field.tsx';
import { plainText } from './plain-text.ts';
import type { SettingSchema, SettingValue, SettingsSchema } from './settings-schema.ts';
import { labelOf, optionsOf, settingsOf, typeOf } from './settings-schema.ts';
import { SelectField } from './select-field.tsx';
import { TextField } from './text-field.tsx';

export interface SchemaFormProps {
  readonly schema: SettingsSchema;
  readonly values: Readonly<Record<string, SettingValue>>;
  readonly onChange: (values: Readonly<Record<string, SettingValue>>) => void;
  /** By key: what is wrong. */
  readonly errors?: Readonly<Record<string, string>>;
  /** Keys of secrets that the server has already; empty fields leave them as they are. */
  readonly keptSecrets?: readonly string[];
}

/** A form drawn from the JSON Schema of settings: a field for each key, its help beside it, rare settings folded away. */
export function SchemaForm({
  schema,
  values,
  onChange,
  errors = {},
  keptSecrets = [],
}: SchemaFormProps): ReactNode {
  const entries = settingsOf(schema);
  const usual = entries.filter(([, setting]) => setting.advanced !== true);
  const rare = entries.filter(([, setting]) => setting.advanced === true);
  const hasRareError = rare.some(([key]) => errors[key] !== undefined);
  const [isOpen, setOpen] = useState(() => rare.some(([key]) => values[key] !== undefined));
  const field = ([key, setting]: readonly [string, SettingSchema]): ReactNode => (
    <SettingField
      key={key}
      name={key}
      setting={setting}
      isRequired={schema.required?.includes(key) === true}
      isKept={keptSecrets.includes(key)}
      value={values[key]}
      error={errors[key]}
      onChange={(value) => {
        const { [key]: _, ...others } = values;
        onChange(value === undefined ? others : { ...others, [key]: value });
      }}
    />
  );
  return (
    <div className="flex flex-col gap-4">
      {usual.map(field)}
      {rare.length === 0 ? null : (
        <div className="-ml-2">
          <Button kind="quiet" size="small" onClick={() => setOpen(!isOpen)}>
            {isOpen || hasRareError
              ? uiWords('hideAdvanced')
              : uiWords('showAdvanced', { count: rare.length })}
          </Button>
        </div>
      )}
      {isOpen || hasRareError ? rare.map(field) : null}
    </div>
  );
}

interface SettingFieldProps {
  readonly name: string;
  readonly setting: SettingSchema;
  readonly isRequired: boolean;
  readonly isKept: boolean;
  readonly value: SettingValue | undefined;
  readonly error: string | undefined;
  readonly onChange: (value: SettingValue | undefined) => void;
}

/** Field and help side by side where there is room. */
function SettingField({
  name,
  setting,
  isRequired,
  isKept,
  value,
  error,
  onChange,
}: SettingFieldProps): ReactNode {
  const label = labelOf(name, setting);
  const frame = { label, error, isRequired: isRequired && !isKept };
  const help = [setting.description, setting.secret === true ? uiWords('secretHelp') : undefined]
    .filter((text) => text !== undefined)
    .join(' ');
  const example = setting.default ?? setting.examples?.[0];
  const placeholder = isKept
    ? uiWords('secretKept')
    : example === undefined || setting.secret === true || typeof example === 'object'
      ? ''
      : plainText(example);
  return (
    <div className="grid grid-cols-1 gap-x-6 gap-y-1 md:grid-cols-[minmax(0,320px)_minmax(0,1fr)]">
      {control()}
      {help === '' ? null : <p className="text-ink-3 text-sm md:pt-6">{help}</p>}
    </div>
  );

  function control(): ReactNode {
    const options = optionsOf(setting);
    if (options !== undefined)
      return (
        <SelectField
          {...frame}
          options={options}
          value={
            typeof value === 'string'
              ? value
              : setting.default === undefined
                ? null
                : plainText(setting.default)
          }
          onChange={onChange}
        />
      );
    switch (typeOf(setting)) {
      case 'boolean':
        return (
          <div className="md:pt-6">
            <CheckboxField
              label={label}
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
      case 'text':
        return (
          <TextField
            {...frame}
            name={name}
            value={value === undefined ? '' : String(value)}
            isSecret={setting.secret === true}
            isMono
            placeholder={placeholder}
            onChange={(next) => onChange(next === '' ? undefined : next)}
          />
        );
    }
  }
}
