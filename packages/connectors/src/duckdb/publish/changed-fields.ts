import { PipelineError, type PublishRequest, type SchemaChange } from '@millrace/connector-sdk';
import {
  formatLogicalType,
  formatTableName,
  isSameLogicalType,
  widenLogicalType,
  type Field,
  type TableName,
} from '@millrace/spec';

import { nativeType } from '../types.ts';
import { foldName, identifier, qualifiedName } from '../warehouse/names.ts';

/** The columns of a table after the changes. */
export function changeFields(fields: readonly Field[], changes: readonly SchemaChange[]): readonly Field[] {
  return changes.reduce(changeField, fields);
}

function changeField(fields: readonly Field[], change: SchemaChange): readonly Field[] {
  switch (change.kind) {
    case 'addColumn':
      // Rows that are there already have no value for it.
      return findField(fields, change.field.name) === undefined
        ? [...fields, { ...change.field, nullable: true }]
        : fields;
    case 'widenColumn':
      return fields.map((field) => (isNamed(field, change.column) ? { ...field, type: change.to } : field));
    case 'dropNotNull':
      return fields.map((field) => (isNamed(field, change.column) ? { ...field, nullable: true } : field));
  }
}

/** The statements that take a stored table from one list of columns to another that `changeFields` made of it. */
export function alterTableSql(
  table: TableName,
  before: readonly Field[],
  after: readonly Field[],
): readonly string[] {
  const alter = `ALTER TABLE ${qualifiedName(table)}`;
  return after.flatMap((field) => {
    const name = identifier(field.name);
    const old = findField(before, field.name);
    if (old === undefined) return [`${alter} ADD COLUMN ${name} ${nativeType(field.type)}`];
    return [
      ...(isSameLogicalType(old.type, field.type)
        ? []
        : [`${alter} ALTER COLUMN ${name} SET DATA TYPE ${nativeType(field.type)}`]),
      ...(field.nullable && !old.nullable ? [`${alter} ALTER COLUMN ${name} DROP NOT NULL`] : []),
    ];
  });
}

export function findField(fields: readonly Field[], name: string): Field | undefined {
  return fields.find((field) => isNamed(field, name));
}

function isNamed(field: Field, name: string): boolean {
  return foldName(field.name) === foldName(name);
}

/** Throws unless every staged column has a column in the table that holds all its values. */
export function requireRoom(request: PublishRequest, fields: readonly Field[]): void {
  for (const staged of request.fields) {
    const field = findField(fields, staged.name);
    const widened = field === undefined ? undefined : widenLogicalType(field.type, staged.type);
    if (field !== undefined && widened !== undefined && isSameLogicalType(widened, field.type)) continue;
    const column = `${formatTableName(request.table)}.${staged.name}`;
    const reason =
      field === undefined ? `${column} does not exist` : `${column} is ${formatLogicalType(field.type)}`;
    throw new PipelineError({
      code: 'schemaDrift',
      blame: 'destination',
      retry: 'never',
      message: `${reason}, and the load brings ${formatLogicalType(staged.type)}. Plan the run again, or rebuild the table with --full-refresh.`,
    });
  }
}
