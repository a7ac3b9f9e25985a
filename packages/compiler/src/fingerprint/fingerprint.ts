import { compareText, type SourceTable } from '@millrace/spec';

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
  return fingerprint([
    table.fields.map((field) => [
      field.name,
      field.type,
      field.nullable,
      field.nativeType,
      field.detail ?? null,
    ]),
    table.key,
  ]);
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
