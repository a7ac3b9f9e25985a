import { Rows3, SquareTerminal } from 'lucide-react';
import { lazy, Suspense, useMemo } from 'react';
import type { ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { DataGrid } from '../../ui/data-grid.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatDuration } from '../../ui/format-time.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { sqlWords } from '../../words/sql.ts';
import { isNumericType } from './column-kind.ts';
import { errorMark, type ErrorMark } from './use-error-mark.ts';
import type { QueryRun } from './use-query-run.ts';

const ResultChart = lazy(async () => ({ default: (await import('./result-chart.tsx')).ResultChart }));

/** The answer to the last question, as a table or as a chart. */
export function ResultPane({
  run,
  onShowError,
}: {
  readonly run: QueryRun;
  /** Puts the cursor where an error is. */
  readonly onShowError: (mark: ErrorMark) => void;
}): ReactNode {
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
          <Refusal run={run} onShow={onShowError} />
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

function Refusal({
  run,
  onShow,
}: {
  readonly run: Extract<QueryRun, { readonly state: 'failed' }>;
  readonly onShow: (mark: ErrorMark) => void;
}): ReactNode {
  const mark = errorMark(run);
  if (mark === undefined) return <ErrorPanel title={sqlWords('failed')} error={run.error} />;
  const { line, column, message } = mark;
  return (
    <ErrorPanel
      title={sqlWords('failedAt', { line, column })}
      error={message}
      actions={
        <Button size="small" onClick={() => onShow(mark)}>
          {sqlWords('goToError')}
        </Button>
      }
    />
  );
}
