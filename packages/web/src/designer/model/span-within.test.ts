import { readDraft } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { spanWithin } from './span-within.ts';

const path = ['steps', 'paid', 'filter', 'where'];

describe('spanWithin', () => {
  it.each([
    ['plain', 'total > oops', 'total > oops'],
    ['quoted twice', '"a = \\"x\\" and oops"', 'a = "x" and oops'],
    ['quoted once', "'a = ''x'' and oops'", "a = 'x' and oops"],
  ])('finds a word in a value that is %s', (_, written, value) => {
    const text = `version: 1\nname: x\nsteps:\n  paid:\n    filter: { from: a, where: ${written} }\n`;
    const { locate } = readDraft(text, '');
    const offset = text.indexOf('oops');
    const place = locate(path);
    const range = { ...place, start: { ...place.start, offset }, end: { ...place.end, offset: offset + 4 } };
    const span = spanWithin(range, value, (part) => locate(path, part));
    expect(value.slice(span.from, span.to)).toBe('oops');
  });

  it('is the whole value for a range that lies elsewhere', () => {
    const text = 'steps:\n  paid:\n    filter: { from: a, where: x }\n';
    const { locate } = readDraft(text, '');
    expect(spanWithin(locate(['steps']), 'x', (part) => locate(path, part))).toEqual({ from: 0, to: 1 });
  });
});
