import type { SQLOutputValue } from 'node:sqlite';

import type { LogicalType } from '@millrace/spec';

import { hasOffset, isDateText, isTimestampText, isTimeText } from './time-text.ts';
import { declaredLogicalType } from './types.ts';

/** What a column becomes, and what a person should know about it. */
export interface ColumnType {
  readonly type: LogicalType;
  readonly mapping?: string;
}

const UUID = /^\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i;

/**
 * SQLite enforces few of its declarations, so a declared type is believed unless every sampled value contradicts it;
 * a column without a type is what its sample holds. NULLs are not evidence.
 */
export function columnTypeOf(declaredType: string, sample: readonly SQLOutputValue[]): ColumnType {
  const values = sample.filter((value) => value !== null);
  const declared = declaredLogicalType(declaredType);
  if (declared === undefined) return observedType(declaredType, values);
  if (values.length > 0 && !values.some((value) => isPlausible(declared, value)))
    return observedType(declaredType, values);
  if (declared.kind === 'timestamp' && values.length > 0 && values.every(hasOffset)) {
    return { type: { kind: 'timestamp', timezone: true } };
  }
  if (declared.kind !== 'decimal' || declaredType.toUpperCase().includes('TEXT')) return { type: declared };
  return {
    type: declared,
    mapping: `A REAL is read as the shortest decimal that denotes it; one with more than ${declared.scale} decimals is quarantined.`,
  };
}

function observedType(declaredType: string, values: readonly SQLOutputValue[]): ColumnType {
  const classes = new Set(values.map((value) => storageClassOf(value)));
  const declared =
    declaredType === '' ? 'The column has no declared type' : `The column is declared ${declaredType}`;
  const [only] = classes.size === 1 ? classes : [];
  if (only === 'integer')
    return {
      type: { kind: 'integer', bits: 64, signed: true },
      mapping: `${declared} and its first rows hold integers.`,
    };
  if (only === 'text')
    return { type: { kind: 'string' }, mapping: `${declared} and its first rows hold text.` };
  if (only === 'blob')
    return { type: { kind: 'bytes' }, mapping: `${declared} and its first rows hold blobs.` };
  if (classes.size > 0 && !classes.has('text') && !classes.has('blob')) {
    return { type: { kind: 'float', bits: 64 }, mapping: `${declared} and its first rows hold numbers.` };
  }
  const found =
    classes.size === 0 ? 'no values' : `values of the classes ${[...classes].toSorted().join(', ')}`;
  return {
    type: { kind: 'string' },
    mapping: `${declared} and its first rows hold ${found}; numbers are kept as their shortest text.`,
  };
}

/** SQLite's own names for what a value is stored as. */
export function storageClassOf(value: SQLOutputValue): 'null' | 'integer' | 'real' | 'text' | 'blob' {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return 'real';
  return typeof value === 'string' ? 'text' : 'blob';
}

function isPlausible(type: LogicalType, value: SQLOutputValue): boolean {
  switch (type.kind) {
    case 'boolean':
      return value === 0n || value === 1n;
    case 'integer':
      return typeof value === 'bigint' || (!type.signed && typeof value === 'string');
    case 'float':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'decimal':
      return typeof value !== 'object' && Number.isFinite(Number(value));
    case 'string':
      return typeof value === 'string';
    case 'json':
      return typeof value !== 'object';
    case 'bytes':
      return value instanceof Uint8Array;
    case 'uuid':
      return typeof value === 'string' && UUID.test(value);
    case 'date':
      return typeof value === 'string' && isDateText(value);
    case 'time':
      return typeof value === 'string' && isTimeText(value);
    case 'timestamp':
      return typeof value === 'string' && isTimestampText(value);
  }
}
