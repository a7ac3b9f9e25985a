import type { OperationOutput } from '@millrace/control-plane';
import { CalendarClock, Pause, Play } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import { useMay } from '../../api/session.ts';
import { useAct, useOperation } from '../../api/use-operation.ts';
import { runAddress } from '../../app/addresses.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { ButtonLink } from '../../ui/button-link.tsx';
import { Button } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatExact } from '../../ui/format-time.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { notify } from '../../ui/toast.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { scheduleWords } from '../../words/schedules.ts';
import { PipelineLink } from '../pipelines/pipeline-link.tsx';
import { runTone, runWord } from '../pipelines/run-state.ts';

type Schedule = OperationOutput<'schedules/list-schedules'>['schedules'][number];

/** When pipelines run by themselves, the next one first; what is paused stands at the end. */
export function SchedulesPage(): ReactNode {
  const { data, error, isPending, refetch } = useOperation('schedules/list-schedules', {});
  const mayRun = useMay('pipeline.run');
  const onFailed = notifyFailure(scheduleWords('changeFailed'));
  const resume = useAct('schedules/resume-schedule', ({ pipeline }) =>
    notify({ title: scheduleWords('resumedNotice', { pipeline }) }),
  );
  const pause = useAct('schedules/pause-schedule', ({ pipeline }) =>
    notify({
      title: scheduleWords('pausedNotice', { pipeline }),
      undo: () => resume.mutate({ pipeline }, { onError: onFailed }),
    }),
  );
  const columns = useMemo(
    () => [
      ...COLUMNS,
      ...(mayRun
        ? [
            actionColumn(({ pipeline, pausedAt }) =>
              (pausedAt === null ? pause : resume).mutate({ pipeline }, { onError: onFailed }),
            ),
          ]
        : []),
    ],
    [mayRun, pause.mutate, resume.mutate],
  );
  return (
    <>
      <PageHeader title={scheduleWords('title')} icon={CalendarClock} />
      {error ? (
        <div className="px-4">
          <ErrorPanel title={scheduleWords('failed')} error={error} onRetry={() => void refetch()} />
        </div>
      ) : (
        <DataTable
          label={scheduleWords('title')}
          rows={data?.schedules ?? []}
          columns={columns}
          rowId={({ pipeline }) => pipeline}
          initialSort="next"
          isLoading={isPending}
          rowHeight={36}
          empty={
            <EmptyState
              icon={CalendarClock}
              title={scheduleWords('empty')}
              action={<ButtonLink href="/pipelines">{scheduleWords('toPipelines')}</ButtonLink>}
            >
              {scheduleWords('emptyHelp')}
            </EmptyState>
          }
        />
      )}
    </>
  );
}

const COLUMNS: readonly DataColumn<Schedule>[] = [
  {
    id: 'pipeline',
    header: scheduleWords('pipeline'),
    value: ({ pipeline }) => pipeline,
    cell: ({ pipeline }) => <PipelineLink name={pipeline} />,
    width: 160,
    grow: 2,
  },
  {
    id: 'state',
    header: scheduleWords('state'),
    value: ({ pausedAt }) => (pausedAt === null ? 0 : 1),
    cell: ({ pausedAt }) => (
      <StatusBadge isPlain tone={pausedAt === null ? 'ok' : 'paused'}>
        {scheduleWords(pausedAt === null ? 'active' : 'paused')}
      </StatusBadge>
    ),
    width: 96,
  },
  {
    id: 'rule',
    header: scheduleWords('rule'),
    value: ({ cron }) => cron,
    cell: ({ cron }) => <span className="font-mono">{cron}</span>,
    width: 130,
  },
  { id: 'zone', header: scheduleWords('zone'), value: ({ timezone }) => timezone, width: 130 },
  {
    id: 'next',
    header: scheduleWords('next'),
    value: ({ nextAt }) => (nextAt === null ? null : Date.parse(nextAt)),
    cell: ({ nextAt, pausedAt }) =>
      nextAt === null ? (
        <span className="text-ink-3">{pausedAt === null ? scheduleWords('noNext') : '–'}</span>
      ) : (
        <RelativeTime at={nextAt} />
      ),
    width: 100,
  },
  {
    id: 'after',
    header: scheduleWords('after'),
    value: ({ upcoming }) => upcoming[1] ?? null,
    cell: ({ upcoming }) => <Upcoming upcoming={upcoming.slice(1)} />,
    width: 150,
    grow: 1,
    isUnsortable: true,
  },
  {
    id: 'catchUp',
    header: scheduleWords('catchUp'),
    value: ({ catchUp }) => scheduleWords(catchUp),
    width: 110,
  },
  {
    id: 'last',
    header: scheduleWords('lastRun'),
    value: ({ lastRun }) => (lastRun === null ? null : Date.parse(lastRun.queuedAt)),
    cell: ({ lastRun }) =>
      lastRun === null ? (
        <span className="text-ink-3">{scheduleWords('never')}</span>
      ) : (
        <AppLink href={runAddress(lastRun.runId)} className="inline-flex items-center gap-2 hover:underline">
          <StatusBadge isPlain tone={runTone(lastRun.state)}>
            {runWord(lastRun.state)}
          </StatusBadge>
          <span className="text-ink-2">
            <RelativeTime at={lastRun.queuedAt} />
          </span>
        </AppLink>
      ),
    width: 190,
  },
];

function actionColumn(change: (schedule: Schedule) => void): DataColumn<Schedule> {
  return {
    id: 'change',
    header: scheduleWords('change'),
    value: () => null,
    cell: (schedule) => (
      <Button
        kind="quiet"
        size="small"
        icon={schedule.pausedAt === null ? Pause : Play}
        onClick={() => change(schedule)}
      >
        {scheduleWords(schedule.pausedAt === null ? 'pause' : 'resume')}
      </Button>
    ),
    width: 110,
    isUnsortable: true,
  };
}

function Upcoming({ upcoming }: { readonly upcoming: readonly string[] }): ReactNode {
  const [first] = upcoming;
  if (first === undefined) return <span className="text-ink-3">–</span>;
  const words = upcoming.map((at) => formatExact(new Date(at))).join('\n');
  return (
    <Tooltip text={<span className="whitespace-pre-line">{words}</span>}>
      <span className="text-ink-2 truncate" tabIndex={0}>
        <RelativeTime at={first} />
        {upcoming.length > 1 ? ` + ${upcoming.length - 1}` : ''}
      </span>
    </Tooltip>
  );
}
