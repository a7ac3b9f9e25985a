import { ChartNoAxesGantt } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import { EmptyState } from '../../ui/empty-state.tsx';
import { formatDuration } from '../../ui/format-time.ts';
import { useNow } from '../../ui/relative-time.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { runWords } from '../../words/runs.ts';
import { taskSpans, type TaskSpan } from './task-spans.ts';
import type { StoredEvent } from './use-run-events.ts';

const LOOKS: Readonly<Record<TaskSpan['kind'], string>> = {
  waiting: 'border-line-strong top-2.5 h-0 border-t-2 border-dotted',
  running: 'bg-busy top-1 h-3 rounded-[2px]',
  retrying: 'border-warn bg-warn-soft top-1 h-3 border border-dashed',
};
const WORDS = {
  waiting: 'waitingSegment',
  running: 'runningSegment',
  retrying: 'retryingSegment',
} as const;

/** The tables of a run over its time: when each waited, worked, and waited to try again. */
export function RunGantt({
  events,
  isLive,
}: {
  readonly events: readonly StoredEvent[];
  readonly isLive: boolean;
}): ReactNode {
  const now = useNow(isLive ? 500 : 60_000).getTime();
  const lines = useMemo(() => taskSpans(events.map(({ event }) => event)), [events]);
  const spans = lines.flatMap((line) => line.spans);
  if (spans.length === 0)
    return (
      <EmptyState icon={ChartNoAxesGantt} title={runWords('noTables')}>
        {runWords('noTablesHelp')}
      </EmptyState>
    );
  const last = Date.parse(events.at(-1)?.event.at ?? '');
  const from = Math.min(...spans.map(({ start }) => start));
  const to = Math.max(from + 1, isLive ? now : last);
  const share = (time: number): number => ((time - from) / (to - from)) * 100;
  return (
    <div
      className="min-h-0 flex-1 overflow-auto px-4 pb-2"
      tabIndex={0}
      role="region"
      aria-label={runWords('gantt')}
    >
      <div
        aria-hidden
        className="text-ink-3 ml-44 flex h-6 items-center justify-between text-xs tabular-nums"
      >
        <span>0</span>
        <span>{formatDuration((to - from) / 2)}</span>
        <span>{formatDuration(to - from)}</span>
      </div>
      <ul>
        {lines.map(({ task, title, spans: ofTask }) => (
          <li key={task} className="border-line flex h-6 items-center border-b text-sm">
            <span className="w-44 shrink-0 truncate pr-3" title={title}>
              {title}
            </span>
            <span className="relative h-5 flex-1">
              {ofTask.map(({ kind, start, end }) => {
                const words = runWords('segment', {
                  table: title,
                  what: runWords(WORDS[kind]),
                  time: formatDuration((end ?? to) - start),
                });
                return (
                  <Tooltip key={`${kind}${start}`} text={words}>
                    <span
                      role="img"
                      aria-label={words}
                      className={`absolute min-w-0.5 ${LOOKS[kind]}`}
                      style={{ left: `${share(start)}%`, width: `${share(end ?? to) - share(start)}%` }}
                    />
                  </Tooltip>
                );
              })}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
