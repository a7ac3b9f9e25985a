import { Plus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';
import type { SettingFieldProps } from './plain-setting.tsx';
import type { SettingSchema, SettingValues } from './settings-schema.ts';
import { emptyOf } from './settings-schema.ts';
import { TextField } from './text-field.tsx';

/** A part for each key, which is named when it is added. */
export function MapSetting({
  label,
  item,
  values,
  onChange,
  children,
}: {
  readonly label: string;
  readonly item: SettingSchema;
  readonly values: SettingValues;
  readonly onChange: (values: SettingValues) => void;
  /** Draws an item. */
  readonly children: (inner: SettingFieldProps) => ReactNode;
}): ReactNode {
  const [key, setKey] = useState('');
  const naming = useRef<HTMLDivElement>(null);
  const isTaken = Object.hasOwn(values, key);
  const add = (): void => {
    if (key === '' || isTaken) return;
    onChange({ ...values, [key]: emptyOf(item) });
    setKey('');
  };
  return (
    <>
      {Object.entries(values).map(([name, value]) => (
        <div key={name} role="group" aria-label={name} className="border-line border-l-2 pl-3">
          <div className="flex items-center justify-between">
            <span className="font-mono text-sm font-medium">{name}</span>
            <IconButton
              icon={X}
              label={uiWords('removeNth', { name })}
              onClick={() => {
                const { [name]: _, ...others } = values;
                onChange(others);
                naming.current?.querySelector('input')?.focus();
              }}
            />
          </div>
          {children({
            name,
            setting: { ...item, title: name },
            isRequired: true,
            isLabelHidden: true,
            value,
            onChange: (next) => onChange({ ...values, [name]: next ?? emptyOf(item) }),
          })}
        </div>
      ))}
      <div
        ref={naming}
        className="flex max-w-md items-start gap-2"
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
          // The form around it is not sent.
          event.preventDefault();
          add();
        }}
      >
        <TextField
          label={uiWords('newKey', { label })}
          placeholder={uiWords('newKey', { label })}
          isLabelHidden
          isMono
          value={key}
          onChange={setKey}
          error={isTaken ? uiWords('keyTaken', { name: key }) : undefined}
        />
        <Button
          icon={Plus}
          isDisabled={key === '' || isTaken}
          aria-label={uiWords('addTo', { label })}
          onClick={add}
        >
          {uiWords('add')}
        </Button>
      </div>
    </>
  );
}
