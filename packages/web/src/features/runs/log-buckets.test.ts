import { describe, expect, it } from 'vitest';

import { formatSpan, isWithin, logBuckets, parseSpan, totalOf } from './log-buckets.ts';
import type { LogLevel, LogLine } from './log-line.ts';

const BEGIN = Date.parse('2026-11-21T12:00:00.000Z');
function line(afterMs: number, level: LogLevel = 'info'): LogLine {
  return { sequence: afterMs, at: new Date(BEGIN + afterMs).toISOString(), level, table: '', text: '' };
}

describe('a log over time', () => {
  it('counts each line once, in the part of the time that it was said in', () => {
    const lines = [line(0), line(1), line(499, 'warn'), line(500, 'error'), line(999)];
    const buckets = logBuckets(lines, 10);
    expect(buckets).toHaveLength(10);
    expect(buckets.map(totalOf)).toEqual([2, 0, 0, 0, 1, 1, 0, 0, 0, 1]);
    expect(buckets[5]?.counts).toEqual({ debug: 0, info: 0, warn: 0, error: 1 });
    for (const bucket of buckets)
      expect(lines.filter((each) => isWithin(bucket, each))).toHaveLength(totalOf(bucket));
  });

  it('is one part where everything was said at once, and none where nothing was', () => {
    expect(logBuckets([line(0), line(0)], 60).map(totalOf)).toEqual([2]);
    expect(logBuckets([], 60)).toEqual([]);
  });

  it('is named in an address, and found in it again', () => {
    expect(parseSpan(formatSpan({ start: 5, end: 9 }))).toEqual({ start: 5, end: 9 });
    expect(parseSpan('5')).toBeUndefined();
  });
});
