import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { formatDuration, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it('is exact', () => {
    expect(parseDuration('5m')).toBe(300_000_000n);
    expect(parseDuration('30s')).toBe(30_000_000n);
    expect(parseDuration('2h')).toBe(7_200_000_000n);
    expect(parseDuration('1d')).toBe(86_400_000_000n);
    expect(parseDuration('1d2h3m4s5ms6us')).toBe(93_784_005_006n);
    expect(parseDuration('999999999d')).toBe(999_999_999n * 86_400_000_000n);
  });

  it('refuses everything else', () => {
    for (const text of [
      '',
      '5',
      'm',
      '-5m',
      '1.5h',
      '5 m',
      '5M',
      '1m1h',
      '1m1m',
      '5min',
      ' 5m',
      '5m\n',
      '٥m',
      '1h'.repeat(100),
    ]) {
      expect(parseDuration(text)).toBeUndefined();
    }
  });

  it('reads what formatDuration writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 17n }), (duration) => {
        expect(parseDuration(formatDuration(duration))).toBe(duration);
      }),
    );
  });
});
