import { expect, it } from 'vitest';

import { formatDuration, formatRelative } from './format-time.ts';

it('says durations in their two largest units', () => {
  expect(
    [0, 850, 4_230, 59_600, 200_000, 7_500_000, 3 * 86_400_000 + 4 * 3_600_000].map(formatDuration),
  ).toEqual(['0 ms', '850 ms', '4.2 s', '1 min', '3 min 20 s', '2 h 5 min', '3 d 4 h']);
});

it('says past and future times from now', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const at = (text: string): string => formatRelative(new Date(text), now);
  expect(at('2026-11-21T11:59:58Z')).toBe('just now');
  expect(at('2026-11-21T11:55:01Z')).toBe('4 min ago');
  expect(at('2026-11-21T14:00:00Z')).toBe('in 2 h');
  expect(at('2026-11-19T12:00:00Z')).toBe('2 d ago');
  expect(at('2026-10-01T12:00:00Z')).toBe('1 Oct 2026');
});
