import type { OperationOutput } from '@millrace/control-plane';
import { Cable, Database } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { SearchField } from '../../ui/search-field.tsx';
import { connectWords } from '../../words/connect.ts';
import { uiWords } from '../../words/ui.ts';
import { addressOf } from '../connections/connection-address.ts';
import { WizardPage } from './wizard-page.tsx';

export type System = OperationOutput<'connectors/list-connectors'>['connectors'][number];
export type Connection = OperationOutput<'connections/list-connections'>['connections'][number];

/** A system of the registry, or a connection that is there already. */
export function ChooseSystem({
  systems,
  connections,
  onSystem,
  onConnection,
}: {
  readonly systems: readonly System[];
  readonly connections: readonly Connection[];
  readonly onSystem: (system: string) => void;
  readonly onConnection: (connection: string) => void;
}): ReactNode {
  const [text, setText] = useState('');
  const matches = (...words: readonly string[]): boolean =>
    words.join(' ').toLowerCase().includes(text.trim().toLowerCase());
  const found = systems.filter(({ title, name, summary }) => matches(title, name, summary));
  const known = connections.filter(({ isSource, name, title }) => isSource && matches(name, title));
  return (
    <WizardPage title={connectWords('systemTitle')}>
      <div className="flex max-w-5xl flex-col gap-4 px-4 pb-6">
        <SearchField label={connectWords('findSystem')} value={text} onChange={setText} />
        <Choices title={connectWords('newConnection')}>
          {found.map((system) => (
            <Choice
              key={system.name}
              icon={Database}
              title={system.title}
              text={system.summary}
              note={connectWords(
                system.isSource && system.isDestination
                  ? 'destinationToo'
                  : system.isSource
                    ? 'sourceOnly'
                    : 'destinationOnly',
              )}
              onChoose={() => onSystem(system.name)}
            />
          ))}
        </Choices>
        {known.length === 0 ? null : (
          <Choices title={connectWords('existing')}>
            {known.map((connection) => (
              <Choice
                key={connection.name}
                icon={Cable}
                title={connection.name}
                text={addressOf(connection.settings)}
                note={connection.title}
                onChoose={() => onConnection(connection.name)}
              />
            ))}
          </Choices>
        )}
        {found.length + known.length === 0 ? (
          <p className="text-ink-2">{uiWords('nothingMatches', { text })}</p>
        ) : null}
      </div>
    </WizardPage>
  );
}

function Choices({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section aria-label={title}>
      <h2 className="text-ink-2 pb-1 font-medium">{title}</h2>
      <ul className="border-line border-y">{children}</ul>
    </section>
  );
}

function Choice({
  icon: Icon,
  title,
  text,
  note,
  onChoose,
}: {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text: string;
  readonly note: string;
  readonly onChoose: () => void;
}): ReactNode {
  return (
    <li className="border-line border-b last:border-b-0">
      <button
        type="button"
        onClick={onChoose}
        className="hover:bg-surface-2 grid min-h-11 w-full grid-cols-[16px_180px_minmax(0,1fr)_auto] items-center gap-3 px-2 py-1.5 text-left focus-visible:-outline-offset-2"
      >
        <Icon size={16} aria-hidden className="text-stage-source" />
        <span className="truncate font-medium">{title}</span>
        <span className="text-ink-2 line-clamp-2 text-sm break-words">{text}</span>
        <span className="text-ink-3 text-sm">{note}</span>
      </button>
    </li>
  );
}
