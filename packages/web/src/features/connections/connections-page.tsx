import type { OperationOutput } from '@millrace/control-plane';
import { useRouter } from '@tanstack/react-router';
import { Cable } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { connectionAddress } from '../../app/addresses.ts';
import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { connectionWords } from '../../words/connections.ts';
import { uiWords } from '../../words/ui.ts';
import { ConnectLink } from '../connect/connect-link.tsx';
import { addressOf } from './connection-address.ts';
import { ConnectionLink } from './connection-link.tsx';
import { connectionUse } from './connection-use.ts';
import { ConnectionTest } from './connection-test.tsx';

export type Connection = OperationOutput<'connections/list-connections'>['connections'][number];

const COLUMNS: readonly DataColumn<Connection>[] = [
  {
    id: 'name',
    header: connectionWords('name'),
    value: ({ name }) => name,
    cell: ({ name }) => <ConnectionLink name={name} />,
    width: 140,
    grow: 1,
  },
  { id: 'system', header: connectionWords('system'), value: ({ title }) => title, width: 150, grow: 0.5 },
  {
    id: 'use',
    header: connectionWords('use'),
    value: connectionUse,
    width: 116,
  },
  {
    id: 'address',
    header: connectionWords('address'),
    value: ({ settings }) => addressOf(settings),
    cell: ({ settings }) => <span className="font-mono">{addressOf(settings)}</span>,
    width: 200,
    grow: 2,
  },
  {
    id: 'usedBy',
    header: connectionWords('usedBy'),
    value: ({ usedBy }) => usedBy.length,
    cell: ({ usedBy }) =>
      usedBy.length === 0 ? (
        <span className="text-ink-3">{connectionWords('usedByNone')}</span>
      ) : (
        <Tooltip text={usedBy.join(', ')}>
          <span tabIndex={0} className="rounded-sm">
            {connectionWords('usedByCount', { count: usedBy.length })}
          </span>
        </Tooltip>
      ),
    width: 104,
  },
  {
    id: 'test',
    header: connectionWords('test'),
    value: () => null,
    cell: ({ name }) => <ConnectionTest connection={name} />,
    width: 190,
    isUnsortable: true,
  },
];

export function ConnectionsPage(): ReactNode {
  const router = useRouter();
  const { data, error, isPending, refetch } = useOperation('connections/list-connections', {});
  const [text, setText] = useUrlState('find');
  const rows = useMemo(
    () =>
      (data?.connections ?? []).filter(({ name, title }) =>
        `${name} ${title}`.toLowerCase().includes(text.toLowerCase()),
      ),
    [data, text],
  );
  const add = <ConnectLink label={connectionWords('add')} />;
  return (
    <>
      <PageHeader title={connectionWords('title')} icon={Cable} actions={add} />
      {error ? (
        <div className="px-4">
          <ErrorPanel title={connectionWords('failed')} error={error} onRetry={() => void refetch()} />
        </div>
      ) : (
        <DataTable
          label={connectionWords('title')}
          rows={rows}
          columns={COLUMNS}
          rowId={({ name }) => name}
          initialSort="name"
          isLoading={isPending}
          onOpen={({ name }) => router.history.push(connectionAddress(name))}
          toolbar={<SearchField label={connectionWords('find')} value={text} onChange={setText} />}
          empty={
            text === '' ? (
              <EmptyState icon={Cable} title={connectionWords('none')} action={add}>
                {connectionWords('noneHelp')}
              </EmptyState>
            ) : (
              <EmptyState icon={Cable} title={uiWords('nothingMatches', { text })} />
            )
          }
        />
      )}
    </>
  );
}
