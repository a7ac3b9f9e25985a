import type { ReactNode } from 'react';

const HEIGHT = 20;
const BAR = 4;

/** The form of a column's values in the height of a row; the numbers are in the profile. */
export function MiniHistogram({ shares }: { readonly shares: readonly number[] }): ReactNode {
  const highest = Math.max(...shares, Number.EPSILON);
  return (
    <svg width={shares.length * (BAR + 1)} height={HEIGHT} aria-hidden className="text-accent">
      {shares.map((share, index) => {
        const height = Math.max(share > 0 ? 1 : 0, (share / highest) * HEIGHT);
        return (
          <rect
            // Bins have no name but their place.
            key={index}
            x={index * (BAR + 1)}
            y={HEIGHT - height}
            width={BAR}
            height={height}
            fill="currentColor"
          />
        );
      })}
    </svg>
  );
}
