import type { ReactNode } from 'react';

import { CheckboxField } from '../../ui/checkbox-field.tsx';

export interface FacetListProps {
  readonly title: string;
  readonly values: readonly { readonly value: string; readonly count: number; readonly label?: string }[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** The values of one property and how many have each; choosing several means any of them. */
export function FacetList({ title, values, chosen, onChange }: FacetListProps): ReactNode {
  if (values.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-0.5">
      <legend className="text-ink-3 pb-1 text-xs font-medium">{title}</legend>
      {values.map(({ value, count, label = value }) => (
        <div key={value} className="flex min-w-0 items-center gap-2">
          <div className="min-w-0 flex-1 truncate">
            <CheckboxField
              label={label}
              isChecked={chosen.includes(value)}
              onChange={(isChecked) =>
                onChange(isChecked ? [...chosen, value] : chosen.filter((each) => each !== value))
              }
            />
          </div>
          <span className="text-ink-3 text-sm tabular-nums">{count}</span>
        </div>
      ))}
    </fieldset>
  );
}
