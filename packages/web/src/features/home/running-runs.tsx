import type { ReactNode } from 'react';

import { pipelineAddress, runAddress } from '../../app/addresses.ts';
import { TextLink } from '../../ui/app-link.tsx';
import { ButtonLink } from '../../ui/button-link.tsx';
import { formatDuration } from '../../ui/format-time.ts';
import { useNow } from '../../ui/relative-time.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { homeWords } from '../../words/home.ts';
import type { ListedPipeline } from '../pipelines/pipeline-health.ts';
import { Section } from './section.tsx';

/** Runs in progress; how far they are is told against how long this pipeline usually takes. */
export function RunningRuns({ running }: { readonly running: readonly ListedPipeline[] }): ReactNode {
  const now = useNow(1_000);
  if (running.length === 0) return null;
  return (
    <Section title={homeWords('runningNow')} count={running.length}>
      <ul className="border-line border-y">
        {running.map((pipeline) => {
          const [run, ...earlier] = pipeline.recentRuns;
          if (run === undefined) return null;
          const elapsed = now.getTime() - Date.parse(run.startedAt);
          const usual = usualDuration(earlier);
          const share = usual === undefined ? undefined : Math.min(0.98, elapsed / usual);
          return (
            <li
              key={run.runId}
              className="border-line bg-surface-1 grid h-11 grid-cols-[132px_minmax(120px,200px)_minmax(0,1fr)_auto_88px] justify-items-start items-center gap-x-4 border-b px-4 last:border-b-0"
            >
              <StatusBadge tone="busy">{homeWords('runningOne')}</StatusBadge>
              <span className="max-w-full truncate">
                <TextLink href={pipelineAddress(pipeline.name)}>{pipeline.name}</TextLink>
              </span>
              <span className="bg-surface-3 h-1 w-full max-w-md overflow-hidden rounded-full">
                <span className="bg-busy block h-full" style={{ width: `${(share ?? 0.5) * 100}%` }} />
              </span>
              <span className="text-ink-2 text-sm tabular-nums">
                {formatDuration(elapsed)}
                {usual === undefined ? '' : ` / ${formatDuration(usual)}`}
              </span>
              <ButtonLink size="small" href={runAddress(run.runId)}>
                {homeWords('openRun')}
              </ButtonLink>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

/** The median of the runs that ended well. */
function usualDuration(runs: ListedPipeline['recentRuns']): number | undefined {
  const durations = runs
    .flatMap(({ state, durationMs }) => (state === 'succeeded' && durationMs !== null ? [durationMs] : []))
    .sort((one, other) => one - other);
  return durations[Math.floor(durations.length / 2)];
}
