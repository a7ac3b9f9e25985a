import type { OperationOutput } from '@millrace/control-plane';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { useAct, useOperation } from '../../api/use-operation.ts';
import { formatDuration } from '../../ui/format-time.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { notify } from '../../ui/toast.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { sqlWords } from '../../words/sql.ts';
import { quoteName } from './sql-address.ts';

type Queries = OperationOutput<'warehouse/list-queries'>;

export interface QuerySideProps {
  readonly datasets: readonly { readonly connection: string; readonly name: string }[];
  /** Puts a statement in place of the one in the editor. */
  readonly onOpen: (sql: string) => void;
  /** Adds a name at the end of the statement. */
  readonly onInsert: (text: string) => void;
}

const SIDES = ['datasets', 'history', 'saved'] as const;
type Side = (typeof SIDES)[number];

/** What there is to ask, what was asked, and what is worth keeping. */
export function QuerySide({ datasets, onOpen, onInsert }: QuerySideProps): ReactNode {
  const [text, setSide] = useUrlState('side', 'datasets');
  const side: Side = SIDES.find((name) => name === text) ?? 'datasets';
  const { data } = useOperation('warehouse/list-queries', {});
  return (
    <Tabs<Side>
      label={sqlWords('title')}
      value={side}
      onChange={setSide}
      tabs={[
        {
          value: 'datasets',
          label: sqlWords('datasets'),
          content: <DatasetList datasets={datasets} onInsert={onInsert} />,
        },
        {
          value: 'history',
          label: sqlWords('history'),
          content: <HistoryList history={data?.history ?? []} onOpen={onOpen} />,
        },
        {
          value: 'saved',
          label: sqlWords('saved'),
          content: <SavedList saved={data?.saved ?? []} onOpen={onOpen} />,
        },
      ]}
    />
  );
}

const ROW = 'hover:bg-surface-2 block w-full min-w-0 px-3 py-1 text-left';

function DatasetList({ datasets, onInsert }: Pick<QuerySideProps, 'datasets' | 'onInsert'>): ReactNode {
  const [text, setText] = useState('');
  const found = datasets.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="p-2">
        <SearchField label={sqlWords('findDataset')} value={text} onChange={setText} isWide />
      </div>
      <ul className="min-h-0 flex-1 overflow-auto">
        {found.map(({ connection, name }) => (
          <li key={`${connection}/${name}`}>
            <button
              type="button"
              className={`${ROW} truncate font-mono text-sm`}
              onClick={() => onInsert(quoteName(name))}
            >
              {name}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function HistoryList({
  history,
  onOpen,
}: {
  readonly history: Queries['history'];
  readonly onOpen: (sql: string) => void;
}): ReactNode {
  if (history.length === 0) return <p className="text-ink-3 p-3">{sqlWords('noHistory')}</p>;
  return (
    <ul className="min-h-0 flex-1 overflow-auto">
      {history.map(({ queryId, sql, startedAt, durationMs, state }) => (
        <li key={queryId} className="border-line border-b">
          <button type="button" className={ROW} onClick={() => onOpen(sql)}>
            <span className="line-clamp-2 font-mono text-sm break-all">{sql}</span>
            <span className="text-ink-3 flex items-center gap-2 text-xs">
              {state === 'succeeded' ? null : (
                <StatusBadge tone={state === 'failed' ? 'bad' : 'off'} isPlain>
                  {state}
                </StatusBadge>
              )}
              <RelativeTime at={startedAt} />
              <span className="tabular-nums">{formatDuration(durationMs)}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function SavedList({
  saved,
  onOpen,
}: {
  readonly saved: Queries['saved'];
  readonly onOpen: (sql: string) => void;
}): ReactNode {
  const remove = useAct('warehouse/remove-query', ({ name }) =>
    notify({ title: sqlWords('removed', { name }) }),
  );
  if (saved.length === 0) return <p className="text-ink-3 p-3">{sqlWords('noSaved')}</p>;
  return (
    <ul className="min-h-0 flex-1 overflow-auto">
      {saved.map(({ id, name, sql, savedBy }) => (
        <li key={id} className="border-line flex items-center border-b">
          <button type="button" className={ROW} onClick={() => onOpen(sql)}>
            <span className="block truncate font-medium">{name}</span>
            <span className="text-ink-3 block truncate text-xs">{savedBy}</span>
          </button>
          <IconButton
            icon={Trash2}
            label={sqlWords('remove', { name })}
            onClick={() => remove.mutate({ id })}
          />
        </li>
      ))}
    </ul>
  );
}
