import { Dialog } from '@base-ui/react/dialog';
import { useRouter } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { Cable, Play, Plus, SunMoon, Table2, Workflow } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

import { useMay } from '../../api/session.ts';
import { useAct, useOperation } from '../../api/use-operation.ts';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { notify } from '../../ui/toast.tsx';
import { frameWords } from '../../words/frame.ts';
import { connectionAddress, datasetAddress, pipelineAddress } from '../addresses.ts';
import { chooseTheme } from '../theme.ts';
import type { ThemeChoice } from '../theme.ts';
import { usePages } from './use-pages.ts';

const THEMES: readonly ThemeChoice[] = ['light', 'dark', 'system'];

/** Pages, objects and actions by their names. */
export function OpenCommandPalette({ onClose }: { readonly onClose: () => void }): ReactNode {
  const pages = usePages();
  const mayRun = useMay('pipeline.run');
  const mayConnect = useMay('connection.write');
  const router = useRouter();
  const lists = {
    pipelines: useOperation('pipelines/list-pipelines', {}),
    connections: useOperation('connections/list-connections', {}),
    datasets: useOperation('datasets/list-datasets', {}),
  };
  // Items that come later would stand above what Enter would choose.
  const isReady = Object.values(lists).every(({ isPending }) => !isPending);
  const pipelines = lists.pipelines.data?.pipelines ?? [];
  const connections = lists.connections.data?.connections ?? [];
  const datasets = lists.datasets.data?.datasets ?? [];
  const run = useAct('runs/start-run', ({ pipeline }) =>
    notify({ title: frameWords('runStarted', { pipeline }) }),
  );
  const go = (href: string) => (): void => {
    onClose();
    router.history.push(href);
  };
  const start = (pipeline: string) => (): void => {
    onClose();
    run.mutate(
      { pipeline },
      {
        onError: notifyFailure(frameWords('runFailed', { pipeline })),
      },
    );
  };
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
              {isReady ? (
                <>
                  <Command.Empty className="text-ink-3 px-2 py-6 text-center">
                    {frameWords('nothingFound')}
                  </Command.Empty>
                  <Group heading={frameWords('goTo')}>
                    {pages.map(({ path, title, icon }) => (
                      <Item key={path} value={`page ${title}`} icon={icon} onSelect={go(path)}>
                        {title}
                      </Item>
                    ))}
                  </Group>
                  <Group heading={frameWords('actions')}>
                    {mayConnect ? (
                      <Item value="connect data new connection" icon={Plus} onSelect={go('/connections/new')}>
                        {frameWords('connectData')}
                      </Item>
                    ) : null}
                    {THEMES.map((theme) => (
                      <Item
                        key={theme}
                        value={`theme ${frameWords(theme)}`}
                        icon={SunMoon}
                        onSelect={() => {
                          onClose();
                          chooseTheme(theme);
                        }}
                      >
                        {frameWords('theme')}: {frameWords(theme)}
                      </Item>
                    ))}
                    {pipelines.map(({ name, problem }) =>
                      problem === null && mayRun ? (
                        <Item key={name} value={`run ${name}`} icon={Play} onSelect={start(name)}>
                          {frameWords('runPipeline', { pipeline: name })}
                        </Item>
                      ) : null,
                    )}
                  </Group>
                  <Group heading={frameWords('pipelines')}>
                    {pipelines.map(({ name, description }) => (
                      <Item
                        key={name}
                        value={`pipeline ${name} ${description ?? ''}`}
                        icon={Workflow}
                        onSelect={go(pipelineAddress(name))}
                      >
                        {name}
                      </Item>
                    ))}
                  </Group>
                  <Group heading={frameWords('datasets')}>
                    {datasets.map(({ connection, name }) => (
                      <Item
                        key={`${connection}/${name}`}
                        value={`dataset ${connection}/${name}`}
                        icon={Table2}
                        note={connection}
                        onSelect={go(datasetAddress(`${connection}/${name}`))}
                      >
                        {name}
                      </Item>
                    ))}
                  </Group>
                  <Group heading={frameWords('connections')}>
                    {connections.map(({ name, title }) => (
                      <Item
                        key={name}
                        value={`connection ${name}`}
                        icon={Cable}
                        note={title}
                        onSelect={go(connectionAddress(name))}
                      >
                        {name}
                      </Item>
                    ))}
                  </Group>
                </>
              ) : (
                <SkeletonRows count={4} />
              )}
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
      className="data-[selected=true]:bg-surface-3 flex h-8 items-center gap-2 rounded-sm px-2"
    >
      <Icon size={16} aria-hidden className="text-ink-3 shrink-0" />
      <span className="min-w-0 truncate">{children}</span>
      {note === undefined ? null : <span className="text-ink-2 ml-auto shrink-0 text-sm">{note}</span>}
    </Command.Item>
  );
}
