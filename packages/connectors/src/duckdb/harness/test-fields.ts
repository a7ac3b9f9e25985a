import type { Field, LogicalType } from '@millrace/spec';

export const INT32: LogicalType = { kind: 'integer', bits: 32, signed: true };
export const INT64: LogicalType = { kind: 'integer', bits: 64, signed: true };
export const STRING: LogicalType = { kind: 'string' };

export function field(name: string, type: LogicalType, nullable = true): Field {
  return { name, type, nullable };
}
