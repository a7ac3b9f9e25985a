import type { ReactNode } from 'react';

import { AppLink } from '../../ui/app-link.tsx';
import { classNames } from '../../ui/class-names.ts';
import { formatDuration, formatExact } from '../../ui/format-time.ts';
import { pipelineWords } from '../../words/pipelines.ts';
import { runWord } from './run-state.ts';

export interface HistoryRun {
  readonly runId: string;
  readonly state: string;
  readonly startedAt: string;
  readonly durationMs: number | null;
}

const SHOWN = 12;
const COLOURS: Readonly<Record<string, string>> = {
  succeeded: 'bg-ok',
  failed: 'bg-bad',
  running: 'bg-busy',
  interrupted: 'bg-warn',
};

/** The last runs as bars, oldest first, that lead to all of them: height is duration; a failed one is told by its notch too. */
export function RunHistory({
  pipeline,
  runs,
}: {
  readonly pipeline: string;
  readonly runs: readonly HistoryRun[];
}): ReactNode {
  const shown = runs.slice(0, SHOWN).toReversed();
  const longest = Math.max(1, ...shown.map(({ durationMs }) => durationMs ?? 0));
  const states = [...Map.groupBy(shown, ({ state }) => state)].map(
    ([state, each]) => `${each.length} ${state}`,
  );
  if (shown.length === 0) return <span className="text-ink-3">–</span>;
  return (
    <AppLink
      href={`/runs?pipeline=${encodeURIComponent(pipeline)}`}
      aria-label={pipelineWords('historyOf', { pipeline, states: states.join(', ') })}
      className="hover:bg-surface-3 inline-flex h-6 items-end gap-0.5 rounded-sm align-middle"
    >
      {Array.from({ length: SHOWN - shown.length }, (_, index) => (
        <span key={index} aria-hidden className="bg-surface-3 h-0.5 w-1.5" />
      ))}
      {shown.map((run) => {
        const height = run.durationMs === null ? 20 : 5 + Math.round((15 * run.durationMs) / longest);
        const isFailed = run.state === 'failed';
        return (
          <span
            key={run.runId}
            aria-hidden
            title={pipelineWords('historyRun', {
              state: runWord(run.state),
              at: formatExact(new Date(run.startedAt)),
              duration: run.durationMs === null ? '' : formatDuration(run.durationMs),
            })}
            className="flex h-5 w-1.5 flex-col justify-end"
          >
            {isFailed ? <span className="bg-bad mb-0.5 h-0.5 w-full" /> : null}
            <span
              style={{ height: isFailed ? Math.max(3, height - 4) : height }}
              className={classNames('w-full rounded-[1px]', COLOURS[run.state] ?? 'bg-line-strong')}
            />
          </span>
        );
      })}
    </AppLink>
  );
}
