import { useState } from 'react';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { Button } from './button.tsx';
import { ListSetting } from './list-setting.tsx';
import { MapSetting } from './map-setting.tsx';
import { PlainSetting, type SettingFieldProps } from './plain-setting.tsx';
import { SettingGroup } from './setting-group.tsx';
import type { SettingSchema, SettingValue, SettingValues, SettingsSchema } from './settings-schema.ts';
import { formOf, labelOf, settingsOf } from './settings-schema.ts';

export interface SchemaFormProps {
  readonly schema: SettingsSchema;
  readonly values: SettingValues;
  readonly onChange: (values: SettingValues) => void;
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

/** One setting: plain ones with their help beside where there is room; lists, maps and groups in a frame of their own. */
function SettingField(props: SettingFieldProps): ReactNode {
  const { name, setting, isRequired, isLabelHidden = false, value, onChange } = props;
  const form = formOf(setting);
  const label = labelOf(name, setting);
  const frame = {
    label,
    help: setting.description,
    isRequired,
    isOpen: value !== undefined || isRequired,
    error: props.error,
  };
  switch (form.kind) {
    case 'list':
      return (
        <SettingGroup {...frame}>
          <ListSetting
            label={label}
            item={form.item}
            values={Array.isArray(value) ? value : []}
            onChange={(values) => onChange(values.length === 0 ? undefined : values)}
          >
            {(inner) => <SettingField {...inner} />}
          </ListSetting>
        </SettingGroup>
      );
    case 'map':
      return (
        <SettingGroup {...frame}>
          <MapSetting
            label={label}
            item={form.item}
            values={isMap(value) ? value : {}}
            onChange={(values) => onChange(Object.keys(values).length === 0 ? undefined : values)}
          >
            {(inner) => <SettingField {...inner} />}
          </MapSetting>
        </SettingGroup>
      );
    case 'group': {
      const fields = (
        <SchemaForm
          schema={form.schema}
          values={isMap(value) ? value : {}}
          onChange={(values) =>
            onChange(Object.keys(values).length === 0 && !isLabelHidden ? undefined : values)
          }
        />
      );
      return isLabelHidden ? fields : <SettingGroup {...frame}>{fields}</SettingGroup>;
    }
    default:
      return isLabelHidden ? <PlainSetting {...props} /> : <SettingWithHelp {...props} />;
  }
}

function SettingWithHelp(props: SettingFieldProps): ReactNode {
  const { setting } = props;
  const help = [setting.description, setting.secret === true ? uiWords('secretHelp') : undefined]
    .filter((text) => text !== undefined)
    .join(' ');
  return (
    <div className="grid grid-cols-1 gap-x-6 gap-y-1 md:grid-cols-[minmax(0,320px)_minmax(0,1fr)]">
      <PlainSetting {...props} />
      {help === '' ? null : <p className="text-ink-3 text-sm md:pt-6">{help}</p>}
    </div>
  );
}

function isMap(value: SettingValue | undefined): value is SettingValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
