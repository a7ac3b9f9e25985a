import { Dialog } from '@base-ui/react/dialog';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

import { frameWords } from '../../words/frame.ts';
import { usePages } from './use-pages.ts';

/** Pages, objects and actions by their names. */
export function OpenCommandPalette({ onClose }: { readonly onClose: () => void }): ReactNode {
  const pages = usePages();
  const navigate = useNavigate();
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[oklch(0.2_0.02_240/0.35)]" />
        <Dialog.Popup
          aria-label={frameWords('palette')}
          className="opens shadow-float bg-surface-1 fixed top-[12vh] left-1/2 z-40 w-[min(560px,calc(100vw-32px))] -translate-x-1/2 overflow-hidden rounded-md"
        >
          <Command label={frameWords('palette')} loop>
            <Command.Input
              autoFocus
              placeholder={frameWords('palette')}
              className="border-line h-11 w-full border-b bg-transparent px-4 text-lg outline-none"
            />
            <Command.List className="max-h-[50vh] overflow-y-auto p-2">
              <Command.Empty className="text-ink-3 px-2 py-6 text-center">
                {frameWords('nothingFound')}
              </Command.Empty>
              <Group heading={frameWords('goTo')}>
                {pages.map(({ path, title, icon }) => (
                  <Item
                    key={path}
                    value={`page ${title}`}
                    icon={icon}
                    onSelect={() => {
                      onClose();
                      void navigate({ to: path });
                    }}
                  >
                    {title}
                  </Item>
                ))}
              </Group>
            </Command.List>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Group({ heading, children }: { readonly heading: string; readonly children: ReactNode }): ReactNode {
  return (
    <Command.Group
      heading={heading}
      className="[&>[cmdk-group-heading]]:text-ink-3 [&>[cmdk-group-heading]]:px-2 [&>[cmdk-group-heading]]:py-1 [&>[cmdk-group-heading]]:text-sm"
    >
      {children}
    </Command.Group>
  );
}

function Item({
  value,
  icon: Icon,
  children,
  note,
  onSelect,
}: {
  readonly value: string;
  readonly icon: LucideIcon;
  readonly children: ReactNode;
  readonly note?: string;
  readonly onSelect: () => void;
}): ReactNode {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="data-[selected=true]:bg-surface-2 flex h-8 items-center gap-2 rounded-sm px-2"
    >
      <Icon size={16} aria-hidden className="text-ink-3 shrink-0" />
      <span className="min-w-0 truncate">{children}</span>
      {note === undefined ? null : <span className="text-ink-3 ml-auto shrink-0 text-sm">{note}</span>}
    </Command.Item>
  );
}
