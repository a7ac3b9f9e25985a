import type { ColumnProfile } from '@millrace/compiler';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import { Chart } from '../../ui/chart.tsx';
import { formatNumber, formatShare } from '../../ui/format-number.ts';
import { datasetWords } from '../../words/datasets.ts';

/** The figures of one column, and the form of its values. */
export function ColumnProfilePanel({
  column,
  rows,
}: {
  readonly column: ColumnProfile;
  readonly rows: number;
}): ReactNode {
  const facts: readonly (readonly [string, string])[] = [
    [datasetWords('type'), column.type],
    [datasetWords('nulls'), rows === 0 ? '0%' : formatShare(Number(column.nulls) / rows)],
    ...(column.distinct === null
      ? []
      : [
          [
            datasetWords('distinct'),
            `${column.distinct.isExact ? '' : '≈ '}${formatNumber(Number(column.distinct.count))}`,
          ] as const,
        ]),
    ...(column.min === null ? [] : [[datasetWords('smallest'), column.min] as const]),
    ...(column.max === null ? [] : [[datasetWords('largest'), column.max] as const]),
    ...(column.mean === null ? [] : [[datasetWords('mean'), formatNumber(column.mean)] as const]),
    ...(column.deviation === null
      ? []
      : [[datasetWords('deviation'), formatNumber(column.deviation)] as const]),
  ];
  return (
    <>
      <h2 className="font-mono font-medium">{column.name}</h2>
      <dl className="flex flex-wrap gap-x-6 gap-y-2">
        {facts.map(([name, value]) => (
          <div key={name} className="min-w-0">
            <dt className="text-ink-3 text-xs">{name}</dt>
            <dd className="max-w-72 truncate tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      {column.histogram === null ? null : (
        <ColumnHistogram column={column} shares={column.histogram.shares} />
      )}
      <div className="flex flex-wrap gap-8">
        <Shares title={datasetWords('top')} values={column.top} />
        <Shares title={datasetWords('shapes')} values={column.shapes} />
        <Shares
          title={datasetWords('quantiles')}
          values={column.quantiles.map(({ at, value }) => ({ value, share: at }))}
        />
      </div>
    </>
  );
}

function ColumnHistogram({
  column,
  shares,
}: {
  readonly column: ColumnProfile;
  readonly shares: readonly number[];
}): ReactNode {
  const option = useMemo(() => {
    const low = Number(column.min);
    const width = (Number(column.max) - low) / shares.length;
    // Dates and times have no number of their own: their bins are counted.
    const bins = shares.map((_, index) =>
      Number.isFinite(width) ? formatNumber(low + (index + 0.5) * width) : String(index + 1),
    );
    return {
      xAxis: { type: 'category', data: bins },
      yAxis: { type: 'value', axisLabel: { formatter: (value: number) => formatShare(value) } },
      tooltip: {
        trigger: 'axis',
        confine: true,
        valueFormatter: (value: number) => formatShare(value),
      },
      series: [{ type: 'bar', data: [...shares], barCategoryGap: '10%' }],
    };
  }, [column, shares]);
  return <Chart label={datasetWords('histogram', { column: column.name })} option={option} height={180} />;
}

function Shares({
  title,
  values,
}: {
  readonly title: string;
  readonly values: readonly { readonly value: string; readonly share: number }[];
}): ReactNode {
  if (values.length === 0) return null;
  return (
    <section className="min-w-48">
      <h3 className="text-ink-3 pb-1 text-xs">{title}</h3>
      <ul>
        {values.map(({ value, share }) => (
          <li key={`${share} ${value}`} className="flex max-w-80 justify-between gap-4 text-sm">
            <span className="truncate font-mono">{value}</span>
            <span className="text-ink-2 tabular-nums">{formatShare(share)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
