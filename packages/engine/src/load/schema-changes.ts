import { createHash } from 'node:crypto';

import type { LoadTask } from '@millrace/compiler';
import { PipelineError, type PublishedTable, type SchemaChange } from '@millrace/connector-sdk';
import { DELETED_AT_FIELD, SCD2_FIELDS, formatLogicalType, formatTableName, isSameLogicalType, widenLogicalType, type Field, type WriteMode } from '@millrace/spec';

/** Names a published schema: columns with types in order, and the key. */
export function fingerprintSchema(fields: readonly Field[], key: readonly string[]): string {
  const text = JSON.stringify([fields.map((field) => [field.name, formatLogicalType(field.type), field.nullable]), key]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/**
 * What has to change in an existing table before the staged rows fit. Columns that the table has and the rows lack are
 * filled with NULL. Throws `schemaDrift` where no wider type holds both the old and the new values.
 */
export function schemaChanges(task: LoadTask, published: PublishedTable | undefined, mode: WriteMode): readonly SchemaChange[] {
  if (published === undefined || mode === 'replace') return [];
  const fields = task.columns.map((column) => column.field);
  if (published.record?.schemaFingerprint === fingerprintSchema(fields, task.destination.key)) return [];
  const changes: SchemaChange[] = [];
  const existing = new Map(published.fields.map((field) => [field.name, field]));
  for (const field of fields) {
    const found = existing.get(field.name);
    existing.delete(field.name);
    if (found === undefined) {
      changes.push({ kind: 'addColumn', field: { ...field, nullable: true } });
      continue;
    }
    if (!isSameLogicalType(found.type, field.type)) {
      const to = widenLogicalType(found.type, field.type);
      if (to === undefined) throw drift(task, found, field);
      if (!isSameLogicalType(to, found.type)) changes.push({ kind: 'widenColumn', column: field.name, from: found.type, to });
    }
    if (!found.nullable && field.nullable) changes.push({ kind: 'dropNotNull', column: field.name });
  }
  const own = new Set([DELETED_AT_FIELD, ...SCD2_FIELDS].map((field) => field.name));
  for (const field of existing.values()) {
    if (!field.nullable && !own.has(field.name)) changes.push({ kind: 'dropNotNull', column: field.name });
  }
  return changes;
}

function drift(task: LoadTask, found: Field, field: Field): PipelineError {
  const name = `${formatTableName(task.destination.table)}.${field.name}`;
  return new PipelineError({
    code: 'schemaDrift',
    blame: 'source',
    retry: 'never',
    message:
      `${name} is ${formatLogicalType(found.type)} and its source is ${formatLogicalType(field.type)} now; no type holds both. ` +
      'Run again with --full-refresh to rebuild the table.',
  });
}
