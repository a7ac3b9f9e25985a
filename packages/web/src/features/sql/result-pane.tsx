import { Rows3, SquareTerminal } from 'lucide-react';
import { lazy, Suspense, useMemo } from 'react';
import type { ReactNode } from 'react';

import { DataGrid } from '../../ui/data-grid.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatDuration } from '../../ui/format-time.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { sqlWords } from '../../words/sql.ts';
import { isNumericType } from './column-kind.ts';
import type { QueryRun } from './use-query-run.ts';

const ResultChart = lazy(async () => ({ default: (await import('./result-chart.tsx')).ResultChart }));

/** The answer to the last question, as a table or as a chart. */
export function ResultPane({ run }: { readonly run: QueryRun }): ReactNode {
  const [view, setView] = useUrlState('view', 'table');
  const answer = run.state === 'done' ? run.answer : undefined;
  const columns = useMemo(
    () => (answer?.columns ?? []).map((column) => ({ ...column, isNumeric: isNumericType(column.type) })),
    [answer],
  );
  switch (run.state) {
    case 'none':
      return (
        <EmptyState icon={SquareTerminal} title={sqlWords('empty')}>
          {sqlWords('emptyHelp', { keys: 'Ctrl-Enter' })}
        </EmptyState>
      );
    case 'running':
      return <SkeletonRows height={24} />;
    case 'failed':
      return (
        <div className="overflow-auto p-4">
          <ErrorPanel title={sqlWords('failed')} error={run.error} />
        </div>
      );
    case 'done':
      return (
        <Tabs<'table' | 'chart'>
          label={sqlWords('result')}
          value={view === 'chart' ? 'chart' : 'table'}
          onChange={setView}
          actions={
            <span role="status" className="text-ink-2 px-2 tabular-nums">
              {sqlWords('rowCount', {
                count: run.answer.rowCount,
                time: formatDuration(run.answer.durationMs),
              })}
              {run.answer.isTruncated ? `, ${sqlWords('truncated')}` : ''}
            </span>
          }
          tabs={[
            {
              value: 'table',
              label: sqlWords('table'),
              content: (
                <DataGrid
                  label={sqlWords('result')}
                  columns={columns}
                  rows={run.rows}
                  empty={<EmptyState icon={Rows3} title={sqlWords('noRows')} />}
                />
              ),
            },
            {
              value: 'chart',
              label: sqlWords('chart'),
              content: (
                <Suspense fallback={<SkeletonRows />}>
                  <ResultChart columns={columns} rows={run.rows} />
                </Suspense>
              ),
            },
          ]}
        />
      );
  }
}
