import { Menu as BaseMenu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

import { classNames } from './class-names.ts';

export type MenuEntry =
  | {
      readonly kind?: 'action';
      readonly label: string;
      readonly icon?: LucideIcon;
      readonly onSelect: () => void;
      readonly isDangerous?: boolean;
      readonly isDisabled?: boolean;
    }
  | {
      readonly kind: 'choice';
      readonly label: string;
      readonly isChosen: boolean;
      readonly onSelect: () => void;
    }
  | { readonly kind: 'heading'; readonly label: string }
  | { readonly kind: 'line' };

export interface MenuProps {
  /** The button that opens it; it takes props and a ref. */
  readonly trigger: ReactElement;
  readonly entries: readonly MenuEntry[];
  readonly align?: 'start' | 'end';
}

const ITEM =
  'data-highlighted:bg-surface-2 flex cursor-default items-center gap-2 rounded-sm px-2 py-1 outline-none select-none data-disabled:opacity-50';

/** Actions and choices behind one button. */
export function Menu({ trigger, entries, align = 'end' }: MenuProps): ReactNode {
  return (
    <BaseMenu.Root modal={false}>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={4} align={align} className="z-50">
          <BaseMenu.Popup className="opens shadow-float bg-surface-1 max-h-(--available-height) min-w-44 overflow-y-auto rounded-md p-1">
            {entries.map((entry, index) => (
              <Entry key={`${index}`} entry={entry} />
            ))}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

function Entry({ entry }: { readonly entry: MenuEntry }): ReactNode {
  if (entry.kind === 'line') return <BaseMenu.Separator className="bg-line my-1 h-px" />;
  if (entry.kind === 'heading') return <p className="text-ink-3 px-2 py-1 text-sm">{entry.label}</p>;
  if (entry.kind === 'choice')
    return (
      <BaseMenu.CheckboxItem
        checked={entry.isChosen}
        onCheckedChange={entry.onSelect}
        closeOnClick={false}
        className={ITEM}
      >
        <span className="inline-flex size-4 items-center">
          <BaseMenu.CheckboxItemIndicator>
            <Check size={14} aria-hidden className="text-accent-ink" />
          </BaseMenu.CheckboxItemIndicator>
        </span>
        {entry.label}
      </BaseMenu.CheckboxItem>
    );
  const Icon = entry.icon;
  return (
    <BaseMenu.Item
      onClick={entry.onSelect}
      disabled={entry.isDisabled === true}
      className={classNames(ITEM, entry.isDangerous === true && 'text-bad')}
    >
      {Icon === undefined ? null : <Icon size={16} aria-hidden className="shrink-0 opacity-80" />}
      {entry.label}
    </BaseMenu.Item>
  );
}
