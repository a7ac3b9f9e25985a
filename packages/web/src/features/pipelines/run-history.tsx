import type { ReactNode } from 'react';

import { runAddress } from '../../app/addresses.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { classNames } from '../../ui/class-names.ts';
import { formatDuration, formatExact } from '../../ui/format-time.ts';
import { Tooltip } from '../../ui/tooltip.tsx';
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

/** The last runs as bars, oldest first: height is duration; a failed one is told by its notch too. */
export function RunHistory({ runs }: { readonly runs: readonly HistoryRun[] }): ReactNode {
  const shown = runs.slice(0, SHOWN).toReversed();
  const longest = Math.max(1, ...shown.map(({ durationMs }) => durationMs ?? 0));
  return (
    <span className="inline-flex h-5 items-end gap-0.5">
      {Array.from({ length: SHOWN - shown.length }, (_, index) => (
        <span key={index} aria-hidden className="bg-surface-3 h-0.5 w-1.5" />
      ))}
      {shown.map((run) => {
        const height = run.durationMs === null ? 20 : 5 + Math.round((15 * run.durationMs) / longest);
        const words = pipelineWords('historyRun', {
          state: runWord(run.state),
          at: formatExact(new Date(run.startedAt)),
          duration: run.durationMs === null ? '' : formatDuration(run.durationMs),
        });
        return (
          <Tooltip key={run.runId} text={words}>
            <AppLink
              href={runAddress(run.runId)}
              aria-label={words}
              className="group/bar flex h-5 w-1.5 flex-col justify-end rounded-[1px]"
            >
              {run.state === 'failed' ? <span aria-hidden className="bg-bad mb-0.5 h-0.5 w-full" /> : null}
              <span
                aria-hidden
                style={{ height: run.state === 'failed' ? Math.max(3, height - 4) : height }}
                className={classNames(
                  'w-full rounded-[1px] group-hover/bar:opacity-70',
                  COLOURS[run.state] ?? 'bg-line-strong',
                )}
              />
            </AppLink>
          </Tooltip>
        );
      })}
    </span>
  );
}
