import { describe, expect, it } from 'vitest';

import type { CanonicalType } from './digest-duckdb.ts';
import { duckdbType } from './duckdb-type.ts';
import { parseDuckdbType } from './parse-duckdb-type.ts';

const TYPES: readonly CanonicalType[] = [
  ...([8, 16, 32, 64] as const).flatMap((bits) =>
    [true, false].map((signed) => ({ kind: 'integer', bits, signed }) as const),
  ),
  { kind: 'float', bits: 32 },
  { kind: 'float', bits: 64 },
  { kind: 'decimal', precision: 1, scale: 0 },
  { kind: 'decimal', precision: 38, scale: 38 },
  { kind: 'timestamp', timezone: true },
  { kind: 'timestamp', timezone: false },
  ...(['boolean', 'string', 'bytes', 'json', 'uuid', 'date', 'time'] as const).map((kind) => ({ kind })),
];

describe('parseDuckdbType', () => {
  it('is the inverse of duckdbType', () => {
    for (const type of TYPES) expect(parseDuckdbType(duckdbType(type))).toEqual(type);
  });

  it('reads the long name of an instant', () => {
    expect(parseDuckdbType('TIMESTAMP WITH TIME ZONE')).toEqual({ kind: 'timestamp', timezone: true });
  });

  it.each([
    'HUGEINT',
    'INTEGER[]',
    'STRUCT(a INTEGER)',
    'TIMESTAMP_NS',
    'INTERVAL',
    "ENUM('DATE')",
    '',
    'toString',
  ])('knows no logical type for %s', (native) => expect(parseDuckdbType(native)).toBeUndefined());
});
