import { LOG_LEVELS, type LogLevel, type LogLine } from './log-line.ts';

/** A stretch of a log's time; milliseconds since 1970, the end not included. */
export interface LogBucket {
  readonly start: number;
  readonly end: number;
  readonly counts: Readonly<Record<LogLevel, number>>;
}

/** A time of a log as an address names it: `START-END`. */
export interface LogSpan {
  readonly start: number;
  readonly end: number;
}

/** The time of a log in at most so many equal parts, with how much was said in each; none of an empty log. */
export function logBuckets(lines: readonly LogLine[], count: number): readonly LogBucket[] {
  const times = lines.map(({ at }) => Date.parse(at));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  if (times.length === 0) return [];
  // Times are whole milliseconds: no part is shorter than one.
  const size = Math.max(1, Math.ceil((last - first + 1) / count));
  const counts = Array.from({ length: Math.floor((last - first) / size) + 1 }, () => ({
    debug: 0,
    info: 0,
    warn: 0,
    error: 0,
  }));
  for (const [index, { level }] of lines.entries()) {
    const bucket = counts[Math.floor(((times[index] ?? first) - first) / size)];
    if (bucket !== undefined) bucket[level] += 1;
  }
  return counts.map((each, index) => ({
    start: first + index * size,
    end: first + (index + 1) * size,
    counts: each,
  }));
}

export function totalOf({ counts }: LogBucket): number {
  return LOG_LEVELS.reduce((sum, level) => sum + counts[level], 0);
}

export function formatSpan({ start, end }: LogSpan): string {
  return `${start}-${end}`;
}

/** Undefined for what is no time. */
export function parseSpan(text: string): LogSpan | undefined {
  const [, start, end] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  return start === undefined || end === undefined ? undefined : { start: Number(start), end: Number(end) };
}

export function isWithin({ start, end }: LogSpan, { at }: LogLine): boolean {
  const time = Date.parse(at);
  return time >= start && time < end;
}
