import { describe, expect, it } from 'vitest';

import { applyEdit } from './apply-edit.ts';

function set(text: string, value: string): string {
  const result = applyEdit(text, { kind: 'setField', path: ['a'], value });
  if (!result.isApplied) throw new Error(result.reason);
  return result.text;
}

describe('a longer text in which a part changes', () => {
  it.each<[string, text: string, value: string, after: string]>([
    [
      'keeps its lines',
      'a: |\n  SELECT statu\n  FROM x # no comment\nb: 1\n',
      'SELECT status\nFROM x # no comment\n',
      'a: |\n  SELECT status\n  FROM x # no comment\nb: 1\n',
    ],
    ['keeps its folds', 'a: >-\n  x and\n  statu\n', 'x and status', 'a: >-\n  x and\n  status\n'],
    ['keeps its quotes', "a: 'statu <> ''x''' # why\n", "status <> 'it'", "a: 'status <> ''it''' # why\n"],
    ['keeps its escapes', 'a: "statu <> \\u0041"\n', 'st"tu <> A', 'a: "st\\"tu <> \\u0041"\n'],
    ['stays plain', "a: statu <> 'x' # why\n", "status <> 'x'", "a: status <> 'x' # why\n"],
    ['grows at its end', 'a: upper(x\n', 'upper(x)', 'a: upper(x)\n'],
    ['is quoted where it must be', 'a: x y\n', 'x: y', 'a: "x: y"\n'],
    ['keeps half of a pair', 'a: "\\U0001F600 x"\n', '😁 x', 'a: "😁 x"\n'],
  ])('%s', (_, text, value, after) => expect(set(text, value)).toBe(after));
});
