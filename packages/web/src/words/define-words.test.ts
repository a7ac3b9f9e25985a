import { describe, expect, it } from 'vitest';

import { defineWords, startWords } from './define-words.ts';

const words = defineWords('harbour', {
  rows_one: '{{count}} row of {{table}}',
  rows_other: '{{count}} rows of {{table}}',
});

describe('words', () => {
  it('choose the plural form and group the digits of numbers', () => {
    startWords();
    expect(words('rows', { count: 1, table: 'orders' })).toBe('1 row of orders');
    expect(words('rows', { count: 1234567, table: '<b>2026</b>' })).toBe('1,234,567 rows of <b>2026</b>');
    expect(words('rows', { count: 'about 3', table: 'orders' })).toBe('about 3 rows of orders');
  });
});
