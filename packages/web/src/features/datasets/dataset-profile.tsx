import { ChartColumn } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import { Chart } from '../../ui/chart.tsx';
import { classNames } from '../../ui/class-names.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatNumber } from '../../ui/format-number.ts';
import { formatExact } from '../../ui/format-time.ts';
import { useUrlState } from '../../ui/use-url-state.ts';
import { datasetWords } from '../../words/datasets.ts';
import { ColumnProfilePanel } from './column-profile-panel.tsx';
import { ProfileButton, ProfileScope } from './profile-scope.tsx';
import type { ShownDataset } from './shown-dataset.ts';

/** What the values of a dataset look like: one column at a time, and its rows over the runs. */
export function DatasetProfile({ dataset }: { readonly dataset: ShownDataset }): ReactNode {
  const [chosen, choose] = useUrlState('column');
  const { profile } = dataset;
  if (profile === null)
    return (
      <div className="overflow-auto">
        <EmptyState
          icon={ChartColumn}
          title={datasetWords('noProfile')}
          action={<ProfileButton dataset={dataset} />}
        >
          {datasetWords('noProfileHelp')}
        </EmptyState>
        <RowsOverTime measures={dataset.measures} />
      </div>
    );
  const { columns } = profile.profile;
  const column = columns.find(({ name }) => name === chosen) ?? columns[0];
  return (
    <div className="flex min-h-0 flex-1">
      <nav
        aria-label={datasetWords('columns')}
        className="border-line w-56 shrink-0 overflow-auto border-r py-1"
      >
        {columns.map(({ name }) => (
          <button
            key={name}
            type="button"
            aria-current={name === column?.name}
            onClick={() => choose(name)}
            className={classNames(
              'hover:bg-surface-2 block w-full truncate px-4 py-1 text-left font-mono text-sm',
              name === column?.name && 'bg-surface-2 shadow-[inset_2px_0_var(--accent)]',
            )}
          >
            {name}
          </button>
        ))}
      </nav>
      <div className="flex min-w-0 flex-1 flex-col gap-4 overflow-auto p-4">
        <ProfileScope dataset={dataset} />
        {column === undefined ? null : (
          <ColumnProfilePanel column={column} rows={Number(profile.profile.rows)} />
        )}
        <RowsOverTime measures={dataset.measures} />
      </div>
    </div>
  );
}

function RowsOverTime({ measures }: { readonly measures: ShownDataset['measures'] }): ReactNode {
  const option = useMemo(() => {
    const points = measures.flatMap(({ at, rows, anomalies }) =>
      rows === null ? [] : [{ at, rows, isUnusual: anomalies.length > 0 }],
    );
    return {
      xAxis: { type: 'time' },
      yAxis: { type: 'value', axisLabel: { formatter: (value: number) => formatNumber(value) } },
      tooltip: {
        trigger: 'axis',
        confine: true,
        formatter: (shown: readonly { readonly value: readonly [string, number] }[]) => {
          const [at, rows] = shown[0]?.value ?? ['', 0];
          return `${formatExact(new Date(at))}: ${formatNumber(rows)}`;
        },
      },
      series: [
        {
          type: 'line',
          data: points.map(({ at, rows, isUnusual }) => ({
            value: [at, rows],
            symbol: isUnusual ? 'diamond' : 'circle',
            symbolSize: isUnusual ? 12 : 6,
          })),
        },
      ],
    };
  }, [measures]);
  if (measures.length === 0) return null;
  return (
    <section>
      <h2 className="pb-1 font-medium">{datasetWords('rowsOverTime')}</h2>
      <Chart label={datasetWords('rowsOverTime')} option={option} height={180} />
    </section>
  );
}
