import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';

import { formatExact, formatRelative } from './format-time.ts';
import { Tooltip } from './tooltip.tsx';

/** How long ago, kept up to date, with the exact time on hover. */
export function RelativeTime({ at }: { readonly at: string | number | Date }): ReactNode {
  useNow();
  // Not the time of the last tick: what just happened would lie ahead of it.
  const now = new Date();
  const date = new Date(at);
  return (
    <Tooltip text={formatExact(date)}>
      <time dateTime={date.toISOString()} className="whitespace-nowrap tabular-nums">
        {formatRelative(date, now)}
      </time>
    </Tooltip>
  );
}

/** The time, anew every `everyMs`. */
export function useNow(everyMs = 15_000): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
