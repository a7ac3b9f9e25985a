import type { OperationInput, OperationOutput } from '@millrace/control-plane';
import { useParams, useRouter } from '@tanstack/react-router';
import { CircleSlash, ListVideo, RotateCw } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import type { ReactNode } from 'react';

import { useMay } from '../../api/session.ts';
import { useAct, useOperation } from '../../api/use-operation.ts';
import { pipelineAddress, runAddress } from '../../app/addresses.ts';
import { TextLink } from '../../ui/app-link.tsx';
import { ButtonLink } from '../../ui/button-link.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatDuration } from '../../ui/format-time.ts';
import { formatNumber } from '../../ui/format-number.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { SplitPane } from '../../ui/split-pane.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { notify } from '../../ui/toast.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { runWords } from '../../words/runs.ts';
import { runTone, runWord } from '../pipelines/run-state.ts';
import { failedNode } from './failed-node.ts';
import { RunChecks } from './run-checks.tsx';
import { Elapsed, triggerText } from './run-facts.tsx';
import { RunGantt } from './run-gantt.tsx';
import { RunGraphView } from './run-graph.tsx';
import { RunLog } from './run-log.tsx';
import { RunNodeBar } from './run-node-bar.tsx';
import { RunSteps } from './run-steps.tsx';
import { RunTables } from './run-tables.tsx';
import { RunTrouble } from './run-trouble.tsx';
import { countedSteps } from './step-counts.ts';
import { useRunEvents } from './use-run-events.ts';
import { useRunProgress } from './use-run-progress.ts';
import { watchedTasks } from './watched-tasks.ts';

type ShownRun = OperationOutput<'runs/show-run'>;

/** One run: how it stands, its graph, its tables over time, and its log, live while it lasts. */
export function RunPage(): ReactNode {
  const { run: runId = '' } = useParams({ strict: false });
  const { data, error, refetch } = useOperation('runs/show-run', { run: runId });
  if (error)
    return (
      <div className="p-4">
        <ErrorPanel
          title={runWords('failedToShow')}
          error={error}
          onRetry={() => void refetch()}
          actions={
            <ButtonLink size="small" href="/runs">
              {runWords('toList')}
            </ButtonLink>
          }
        />
      </div>
    );
  return data === undefined ? <SkeletonRows count={10} /> : <Loaded key={data.runId} run={data} />;
}

function Loaded({ run }: { readonly run: ShownRun }): ReactNode {
  const found = useRunEvents(run.runId);
  const progress = useRunProgress(run.runId);
  const [tab, setTab] = useUrlState('part', 'log');
  const [selected, setSelected] = useUrlState('node');
  const latest = useRef(selected);
  latest.current = selected;
  const again = useRunAgain();
  const node = run.graph.nodes.find(({ id }) => id === selected);
  const failed = run.state === 'failed' ? failedNode(run) : undefined;
  const failedId = failed?.id;
  useEffect(() => {
    // A choice in the address stays; once looked at, what is deselected stays deselected.
    if (failedId !== undefined && latest.current === '') setSelected(failedId);
  }, [failedId, setSelected]);
  const mayRun = useMay('pipeline.run');
  const isLive = run.state === 'running' || run.state === 'queued';
  const watched = useMemo(() => watchedTasks(run.tasks, progress), [run.tasks, progress]);
  const steps = useMemo(() => countedSteps(watched), [watched]);
  const checks = run.tasks.reduce((sum, task) => sum + task.checks.length, 0);
  return (
    <>
      <PageHeader
        title={<TextLink href={pipelineAddress(run.pipeline)}>{run.pipeline}</TextLink>}
        icon={ListVideo}
        facts={<Facts run={run} />}
        actions={mayRun ? <Actions run={run} isLive={isLive} /> : null}
      />
      <RunTrouble
        run={run}
        retry={
          mayRun ? (
            <>
              <Retry run={run} />
              {failed === undefined ? null : (
                <Button
                  size="small"
                  icon={RotateCw}
                  isBusy={again.isPending}
                  onClick={() => again.start({ run: run.runId, from: [...failed.tasks] })}
                >
                  {runWords('fromNode', { node: failed.title })}
                </Button>
              )}
            </>
          ) : null
        }
      />
      <SplitPane
        name="run.graph"
        direction="row"
        sized="first"
        size={400}
        min={200}
        first={
          <>
            <RunGraphView run={run} tasks={watched} selected={selected} onSelect={setSelected} />
            {node === undefined ? null : (
              <RunNodeBar
                node={node}
                isBusy={again.isPending}
                rerun={
                  mayRun && !isLive ? () => again.start({ run: run.runId, from: [...node.tasks] }) : undefined
                }
                onClose={() => setSelected('')}
              />
            )}
          </>
        }
        second={
          <SplitPane
            name="run.gantt"
            direction="column"
            sized="first"
            size={200}
            min={80}
            first={<RunGantt events={found.events} isLive={run.state === 'running'} />}
            second={
              <Tabs
                label={runWords('details')}
                value={tab}
                onChange={setTab}
                tabs={[
                  {
                    value: 'log',
                    label: runWords('log'),
                    content: <RunLog runId={run.runId} found={found} isLive={isLive} />,
                  },
                  {
                    value: 'tables',
                    label: runWords('tables'),
                    count: tasksOf(watched, run).length,
                    content: <RunTables tasks={tasksOf(watched, run)} />,
                  },
                  {
                    value: 'steps',
                    label: runWords('steps'),
                    count: steps.length,
                    content: <RunSteps steps={steps} />,
                  },
                  {
                    value: 'checks',
                    label: runWords('checks'),
                    count: checks,
                    content: <RunChecks tasks={run.tasks} />,
                  },
                ]}
              />
            }
          />
        }
      />
    </>
  );
}

function Facts({ run }: { readonly run: ShownRun }): ReactNode {
  const { comparison, totals } = run;
  const done = totals.published + totals.unchanged;
  const all = tasksOf(run.tasks, run).length;
  const state = run.isInterrupted ? 'interrupted' : run.state;
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <StatusBadge tone={runTone(state)}>{runWord(state)}</StatusBadge>
      <span className="text-ink-3 font-mono">{run.runId}</span>
      <RelativeTime at={run.queuedAt} />
      <span>
        <Elapsed run={run} />
        {comparison.usualMs === null ? null : (
          <span className="text-ink-3"> ({usual(comparison.usualMs)})</span>
        )}
      </span>
      {run.rerunOf === null ? (
        <span>{triggerText(run)}</span>
      ) : (
        <TextLink href={runAddress(run.rerunOf)}>{runWords('rerun', { run: run.rerunOf })}</TextLink>
      )}
      {all > 0 ? (
        <span className="tabular-nums">
          {runWords('ofTables', { done, all })}
          {' · '}
          {runWords('rowsRead', { rows: formatNumber(totals.rows) })}
        </span>
      ) : null}
      {totals.quarantined > 0 ? (
        <TextLink href={`/quality?pipeline=${encodeURIComponent(run.pipeline)}`}>
          {runWords('setAside', { count: totals.quarantined, rows: formatNumber(totals.quarantined) })}
        </TextLink>
      ) : null}
      {run.attempts > 1 ? <span>{runWords('attemptsMade', { count: run.attempts })}</span> : null}
      {run.state === 'queued' && run.attempts > 0 ? (
        <span className="text-warn">
          {runWords('nextAttempt', { at: '' })}
          <RelativeTime at={run.availableAt} />
        </span>
      ) : null}
    </span>
  );
}

/** The tables of a run; of one that is over, those that it was asked for: a rerun leaves the others alone. */
function tasksOf<Task extends ShownRun['tasks'][number]>(
  tasks: readonly Task[],
  { finishedAt }: ShownRun,
): readonly Task[] {
  return finishedAt === null ? tasks : tasks.filter(({ state }) => state !== 'waiting');
}

function usual({ low, high }: NonNullable<ShownRun['comparison']['usualMs']>): string {
  const [from, to] = [formatDuration(low), formatDuration(high)];
  return from === to ? runWords('usuallyAbout', { low: from }) : runWords('usually', { low: from, high: to });
}

function Actions({ run, isLive }: { readonly run: ShownRun; readonly isLive: boolean }): ReactNode {
  const cancel = useAct('runs/cancel-run', ({ state }) =>
    notify({ title: runWords(state === 'cancelled' ? 'cancelled' : 'cancelling') }),
  );
  const again = useRunAgain();
  return isLive ? (
    <Button
      icon={CircleSlash}
      isBusy={cancel.isPending}
      onClick={() =>
        cancel.mutate(
          { run: run.runId },
          {
            onError: notifyFailure(runWords('cancelFailed')),
          },
        )
      }
    >
      {runWords('cancel')}
    </Button>
  ) : (
    <Button
      icon={RotateCw}
      isBusy={again.isPending}
      onClick={() => again.start({ run: run.runId, isWhole: true })}
    >
      {runWords('runAgain')}
    </Button>
  );
}

/** Runs the rest of a failed run again: the first next step. */
function Retry({ run }: { readonly run: ShownRun }): ReactNode {
  const again = useRunAgain();
  return (
    <Button
      kind="primary"
      size="small"
      icon={RotateCw}
      isBusy={again.isPending}
      onClick={() => again.start({ run: run.runId })}
    >
      {runWords('retry')}
    </Button>
  );
}

/** Starts a run after another one and goes to it. */
function useRunAgain(): {
  readonly isPending: boolean;
  readonly start: (input: OperationInput<'runs/retry-run'>) => void;
} {
  const router = useRouter();
  const { isPending, mutate } = useAct('runs/retry-run', ({ runId }) =>
    router.history.push(runAddress(runId)),
  );
  return {
    isPending,
    start: (input) =>
      mutate(input, {
        onError: notifyFailure(runWords('retryFailed')),
      }),
  };
}
