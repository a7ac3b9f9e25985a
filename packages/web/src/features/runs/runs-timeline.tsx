import { ListVideo } from 'lucide-react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { pipelineAddress, runAddress } from '../../app/addresses.ts';
import { AppLink, TextLink } from '../../ui/app-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatDuration, formatExact } from '../../ui/format-time.ts';
import { useNow } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { runWords } from '../../words/runs.ts';
import { runWord } from '../pipelines/run-state.ts';
import { elapsedMs, triggerText } from './run-facts.tsx';
import { SPANS, type RunFilters } from './run-filters.ts';
import type { ListedRun } from './use-run-pages.ts';

/** More bars than this cannot be told apart; the list has all of them. */
const MOST_RUNS = 2_000;
const TICKS = 6;
const TICK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const TICK_DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** Each state has a height or an edge of its own, for those who do not see its colour. */
const LOOKS: Readonly<Record<string, string>> = {
  succeeded: 'bg-ok top-1 h-3 rounded-[2px]',
  failed: 'bg-bad top-0 h-5',
  running: 'bg-busy top-1 h-3 rounded-l-[2px] border-r-2 border-ink-1',
  queued: 'border border-dashed border-ink-3 top-1 h-3 rounded-[2px]',
  interrupted: 'bg-warn top-1 h-3 border-r-2 border-dashed border-ink-1',
  cancelled: 'bg-line-strong top-2 h-1',
};

/** A line for each pipeline, its runs as bars over time; the last day when no time is chosen. */
export function RunsTimeline({
  filters,
  toolbar,
}: {
  readonly filters: RunFilters;
  readonly toolbar: ReactNode;
}): ReactNode {
  const now = useNow(5_000).getTime();
  const spanMs = SPANS[filters.span] ?? SPANS['day'] ?? 0;
  const minute = Math.floor(now / 60_000) * 60_000;
  const since = new Date(minute - spanMs).toISOString();
  const { data, isPending } = useOperation(
    'runs/list-runs',
    { ...filters.input, since, limit: MOST_RUNS },
    { keepsPrevious: true },
  );
  const from = now - spanMs;
  const lines = new Map<string, ListedRun[]>();
  for (const run of data?.runs ?? []) lines.set(run.pipeline, [...(lines.get(run.pipeline) ?? []), run]);
  const ticks = Array.from({ length: TICKS }, (_, index) => from + (spanMs * (index + 0.5)) / TICKS);
  const left = (at: number): number => Math.max(0, Math.min(100, ((at - from) / spanMs) * 100));
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="border-line flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-b px-4 py-1.5">
        {toolbar}
      </div>
      {isPending ? <SkeletonRows /> : null}
      {!isPending && lines.size === 0 ? (
        <EmptyState icon={ListVideo} title={runWords('noneInTime')}>
          {runWords('noneMatchHelp')}
        </EmptyState>
      ) : null}
      {lines.size === 0 ? null : (
        <div className="min-h-0 flex-1 overflow-y-auto pr-8 pb-4 pl-4" tabIndex={0}>
          <div aria-hidden className="text-ink-3 relative ml-48 h-6 text-xs tabular-nums">
            {ticks.map((tick) => (
              <span key={tick} className="absolute top-1 -translate-x-1/2" style={{ left: `${left(tick)}%` }}>
                {(spanMs > 2 * 86_400_000 ? TICK_DAY : TICK).format(tick)}
              </span>
            ))}
          </div>
          <ul>
            {[...lines].map(([pipeline, runs]) => (
              <li key={pipeline} className="border-line flex h-9 items-center border-b">
                <span className="w-48 shrink-0 truncate pr-3">
                  <TextLink href={pipelineAddress(pipeline)}>{pipeline}</TextLink>
                </span>
                <span className="relative h-5 flex-1">
                  <span className="sr-only">
                    {runWords('runsOf', {
                      count: runs.length,
                      failed: runs.filter(({ state }) => state === 'failed').length,
                    })}
                  </span>
                  {runs.map((run) => (
                    <Bar key={run.runId} run={run} now={now} left={left} />
                  ))}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function Bar({
  run,
  now,
  left,
}: {
  readonly run: ListedRun;
  readonly now: number;
  readonly left: (at: number) => number;
}): ReactNode {
  const elapsed = elapsedMs(run, now);
  const begin = Date.parse(run.startedAt);
  const start = left(begin);
  const width = left(begin + (elapsed ?? 0)) - start;
  const words = [
    `${runWord(run.state)}, ${formatExact(new Date(run.queuedAt))}`,
    elapsed === null ? '' : formatDuration(elapsed),
    triggerText(run),
    run.reason ?? '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
  return (
    <Tooltip text={words}>
      <AppLink
        href={runAddress(run.runId)}
        // For the pointer: the list has the same runs for the keyboard and for screen readers.
        aria-hidden
        tabIndex={-1}
        className={`absolute min-w-1.5 hover:opacity-70 ${LOOKS[run.state] ?? 'bg-line-strong top-1 h-3'}`}
        style={{ left: `${start}%`, width: `${width}%` }}
      />
    </Tooltip>
  );
}
