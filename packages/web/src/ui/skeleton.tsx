import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';

/** Stands where a line of text will come, in its size, so that nothing jumps when it does. */
export function Skeleton({ width = '8em' }: { readonly width?: string }): ReactNode {
  return (
    <span aria-hidden className="bg-surface-3 inline-block h-2.5 max-w-full rounded-sm" style={{ width }} />
  );
}

const WIDTHS = ['62%', '48%', '70%', '55%', '40%', '66%'];

/** Rows of a table that is being read, as high as the rows that will come. */
export function SkeletonRows({
  count = 6,
  height = 32,
}: {
  readonly count?: number;
  readonly height?: number;
}): ReactNode {
  return (
    <div role="status" aria-label={uiWords('loading')}>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="border-line flex items-center gap-8 border-b px-4" style={{ height }}>
          <Skeleton width={WIDTHS[index % WIDTHS.length] ?? '50%'} />
        </div>
      ))}
    </div>
  );
}
