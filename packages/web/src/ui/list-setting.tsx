import { Plus, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';
import type { SettingFieldProps } from './plain-setting.tsx';
import type { SettingSchema, SettingValue } from './settings-schema.ts';
import { emptyOf } from './settings-schema.ts';

/** A row for each item, to be added and removed. */
export function ListSetting({
  label,
  item,
  values,
  onChange,
  children,
}: {
  readonly label: string;
  readonly item: SettingSchema;
  readonly values: readonly SettingValue[];
  readonly onChange: (values: readonly SettingValue[]) => void;
  /** Draws an item. */
  readonly children: (inner: SettingFieldProps) => ReactNode;
}): ReactNode {
  const list = useRef<HTMLUListElement>(null);
  const adding = useRef<HTMLButtonElement>(null);
  const count = useRef(values.length);
  useEffect(() => {
    if (values.length > count.current)
      list.current?.lastElementChild?.querySelector<HTMLElement>('input, button, textarea')?.focus();
    if (values.length < count.current) adding.current?.focus();
    count.current = values.length;
  }, [values.length]);
  return (
    <>
      {values.length === 0 ? null : (
        <ul ref={list} className="flex flex-col gap-2">
          {values.map((value, index) => {
            const nth = uiWords('nth', { label, number: index + 1 });
            return (
              // Items have no names of their own; their place is all that tells them apart.
              <li key={index} className="flex items-start gap-2">
                <div role="group" aria-label={nth} className="min-w-0 flex-1">
                  {children({
                    name: nth,
                    setting: { ...item, title: nth },
                    isRequired: true,
                    isLabelHidden: true,
                    value,
                    onChange: (next) => onChange(values.with(index, next ?? emptyOf(item))),
                  })}
                </div>
                <IconButton
                  icon={X}
                  label={uiWords('removeNth', { name: nth })}
                  onClick={() => onChange(values.toSpliced(index, 1))}
                />
              </li>
            );
          })}
        </ul>
      )}
      <div>
        <Button
          size="small"
          icon={Plus}
          ref={adding}
          aria-label={uiWords('addTo', { label })}
          onClick={() => onChange([...values, emptyOf(item)])}
        >
          {uiWords('add')}
        </Button>
      </div>
    </>
  );
}
