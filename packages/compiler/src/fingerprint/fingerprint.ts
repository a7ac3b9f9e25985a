import { compareText, formatLogicalType, type SourceTable } from '@millrace/spec';

import type { Task } from '../plan.ts';
import { sha256Hex } from './sha256.ts';

/** SHA-256 (64 hexadecimal digits) of the canonical JSON of plain data: the order of keys does not count. */
export function fingerprint(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}

/**
 * Identity of what a table looks like: names, types, nullability and native declarations of its columns in order, and
 * its key. Sizes, statistics and notes do not count.
 */
export function fingerprintTable(table: SourceTable): string {
  // Arrays have one order, so the native serialiser is canonical for them, and ten times as fast.
  const fields = table.fields.map((field) => [
    field.name,
    formatLogicalType(field.type),
    field.nullable,
    field.nativeType,
    field.detail === undefined ? null : canonicalJson(field.detail),
  ]);
  return sha256Hex(JSON.stringify([fields, table.key]));
}

/**
 * Identity of a plan's tasks and document. Tables enter by their schema fingerprint: statistics change by the minute,
 * and are no change of the plan.
 */
export function fingerprintPlan(documentFingerprint: string, tasks: readonly Task[]): string {
  const identity = tasks.map(({ source, columns, notes: _notes, ...task }) => [
    canonicalJson(task),
    source.connection,
    source.connector,
    source.table.table,
    source.schemaFingerprint,
    source.fields.map((field) => field.name),
    columns.map(({ field, origin }) => [
      field.name,
      formatLogicalType(field.type),
      field.nullable,
      origin.kind === 'source' ? origin.column : { metadata: origin.value },
    ]),
  ]);
  return sha256Hex(JSON.stringify([documentFingerprint, identity]));
}

/** JSON with sorted keys and without keys whose value is undefined. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([left], [right]) => compareText(left, right));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
