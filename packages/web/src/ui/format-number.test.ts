import { expect, it } from 'vitest';

import { formatBytes, formatCompact, formatNumber, formatShare } from './format-number.ts';

it('groups numbers and keeps two places of a fraction', () => {
  expect([0, 1_234_567, -9_999, 2.5, 3.14159].map(formatNumber)).toEqual([
    '0',
    '1,234,567',
    '-9,999',
    '2.5',
    '3.14',
  ]);
  expect(formatCompact(1_240_000)).toBe('1.2M');
});

it('says bytes in IEC units with three digits', () => {
  expect([0, 1023, 1024, 1_500_000, 5 * 1024 ** 3, 123 * 1024 ** 2].map(formatBytes)).toEqual([
    '0 B',
    '1023 B',
    '1 KiB',
    '1.43 MiB',
    '5 GiB',
    '123 MiB',
  ]);
});

it('keeps small shares visible', () => {
  expect([0, 0.25, 0.999, 0.0004, 1].map(formatShare)).toEqual(['0%', '25%', '100%', '0.04%', '100%']);
});
