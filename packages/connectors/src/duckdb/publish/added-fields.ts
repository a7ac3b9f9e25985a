import type { PublishRequest } from '@millrace/connector-sdk';
import { DELETED_AT_FIELD, SCD2_FIELDS, type Field } from '@millrace/spec';

/** Columns that Millrace adds to the staged ones for a write mode. */
export function addedFields(request: PublishRequest): readonly Field[] {
  if (request.mode === 'scd2') return SCD2_FIELDS;
  return request.mode === 'merge' && request.deletes === 'soft' ? [DELETED_AT_FIELD] : [];
}

/** Their values in rows that are loaded for the first time. */
export function addedConstants(request: PublishRequest): Readonly<Record<string, string | null>> {
  const values: Readonly<Record<string, string | null>> = {
    deleted_at: null,
    valid_from: request.loadedAt,
    valid_to: null,
    is_current: 'true',
  };
  return Object.fromEntries(addedFields(request).map(({ name }) => [name, values[name] ?? null]));
}
