import type { BoundaryValues } from '@millrace/connector-sdk/conformance';

import { nativeType } from '../types.ts';
import { BOUNDARIES } from './boundary-values.ts';

const plain: readonly BoundaryValues[] = BOUNDARIES.map(({ type, values }, index) => ({
  name: `plain_${index}`,
  native: type.kind === 'json' ? 'JSON' : nativeType(type),
  type,
  // DuckDB's own JSON column takes no lone surrogate.
  values: values.map(({ sql }) => sql).filter((sql) => type.kind !== 'json' || !sql.includes('\\ud800')),
}));

const string = { kind: 'string' } as const;
const json = { kind: 'json' } as const;

/** Types of DuckDB that no other system has, with what they become. */
const mapped: readonly BoundaryValues[] = [
  {
    name: 'huge',
    native: 'HUGEINT',
    type: { kind: 'decimal', precision: 38, scale: 0 },
    values: [`'-${'9'.repeat(38)}'`, `'${'9'.repeat(38)}'`, '0'],
  },
  { name: 'nanos', native: 'TIMESTAMP_NS', type: string, values: ["'2026-01-01 00:00:00.123456789'"] },
  {
    name: 'seconds',
    native: 'TIMESTAMP_S',
    type: { kind: 'timestamp', timezone: false },
    values: ["'2026-01-01 00:00:01'"],
  },
  { name: 'offset_time', native: 'TIMETZ', type: string, values: ["'13:51:30.123789+02'"] },
  {
    name: 'span',
    native: 'INTERVAL',
    type: string,
    values: ["'1 year 2 months 3 days 04:05:06.789012'", "'-1 microsecond'"],
  },
  { name: 'bits', native: 'BIT', type: string, values: ["'0101'"] },
  { name: 'choice', native: "ENUM('a', 'b,c', 'it''s')", type: string, values: ["'b,c'", "'it''s'"] },
  { name: 'big', native: 'BIGNUM', type: string, values: [`'${'9'.repeat(60)}'`] },
  { name: 'list', native: 'INTEGER[]', type: json, values: ['[1, NULL]', '[]'] },
  {
    name: 'record',
    native: 'STRUCT(a DECIMAL(38,2), b VARCHAR)',
    type: json,
    values: ["{'a': 123456789012345678901234567890.12, 'b': 'x\"y'}"],
  },
  { name: 'pairs', native: 'MAP(VARCHAR, INTEGER)', type: json, values: ["MAP {'k': 1}"] },
];

export const conformanceBoundaries: readonly BoundaryValues[] = [
  ...plain,
  ...mapped.map((column): BoundaryValues =>
    column.type.kind === 'json' ? { ...column, text: (name) => `to_json(${name})` } : column,
  ),
];
