import type { ReactNode } from 'react';

import { formatDuration, formatExact } from '../../ui/format-time.ts';
import { useNow } from '../../ui/relative-time.tsx';
import { runWords } from '../../words/runs.ts';
import type { ListedRun } from './use-run-pages.ts';

/** Who or what asked for a run. */
export function triggerText({ startedBy, slotAt }: Pick<ListedRun, 'startedBy' | 'slotAt'>): string {
  if (slotAt !== null) return runWords('bySlot', { at: formatExact(new Date(slotAt)) });
  if (startedBy.kind === 'schedule') return runWords('bySchedule');
  if (startedBy.kind === 'command') return runWords('byCommand');
  return startedBy.by ?? runWords('byPerson');
}

/** Milliseconds from its first attempt to its end, or to now; null while it waits for the first. */
export function elapsedMs(
  run: Pick<ListedRun, 'state' | 'startedAt' | 'finishedAt' | 'attempts'>,
  now: number,
): number | null {
  if (run.attempts === 0 && run.finishedAt === null) return null;
  return Date.parse(run.finishedAt ?? new Date(now).toISOString()) - Date.parse(run.startedAt);
}

/** How long a run took, or takes until now. */
export function Elapsed({ run }: { readonly run: Parameters<typeof elapsedMs>[0] }): ReactNode {
  const now = useNow(1_000);
  const elapsed = elapsedMs(run, now.getTime());
  return <span className="tabular-nums">{elapsed === null ? '–' : formatDuration(elapsed)}</span>;
}
