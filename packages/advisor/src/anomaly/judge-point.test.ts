import { describe, expect, it } from 'vitest';

import { judgePoint, judgeSeries } from './judge-point.ts';
import type { SeriesPoint } from './series.ts';

const MS_PER_DAY = 86_400_000;

/** One point a day from Monday, 2026-01-05. */
function daily(values: readonly number[]): readonly SeriesPoint[] {
  return values.map((value, day) => ({
    at: new Date(Date.UTC(2026, 0, 5) + day * MS_PER_DAY).toISOString(),
    value,
  }));
}

function statesOf(values: readonly number[]): string {
  return judgeSeries('rowCount', daily(values))
    .map(({ state }) => ({ learning: '?', normal: '.', anomalous: '!' })[state])
    .join('');
}

const wobble = (size: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => size + ((index * 7919) % 11) - 5);

describe('judgePoint', () => {
  it('learns from fourteen points before it calls anything an anomaly', () => {
    expect(statesOf([...wobble(1000, 13), 0])).toBe('?'.repeat(14));
    expect(statesOf([...wobble(1000, 14), 0])).toBe(`${'?'.repeat(14)}!`);
    expect(judgePoint('rowCount', daily(wobble(1000, 12)), { at: '2026-01-17T00:00:00Z', value: 1 })).toEqual(
      {
        state: 'learning',
        expected: null,
        reason: 'Still learning: 2 more points are needed beside the 12 there are.',
      },
    );
  });

  it('says what was expected and by how much it was missed', () => {
    const series = daily([...wobble(30_000, 40), 12_010]);
    expect(judgeSeries('rowCount', series).at(-1)).toMatchInlineSnapshot(`
      {
        "expected": {
          "high": 36642.362304799215,
          "low": 24561.780307053654,
        },
        "reason": "12,010 rows, 52 % below the 24,562 to 36,642 expected from 40 earlier points.",
        "state": "anomalous",
      }
    `);
    const shares = daily([...wobble(30, 40).map((value) => value / 10_000), 0.231]);
    expect(judgeSeries('nullShare', shares).at(-1)?.reason).toMatchInlineSnapshot(
      `"23.1 % NULLs, 22.4 points above the 0.11 % to 0.65 % expected from 40 earlier points."`,
    );
  });

  it('knows the week', () => {
    const week = [1000, 1010, 990, 1005, 995, 200, 0];
    const values = [...week, ...week, ...week, ...week];
    expect(statesOf(values)).toBe('?'.repeat(14) + '.'.repeat(14));
    // A Sunday's nothing on a Monday, and a Monday's rows on a Sunday.
    expect(statesOf([...values, 0])).toMatch(/!$/);
    expect(statesOf([...values, ...week.slice(0, 6), 1000])).toMatch(/!$/);
  });

  it('does not let a fault become the baseline', () => {
    expect(statesOf([...wobble(1000, 30), 0, 0, ...wobble(1000, 10)])).toBe(
      `${'?'.repeat(14)}${'.'.repeat(16)}!!${'.'.repeat(10)}`,
    );
  });

  it('takes a level that stays for the new one after three points, and is not surprised when it ends', () => {
    expect(statesOf([...wobble(1000, 30), ...wobble(400, 12), ...wobble(1000, 12)])).toBe(
      `${'?'.repeat(14)}${'.'.repeat(16)}!!!${'.'.repeat(9)}${'.'.repeat(12)}`,
    );
  });

  it('takes younger data and shorter runs for no fault', () => {
    for (const kind of ['freshness', 'duration'] as const) {
      const verdicts = judgeSeries(kind, daily([...wobble(600, 20), 10, 6000]));
      expect(verdicts.slice(-2).map(({ state }) => state)).toEqual(['normal', 'anomalous']);
    }
  });

  it('tells shares apart near zero, where few NULLs are many more', () => {
    const verdicts = judgeSeries('nullShare', daily([...Array.from({ length: 20 }, () => 0), 0.0001, 0.02]));
    expect(verdicts.slice(-2).map(({ state }) => state)).toEqual(['normal', 'anomalous']);
  });

  it('judges figures of either sign', () => {
    const verdicts = judgeSeries('distribution', daily([...wobble(-100, 30), -99, 20]));
    expect(verdicts.slice(-2).map(({ state }) => state)).toEqual(['normal', 'anomalous']);
  });
});
