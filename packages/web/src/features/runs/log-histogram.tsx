import { X } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';

import { IconButton } from '../../ui/icon-button.tsx';
import { runWords } from '../../words/runs.ts';
import { logBuckets, totalOf, type LogBucket, type LogSpan } from './log-buckets.ts';
import { LOG_LEVELS, LOG_TIME, type LogLevel, type LogLine } from './log-line.ts';

const PARTS = 80;
const HEIGHT = 32;
const FILLS: Readonly<Record<LogLevel, string>> = {
  debug: 'bg-line-strong',
  info: 'bg-ink-3',
  warn: 'bg-warn',
  error: 'bg-bad',
};

/** How much a log said over its time, by level. A click or a drag shows only that time. */
export function LogHistogram({
  lines,
  span,
  onSpan,
}: {
  readonly lines: readonly LogLine[];
  /** What is shown; undefined for the whole time. */
  readonly span: LogSpan | undefined;
  readonly onSpan: (span: LogSpan | undefined) => void;
}): ReactNode {
  const buckets = useMemo(() => logBuckets(lines, PARTS), [lines]);
  const bars = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const [from, setFrom] = useState<number | undefined>(undefined);
  const most = Math.max(1, ...buckets.map(totalOf));
  const at = Math.min(active, buckets.length - 1);
  const present = buckets[at];
  if (present === undefined || buckets.length < 2) return null;

  const indexAt = ({ clientX }: PointerEvent): number => {
    const box = bars.current?.getBoundingClientRect();
    const share = box === undefined ? 0 : (clientX - box.left) / Math.max(1, box.width);
    return Math.max(0, Math.min(buckets.length - 1, Math.floor(share * buckets.length)));
  };
  const show = (one: number, other: number): void => {
    const [first, last] = [buckets[Math.min(one, other)], buckets[Math.max(one, other)]];
    if (first === undefined || last === undefined) return;
    const isShown = span?.start === first.start && span.end === last.end;
    onSpan(isShown ? undefined : { start: first.start, end: last.end });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buckets.length - 1 }[event.key];
    if (next !== undefined) setActive(Math.max(0, Math.min(buckets.length - 1, next)));
    else if (event.key === 'Enter' || event.key === ' ') show(at, at);
    else if (event.key === 'Escape') onSpan(undefined);
    else return;
    event.preventDefault();
  };
  return (
    <div className="border-line flex shrink-0 items-center gap-2 border-b px-4 py-1">
      <div
        ref={bars}
        role="slider"
        tabIndex={0}
        aria-label={runWords('histogram')}
        aria-description={runWords('histogramHelp')}
        aria-valuemin={1}
        aria-valuemax={buckets.length}
        aria-valuenow={at + 1}
        aria-valuetext={sayBucket(present)}
        title={sayBucket(present)}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setFrom(indexAt(event));
        }}
        onPointerMove={(event) => setActive(indexAt(event))}
        onPointerUp={(event) => {
          if (from !== undefined) show(from, indexAt(event));
          setFrom(undefined);
        }}
        className="group/log flex flex-1 cursor-crosshair items-end rounded-sm"
        style={{ height: HEIGHT }}
      >
        {buckets.map((bucket, index) => {
          const isShown = span === undefined || (bucket.start < span.end && bucket.end > span.start);
          const isMarked = from !== undefined && index >= Math.min(from, at) && index <= Math.max(from, at);
          return (
            <span
              key={bucket.start}
              className={`flex h-full min-w-0 flex-1 flex-col justify-end pr-px ${isShown ? '' : 'opacity-30'} ${
                isMarked
                  ? 'bg-surface-3'
                  : index === at
                    ? 'group-hover/log:bg-surface-3 group-focus-visible/log:bg-surface-3'
                    : ''
              }`}
            >
              {LOG_LEVELS.toReversed().map((level) =>
                bucket.counts[level] === 0 ? null : (
                  <span
                    key={level}
                    className={`min-h-0.5 shrink-0 ${FILLS[level]}`}
                    style={{ height: (bucket.counts[level] / most) * HEIGHT }}
                  />
                ),
              )}
            </span>
          );
        })}
      </div>
      {span === undefined ? null : (
        <span className="text-ink-2 flex shrink-0 items-center gap-1 text-sm tabular-nums">
          {`${sayTime(span.start)} – ${sayTime(span.end)}`}
          <IconButton icon={X} label={runWords('wholeTime')} onClick={() => onSpan(undefined)} />
        </span>
      )}
    </div>
  );
}

function sayBucket(bucket: LogBucket): string {
  const counts = LOG_LEVELS.filter((level) => bucket.counts[level] > 0).map((level) =>
    runWords('levelCount', { level, count: bucket.counts[level] }),
  );
  return runWords('bucket', {
    from: sayTime(bucket.start),
    to: sayTime(bucket.end),
    counts: counts.length === 0 ? runWords('noLines') : counts.join(', '),
  });
}

function sayTime(time: number): string {
  return LOG_TIME.format(new Date(time));
}
