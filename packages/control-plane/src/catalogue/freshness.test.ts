import { expect, it } from 'vitest';

import { judgeFreshness } from './freshness.ts';

const HOUR = 3_600_000;
const NOW = 1000 * HOUR;
const good = { outcome: 'published', reason: null, concerns: 0, checked_at: NOW - HOUR } as const;
const hourly = [1, 2, 3, 4].map((hours) => NOW - hours * HOUR);

it('is up to date while nothing tells how often it should be looked at', () => {
  const never = judgeFreshness({ ...good, checked_at: 1 }, { allowedMs: null, runTimes: [1, 2] }, NOW);
  expect(never).toMatchObject({ state: 'upToDate', expectedWithinMs: null });
});

it('is delayed when its own rhythm is missed by half, or what its document allows', () => {
  const rhythm = { allowedMs: null, runTimes: hourly };
  expect(judgeFreshness(good, rhythm, NOW).state).toBe('upToDate');
  expect(judgeFreshness({ ...good, checked_at: NOW - 1.4 * HOUR }, rhythm, NOW).state).toBe('upToDate');
  const late = judgeFreshness({ ...good, checked_at: NOW - 1.6 * HOUR }, rhythm, NOW);
  expect(late).toMatchObject({ state: 'delayed', expectedWithinMs: 1.5 * HOUR });
  const allowed = { allowedMs: HOUR / 2, runTimes: hourly };
  expect(judgeFreshness(good, allowed, NOW)).toMatchObject({ state: 'delayed', expectedWithinMs: HOUR / 2 });
});

it('is under investigation when the last run failed, paused, or found something unusual', () => {
  const rhythm = { allowedMs: null, runTimes: hourly };
  const state = (change: object): string => judgeFreshness({ ...good, ...change }, rhythm, NOW).state;
  expect(state({ outcome: 'failed', reason: 'gone' })).toBe('underInvestigation');
  expect(state({ outcome: 'paused', reason: 'a person has to act' })).toBe('underInvestigation');
  expect(state({ concerns: 1 })).toBe('underInvestigation');
  expect(state({ outcome: 'unchanged' })).toBe('upToDate');
});
