import { PipelineError, type PublishRequest, type SchemaChange } from '@millrace/connector-sdk';
import {
  DELETED_AT_FIELD,
  type Field,
  formatLogicalType,
  type LogicalType,
  SCD2_FIELDS,
} from '@millrace/spec';

import { destinationType } from '../types.ts';
import { identifier, literal, qualified, requireName, type TargetName } from './names.ts';

/** Longest indexed part of a text or bytes key; four such columns stay within an index's 3072 bytes. */
const KEY_PREFIX = 190;

export function nativeType(type: LogicalType): string {
  const mapped = destinationType(type);
  if (mapped !== undefined) return mapped.native;
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `MySQL has no type for ${formatLogicalType(type)}. Leave the column out, or choose another destination.`,
  });
}

/** Columns that Millrace adds to the staged ones for a write mode. */
export function addedFields(request: PublishRequest): readonly Field[] {
  if (request.mode === 'scd2') return SCD2_FIELDS;
  return request.mode === 'merge' && request.deletes === 'soft' ? [DELETED_AT_FIELD] : [];
}

const column = (field: Field): string =>
  `${identifier(field.name)} ${nativeType(field.type)} ${field.nullable ? 'NULL' : 'NOT NULL'}`;

/** Byte-wise comparison without padding, so that keys that differ in case, accent or trailing space are different keys. */
export function tableOptions(isMariadb: boolean): string {
  return `ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE ${isMariadb ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin'}`;
}

export function createTableSql(
  table: TargetName,
  fields: readonly Field[],
  key: readonly string[],
  options: { readonly isMariadb: boolean; readonly comment: string },
): string {
  for (const field of fields) requireName(field.name, 'column');
  const parts = key.map((name) => {
    const type = fields.find((field) => field.name === name)?.type;
    const isLong = type?.kind === 'string' || type?.kind === 'bytes' || type?.kind === 'json';
    return `${identifier(name)}${isLong ? `(${KEY_PREFIX})` : ''}`;
  });
  const index =
    parts.length === 0 || parts.length > MAX_KEY_PARTS ? [] : [`KEY millrace_key (${parts.join(', ')})`];
  const lines = [...fields.map(column), ...index].join(', ');
  return `CREATE TABLE ${qualified(table)} (${lines}) ${tableOptions(options.isMariadb)} COMMENT = ${literal(options.comment)}`;
}

const MAX_KEY_PARTS = 4;

/** The columns of a table after the changes. */
export function changeFields(fields: readonly Field[], changes: readonly SchemaChange[]): readonly Field[] {
  return changes.reduce<readonly Field[]>((current, change) => {
    switch (change.kind) {
      case 'addColumn':
        return current.some(({ name }) => name === change.field.name)
          ? current
          : [...current, { ...change.field, nullable: true }];
      case 'widenColumn':
        return current.map((field) => (field.name === change.column ? { ...field, type: change.to } : field));
      case 'dropNotNull':
        return current.map((field) => (field.name === change.column ? { ...field, nullable: true } : field));
    }
  }, fields);
}

/**
 * The statement that takes a table from its recorded columns to the wanted ones; undefined when nothing is to do. MySQL
 * commits it at once: the table shows empty new columns, or wider ones, a moment before their rows. An attempt that
 * died in between left the columns behind, so those that exist are not added again.
 */
export function alterTableSql(
  table: TargetName,
  before: readonly Field[],
  after: readonly Field[],
  existing: readonly string[],
): string | undefined {
  const actions = after.flatMap((field) => {
    const old = before.find(({ name }) => name === field.name);
    if (old === undefined && !existing.includes(field.name)) return [`ADD COLUMN ${column(field)}`];
    const isSame =
      old !== undefined && nativeType(old.type) === nativeType(field.type) && old.nullable === field.nullable;
    return isSame ? [] : [`MODIFY COLUMN ${column(field)}`];
  });
  return actions.length === 0 ? undefined : `ALTER TABLE ${qualified(table)} ${actions.join(', ')}`;
}
