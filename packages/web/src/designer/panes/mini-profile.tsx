import type { ReactNode } from 'react';

import { formatCompact, formatNumber, formatShare } from '../../ui/format-number.ts';
import { designerWords } from '../../words/designer.ts';
import { miniBars, type ProfiledColumn } from '../model/mini-bars.ts';

/** The shape of a column in a few bars, with its NULLs and different values in words. */
export function MiniProfile({
  column,
  values,
  rows,
}: {
  readonly column: ProfiledColumn;
  readonly values: readonly (string | null)[];
  /** Of the sample. */
  readonly rows: number;
}): ReactNode {
  const bars = miniBars(column, values);
  const share = rows === 0 ? 0 : column.nulls / rows;
  const factsWith = (distinct: string): string =>
    column.isHidden
      ? designerWords('hidden')
      : [
          ...(column.nulls === 0 ? [] : [designerWords('nulls', { share: formatShare(share) })]),
          designerWords('different', { count: distinct }),
        ].join(' · ');
  const ends = column.min === null ? '' : `${column.min} … ${column.max ?? ''}`;
  return (
    <span
      className="flex min-w-0 items-end gap-1.5"
      title={[factsWith(formatNumber(column.distinct)), ends].filter((text) => text !== '').join('\n')}
    >
      <svg aria-hidden width={8 * 5} height={16} className="shrink-0">
        {bars.map((height, index) => (
          <rect
            key={index}
            x={index * 5}
            y={16 - Math.max(1, height * 16)}
            width={4}
            height={Math.max(1, height * 16)}
            className="fill-accent"
          />
        ))}
      </svg>
      <span className={`truncate font-sans text-xs ${share > 0.5 ? 'text-warn' : 'text-ink-3'}`}>
        {factsWith(formatCompact(column.distinct))}
      </span>
    </span>
  );
}
