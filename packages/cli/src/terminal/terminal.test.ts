import { describe, expect, it } from 'vitest';

import { formatBytes, formatCount, formatDuration, formatRate } from './amounts.ts';
import { fitText, printable, textWidth } from './terminal-text.ts';
import { formatTable } from './text-table.ts';

describe('terminal text', () => {
  it('shows control sequences instead of obeying them', () => {
    expect(printable('\u001b[2Jgone\r\n\u0007\u202eevil\u009b31m')).toBe(
      '\\e[2Jgone\\r\\n\\u{7}\\u{202e}evil\\u{9b}31m',
    );
  });

  it('knows how wide text is', () => {
    expect([textWidth('abc'), textWidth('東京'), textWidth('é'), textWidth('☕')]).toEqual([3, 4, 1, 2]);
    expect(fitText('東京タワー', 5)).toBe('東京…');
  });

  it('aligns a table', () => {
    expect(
      formatTable(
        [{ title: 'name' }, { title: 'rows', align: 'right' }],
        [
          ['東京', '5'],
          ['a\tb', '1,000'],
        ],
      ),
    ).toBe(['name   rows', '────  ─────', '東京      5', 'a\\tb  1,000'].join('\n'));
  });
});

describe('amounts', () => {
  it('reads well', () => {
    expect([
      formatCount(1234567),
      formatBytes(0),
      formatBytes(1023),
      formatBytes(1536),
      formatBytes(1024 ** 2 - 1),
      formatBytes(5.25 * 1024 ** 3),
    ]).toEqual(['1,234,567', '0 B', '1023 B', '1.5 KiB', '1.0 MiB', '5.3 GiB']);
    expect([
      formatDuration(420),
      formatDuration(12_340),
      formatDuration(200_000),
      formatDuration(7_500_000),
    ]).toEqual(['0.42 s', '12.3 s', '3 min 20 s', '2 h 5 min']);
    expect([formatRate(1000, 500), formatRate(0, 5)]).toEqual(['2,000/s', '–']);
  });
});
