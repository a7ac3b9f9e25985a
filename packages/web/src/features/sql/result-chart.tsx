import { ChartColumn } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import { Chart } from '../../ui/chart.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { sqlWords } from '../../words/sql.ts';

type Kind = 'bar' | 'line' | 'scatter';

const KINDS: readonly { readonly value: Kind; readonly label: string }[] = [
  { value: 'bar', label: sqlWords('bar') },
  { value: 'line', label: sqlWords('line') },
  { value: 'scatter', label: sqlWords('scatter') },
];
/** More points than pixels say nothing more. */
const MAX_POINTS = 5000;

export interface ResultChartProps {
  readonly columns: readonly { readonly name: string; readonly isNumeric: boolean }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** One column of numbers over another column. */
export function ResultChart({ columns, rows }: ResultChartProps): ReactNode {
  const [kindText, setKind] = useUrlState('kind', 'bar');
  const [x, setX] = useUrlState('x');
  const [y, setY] = useUrlState('y');
  const kind = KINDS.find(({ value }) => value === kindText)?.value ?? 'bar';
  const numbers = columns.flatMap(({ isNumeric }, index) => (isNumeric ? [index] : []));
  const found = (name: string): number => columns.findIndex((column) => column.name === name);
  const up = numbers.includes(found(y)) ? found(y) : (numbers.at(-1) ?? -1);
  const firstOther = columns.findIndex((_, index) => index !== up);
  const across = found(x) === -1 ? Math.max(0, firstOther) : found(x);
  const option = useMemo(() => {
    const isNumber = columns[across]?.isNumeric === true && kind !== 'bar';
    const shown = rows.slice(0, MAX_POINTS);
    return {
      xAxis: { type: isNumber ? 'value' : 'category' },
      yAxis: { type: 'value' },
      series: [
        {
          type: kind,
          data: shown.map((row) => [
            isNumber ? Number(row[across]) : (row[across] ?? 'NULL'),
            row[up] === null ? null : Number(row[up]),
          ]),
          symbolSize: kind === 'scatter' ? 6 : 4,
        },
      ],
    };
  }, [columns, rows, across, up, kind]);
  if (up === -1) return <EmptyState icon={ChartColumn} title={sqlWords('chartNeeds')} />;
  const options = columns.map(({ name }) => ({ value: name, label: name }));
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2 overflow-auto p-4">
      <div className="flex flex-wrap gap-3">
        <div className="w-36">
          <SelectField isRequired label={sqlWords('kind')} value={kind} options={KINDS} onChange={setKind} />
        </div>
        <div className="w-48">
          <SelectField
            isRequired
            label={sqlWords('x')}
            value={columns[across]?.name ?? null}
            options={options}
            onChange={setX}
          />
        </div>
        <div className="w-48">
          <SelectField
            isRequired
            label={sqlWords('y')}
            value={columns[up]?.name ?? null}
            options={options.filter((_, index) => numbers.includes(index))}
            onChange={setY}
          />
        </div>
      </div>
      <Chart
        label={sqlWords('chartLabel', { x: columns[across]?.name ?? '', y: columns[up]?.name ?? '' })}
        option={option}
        height={320}
      />
    </div>
  );
}
