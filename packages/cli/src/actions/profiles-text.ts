import type { TableProfile } from '@millrace/control-plane';

import { formatCount } from '../terminal/amounts.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';

const MAX_CELL = 30;

/** A table of columns for each profiled table. */
export function formatProfiles(tables: readonly TableProfile[]): string {
  if (tables.length === 0)
    return 'This run kept no profiles: they are taken from the second load of a table on, unless the document says profile: off, and those of the last 30 runs are kept.';
  return tables.map(formatProfile).join('\n\n');
}

function formatProfile({ table, scope, profile }: TableProfile): string {
  const rows = Number(profile.rows);
  const sampled =
    profile.sampledRows === profile.rows ? '' : `, means from ${formatCount(Number(profile.sampledRows))}`;
  const right = (title: string) => ({ title, align: 'right' }) as const;
  const columns = formatTable(
    [
      { title: 'column' },
      { title: 'type' },
      right('NULLs'),
      right('different'),
      { title: 'smallest' },
      { title: 'largest' },
      right('mean'),
      { title: 'frequent' },
    ],
    profile.columns.map(({ name, type, nulls, distinct, min, max, mean, top }) => [
      name,
      type,
      rows === 0 ? '–' : `${((100 * Number(nulls)) / rows).toFixed(1)} %`,
      distinct === null ? '–' : `${distinct.isExact ? '' : '~'}${formatCount(Number(distinct.count))}`,
      min ?? '–',
      max ?? '–',
      mean === null ? '–' : String(Number(mean.toPrecision(6))),
      top
        .slice(0, 3)
        .map(({ value, share }) => `${value} ${Math.round(100 * share)} %`)
        .join(', '),
    ]),
    MAX_CELL,
  );
  const which = scope === 'table' ? 'rows' : 'rows that came';
  return [
    `${printable(table)}: ${formatCount(rows)} ${which}${sampled}`,
    ...columns.split('\n').map((line) => `  ${line}`),
  ].join('\n');
}
