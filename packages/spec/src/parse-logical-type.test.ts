import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { formatLogicalType, type LogicalType } from './logical-type.ts';
import { parseLogicalType } from './parse-logical-type.ts';

const types = fc.oneof(
  fc
    .constantFrom('boolean', 'string', 'bytes', 'json', 'uuid', 'date', 'time')
    .map((kind): LogicalType => ({ kind })),
  fc.record({
    kind: fc.constant('integer' as const),
    bits: fc.constantFrom(8, 16, 32, 64),
    signed: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('float' as const), bits: fc.constantFrom(32, 64) }),
  fc.record({ kind: fc.constant('timestamp' as const), timezone: fc.boolean() }),
  fc.tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38)).map(([precision, scale]): LogicalType => ({
    kind: 'decimal',
    precision,
    scale: Math.min(precision, scale),
  })),
);

describe('parseLogicalType', () => {
  it('reads what formatLogicalType writes', () => {
    fc.assert(
      fc.property(types, (type) => {
        expect(parseLogicalType(formatLogicalType(type))).toEqual(type);
      }),
    );
  });

  it('refuses everything else', () => {
    for (const text of [
      '',
      'int',
      'int128',
      'bigint',
      'decimal',
      'decimal(39,0)',
      'decimal(3,4)',
      'constructor',
    ])
      expect(parseLogicalType(text)).toBeUndefined();
  });
});
