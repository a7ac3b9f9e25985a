import type { OperationInput, OperationOutput } from '@millrace/control-plane';
import { useInfiniteQuery } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';

import { call } from '../../api/call.ts';
import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { Drawer } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatExact } from '../../ui/format-time.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { settingsWords } from '../../words/settings.ts';
import { ChainCheck } from './chain-check.tsx';

type Entry = OperationOutput<'audit/list-entries'>['entries'][number];

const OUTCOMES = ['done', 'failed', 'denied'] as const;
const PERIODS = { lastDay: 1, lastWeek: 7, lastMonth: 30 } as const;
type Period = keyof typeof PERIODS;
const DAY_MS = 86_400_000;
const PAGE = 200;

/** Who did what from where, newest first; read page by page as one scrolls. */
export function AuditPanel(): ReactNode {
  const [actor, setActor] = useUrlState('actor');
  const [action, setAction] = useUrlState('action');
  const [outcome, setOutcome] = useUrlState('outcome', 'any');
  const [period, setPeriod] = useUrlState('period', 'any');
  const [open, setOpen] = useState<Entry>();
  const filter = useMemo(
    (): OperationInput<'audit/list-entries'> => ({
      limit: PAGE,
      ...(actor === '' ? {} : { actor }),
      ...(action === '' ? {} : { action }),
      ...outcomeFilter(outcome),
      ...periodFilter(period),
    }),
    [actor, action, outcome, period],
  );
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetching } = useInfiniteQuery({
    queryKey: ['audit/list-entries', filter],
    queryFn: ({ pageParam, signal }) =>
      call('audit/list-entries', pageParam === undefined ? filter : { ...filter, before: pageParam }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.hasMore ? last.entries.at(-1)?.sequence : undefined),
  });
  const rows = useMemo(() => data?.pages.flatMap(({ entries }) => entries) ?? [], [data]);
  return (
    <>
      <ChainCheck />
      {error ? (
        <div className="p-4">
          <ErrorPanel title={settingsWords('auditFailed')} error={error} onRetry={() => void refetch()} />
        </div>
      ) : (
        <DataTable
          label={settingsWords('audit')}
          rows={rows}
          columns={COLUMNS}
          rowId={({ sequence }) => String(sequence)}
          urlPrefix="audit-"
          isLoading={isPending}
          onOpen={setOpen}
          onEndReached={() => {
            if (hasNextPage && !isFetching) void fetchNextPage();
          }}
          toolbar={
            <>
              <SearchField label={settingsWords('findActor')} value={actor} onChange={setActor} />
              <SearchField label={settingsWords('findAction')} value={action} onChange={setAction} />
              <div className="w-36">
                <SelectField
                  label={settingsWords('outcome')}
                  isLabelHidden
                  isRequired
                  value={outcome}
                  options={[
                    { value: 'any', label: settingsWords('anyOutcome') },
                    ...OUTCOMES.map((value) => ({ value, label: settingsWords(value) })),
                  ]}
                  onChange={setOutcome}
                />
              </div>
              <div className="w-36">
                <SelectField
                  label={settingsWords('period')}
                  isLabelHidden
                  isRequired
                  value={period}
                  options={[
                    { value: 'any', label: settingsWords('anyTime') },
                    { value: 'lastDay', label: settingsWords('lastDay') },
                    { value: 'lastWeek', label: settingsWords('lastWeek') },
                    { value: 'lastMonth', label: settingsWords('lastMonth') },
                  ]}
                  onChange={setPeriod}
                />
              </div>
            </>
          }
          empty={
            <EmptyState icon={ScrollText} title={settingsWords('noEntries')}>
              {settingsWords('noEntriesHelp')}
            </EmptyState>
          }
        />
      )}
      {open === undefined ? null : <EntryDrawer entry={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function outcomeFilter(text: string): Pick<OperationInput<'audit/list-entries'>, 'outcome'> {
  const outcome = OUTCOMES.find((each) => each === text);
  return outcome === undefined ? {} : { outcome };
}

/** From the beginning of a minute, so that the same question stays the same. */
function periodFilter(text: string): Pick<OperationInput<'audit/list-entries'>, 'since'> {
  if (!isPeriod(text)) return {};
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  return { since: new Date(minute - PERIODS[text] * DAY_MS).toISOString() };
}

function isPeriod(text: string): text is Period {
  return Object.hasOwn(PERIODS, text);
}

const TONES = { done: 'ok', failed: 'bad', denied: 'warn' } as const;

function Outcome({ entry }: { readonly entry: Entry }): ReactNode {
  const outcome = OUTCOMES.find((each) => each === entry.outcome) ?? 'failed';
  return (
    <StatusBadge tone={TONES[outcome]} isPlain>
      {settingsWords(outcome)}
    </StatusBadge>
  );
}

const COLUMNS: readonly DataColumn<Entry>[] = [
  {
    id: 'number',
    header: settingsWords('number'),
    value: ({ sequence }) => sequence,
    width: 64,
    align: 'end',
    isUnsortable: true,
  },
  {
    id: 'time',
    header: settingsWords('time'),
    value: ({ at }) => at,
    cell: ({ at }) => <RelativeTime at={at} />,
    width: 110,
    isUnsortable: true,
  },
  {
    id: 'who',
    header: settingsWords('who'),
    value: ({ actor }) => actor,
    width: 180,
    grow: 1,
    isUnsortable: true,
  },
  {
    id: 'action',
    header: settingsWords('action'),
    value: ({ action }) => action,
    cell: ({ action }) => <span className="font-mono">{action}</span>,
    width: 210,
    isUnsortable: true,
  },
  {
    id: 'target',
    header: settingsWords('target'),
    value: ({ target }) => target,
    cell: ({ target }) => <span className="text-ink-2 font-mono">{target}</span>,
    width: 180,
    grow: 2,
    isUnsortable: true,
  },
  {
    id: 'outcome',
    header: settingsWords('outcome'),
    value: ({ outcome }) => outcome,
    cell: (entry) => <Outcome entry={entry} />,
    width: 96,
    isUnsortable: true,
  },
  {
    id: 'from',
    header: settingsWords('from'),
    value: ({ address }) => address,
    cell: ({ address }) => <span className="font-mono">{address}</span>,
    width: 120,
    isUnsortable: true,
  },
];

function EntryDrawer({ entry, onClose }: { readonly entry: Entry; readonly onClose: () => void }): ReactNode {
  const facts: readonly (readonly [string, ReactNode])[] = [
    [settingsWords('time'), formatExact(new Date(entry.at))],
    [settingsWords('who'), `${entry.actor} (${entry.actorKind})`],
    [settingsWords('from'), entry.address],
    [settingsWords('action'), entry.action],
    [settingsWords('outcome'), <Outcome key="outcome" entry={entry} />],
    ...(entry.reason === null ? [] : [[settingsWords('reason'), entry.reason] as const]),
    [settingsWords('target'), entry.target === '' ? '–' : entry.target],
    [settingsWords('hash'), entry.hash],
  ];
  return (
    <Drawer isOpen onClose={onClose} title={settingsWords('entry', { number: entry.sequence })}>
      <dl className="grid grid-cols-[96px_1fr] items-baseline gap-y-2">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className="font-mono text-sm break-all whitespace-pre-wrap">{value}</dd>
          </div>
        ))}
      </dl>
    </Drawer>
  );
}
