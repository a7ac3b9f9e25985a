import { describe, expect, it } from 'vitest';

import { namesInText } from './name-in-text.ts';

const parts = (text: string, offset = 0): readonly string[] =>
  namesInText(text, offset).map((name) => text.slice(name.offset, name.offset + name.length));

describe('namesInText', () => {
  it.each([
    ['orders.id + 1', ['orders', 'id']],
    ['"a "".b" . "c"', ['"a "".b"', '"c"']],
    ['élan_1', ['élan_1']],
    ["'x.csv'", ["'x.csv'"]],
    ['(a)', []],
    ['', []],
    ['a..b', ['a']],
  ])('%s', (text, expected) => expect(parts(text)).toEqual(expected));

  it('begins where it is told', () => expect(parts('a, b.c', 3)).toEqual(['b', 'c']));
});
