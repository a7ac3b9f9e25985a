import { expect, it } from 'vitest';

import { SHOWN_CHARACTERS, cellText, shownText } from './cell-text.ts';

it('shows characters that would hide something', () => {
  expect(shownText('a\tb\nc')).toBe('a⇥b↵c');
  expect(shownText('\u001b[31mred\u0000')).toBe('‹U+001B›[31mred‹U+0000›');
  expect(shownText('abc\u202edcba')).toBe('abc‹U+202E›dcba');
});

it('bounds a cell of a megabyte without losing the value', () => {
  const value = 'x'.repeat(1_000_000);
  expect(shownText(value)).toHaveLength(SHOWN_CHARACTERS + 1);
  expect(cellText(value)).toHaveLength(1_000_000);
});

it('keeps NULL, empty text and nested values apart', () => {
  expect([null, '', 0, false, { a: [1] }].map(cellText)).toEqual(['', '', '0', 'false', '{"a":[1]}']);
});
