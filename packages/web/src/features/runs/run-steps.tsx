import { titleRelation } from '@millrace/compiler';
import { Workflow } from 'lucide-react';
import type { ReactNode } from 'react';

import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatBytes, formatNumber } from '../../ui/format-number.ts';
import { formatDuration } from '../../ui/format-time.ts';
import { runWords } from '../../words/runs.ts';
import type { CountedStep } from './step-counts.ts';

/** The rows of each step of a run, with what the table took that it was worked through for. */
export function RunSteps({ steps }: { readonly steps: readonly CountedStep[] }): ReactNode {
  return (
    <DataTable
      label={runWords('steps')}
      rows={steps}
      columns={COLUMNS}
      rowId={({ step, table }) => `${step} ${table}`}
      urlPrefix="steps."
      rowHeight={30}
      empty={
        <EmptyState icon={Workflow} title={runWords('noSteps')}>
          {runWords('noStepsHelp')}
        </EmptyState>
      }
    />
  );
}

/** A figure, or that it is not known. */
function figure(
  id: string,
  header: string,
  value: (step: CountedStep) => number | null,
  format: (value: number) => string,
): DataColumn<CountedStep> {
  return {
    id,
    header,
    value,
    cell: (step) => {
      const known = value(step);
      return known === null ? (
        <span className="text-ink-3" title={runWords('notCounted')}>
          –
        </span>
      ) : (
        format(known)
      );
    },
    width: 92,
    align: 'end',
  };
}

const COLUMNS: readonly DataColumn<CountedStep>[] = [
  { id: 'step', header: runWords('step'), value: ({ step }) => titleRelation(step), width: 170, grow: 2 },
  figure('in', runWords('rowsIn'), ({ rowsIn }) => rowsIn, formatNumber),
  figure('left', runWords('leftOut'), ({ leftOut }) => leftOut, formatNumber),
  figure('out', runWords('rowsOut'), ({ rowsOut }) => rowsOut, formatNumber),
  { id: 'table', header: runWords('workedFor'), value: ({ table }) => table, width: 170, grow: 2 },
  figure('took', runWords('took'), ({ measures }) => measures.durationMs, formatDuration),
  figure('cpu', runWords('cpu'), ({ measures }) => measures.cpuMs, formatDuration),
  figure('memory', runWords('memory'), ({ measures }) => measures.peakMemoryBytes, formatBytes),
  figure('spilled', runWords('spilled'), ({ measures }) => measures.spilledBytes, formatBytes),
];
