import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

export interface Tab<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
  /** How many things wait behind it. */
  readonly count?: number | undefined;
  readonly content: ReactNode;
}

export interface TabsProps<Value extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** At the right end of the line of tabs. */
  readonly actions?: ReactNode;
}

/** Views of one thing; which one is open belongs in the URL (`useUrlState`). Fills its place. */
export function Tabs<Value extends string>({
  label,
  tabs,
  value,
  onChange,
  actions,
}: TabsProps<Value>): ReactNode {
  return (
    <BaseTabs.Root
      value={value}
      onValueChange={(next: Value) => onChange(next)}
      className="flex min-h-0 flex-1 flex-col"
    >
      <div className="border-line flex h-9 shrink-0 items-end justify-between gap-4 border-b px-4">
        <BaseTabs.List aria-label={label} className="flex gap-4 self-stretch overflow-x-auto">
          {tabs.map((tab) => (
            <BaseTabs.Tab
              key={tab.value}
              value={tab.value}
              className="text-ink-2 hover:text-ink-1 data-active:text-ink-1 data-active:border-accent inline-flex h-full items-center gap-1.5 border-b-2 border-transparent whitespace-nowrap data-active:font-medium"
            >
              {tab.label}
              {tab.count === undefined ? null : (
                <span className="bg-surface-3 text-ink-2 rounded-full px-1.5 text-xs tabular-nums">
                  {tab.count}
                </span>
              )}
            </BaseTabs.Tab>
          ))}
        </BaseTabs.List>
        {actions === undefined ? null : <div className="flex items-center gap-2 self-center">{actions}</div>}
      </div>
      {tabs.map((tab) => (
        <BaseTabs.Panel
          key={tab.value}
          value={tab.value}
          className="flex min-h-0 flex-1 flex-col overflow-auto"
        >
          {tab.content}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  );
}
