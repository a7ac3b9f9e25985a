import type { ReactNode } from 'react';

import { runWord } from '../../features/pipelines/run-state.ts';
import type { StepRun } from '../../features/runs/step-runs.ts';
import { taskTone } from '../../features/runs/task-look.ts';
import { formatCompact, formatNumber } from '../../ui/format-number.ts';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { designerWords } from '../../words/designer.ts';
import { runWords } from '../../words/runs.ts';

/** How a step stands in the last run: state and rows; while it works, its rate. */
export function RunLine({ run: { state, rows, rowsPerSecond } }: { readonly run: StepRun }): ReactNode {
  const rate =
    rowsPerSecond === null ? undefined : runWords('ratePerSecond', { rows: formatCompact(rowsPerSecond) });
  const counted =
    rows === null ? undefined : designerWords('ranRows', { count: rows, rows: formatCompact(rows) });
  const exact = rows === null ? undefined : designerWords('countedRows', { count: formatNumber(rows) });
  return (
    <span
      className="flex min-w-0 items-center gap-1.5 text-xs"
      data-run={state}
      title={[exact, rate].filter((fact) => fact !== undefined).join(', ')}
    >
      <span className="shrink-0">
        <StatusBadge isPlain size="small" tone={taskTone(state)}>
          {runWord(state)}
        </StatusBadge>
      </span>
      <span className="text-ink-2 truncate tabular-nums">
        {[counted, state === 'running' ? rate : undefined].filter((fact) => fact !== undefined).join(' · ')}
      </span>
    </span>
  );
}
