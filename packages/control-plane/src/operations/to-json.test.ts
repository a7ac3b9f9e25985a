import { expect, it } from 'vitest';

import { keepJson, toJson } from './to-json.ts';

it('keeps integers that JSON cannot hold, as text', () => {
  expect(toJson({ rows: 2n ** 63n, list: [1, { count: 7n }] })).toBe(
    '{"rows":"9223372036854775808","list":[1,{"count":"7"}]}',
  );
});

it('takes a Map for the defect that it is', () => {
  expect(() => toJson({ texts: new Map([['a', 'b']]) })).toThrow('JSON cannot hold');
});

it('writes once what is kept', () => {
  const output = { rows: 1 };
  expect(keepJson(output)).toBe('{"rows":1}'.length);
  output.rows = 2;
  expect(toJson(output)).toBe('{"rows":1}');
});
