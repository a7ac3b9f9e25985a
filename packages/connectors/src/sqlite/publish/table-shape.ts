import type { DatabaseSync } from 'node:sqlite';

import { PipelineError, type SchemaChange } from '@millrace/connector-sdk';
import type { Field, LogicalType } from '@millrace/spec';

import { queryRows } from '../database.ts';
import { quote } from '../quote.ts';
import { destinationType } from '../types.ts';

const SUCCESSOR = '_millrace_successor';

export function createTable(database: DatabaseSync, name: string, fields: readonly Field[]): void {
  database.exec(`CREATE TABLE ${quote(name)} (${fields.map(definition).join(', ')})`);
}

export function tableExists(database: DatabaseSync, name: string): boolean {
  return (
    queryRows(
      database,
      "SELECT 1 FROM sqlite_schema WHERE type IN ('table', 'view') AND lower(name) = lower(?)",
      name,
    ).length > 0
  );
}

/**
 * Puts a new table in the place of an old one within the transaction: `fill` gets the name to write to. Indexes and
 * triggers that someone made on the old table are made again on the new one.
 */
export function swapTable(
  database: DatabaseSync,
  name: string,
  fields: readonly Field[],
  fill: (successor: string) => void,
): void {
  createTable(database, SUCCESSOR, fields);
  fill(SUCCESSOR);
  const attached = queryRows(
    database,
    "SELECT name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND lower(tbl_name) = lower(?) AND sql IS NOT NULL AND name NOT LIKE '\\_millrace\\_%' ESCAPE '\\'",
    name,
  );
  // Without this, SQLite refuses the rename while a view names the dropped table.
  database.exec('PRAGMA legacy_alter_table = ON');
  database.exec(`DROP TABLE IF EXISTS ${quote(name)}`);
  database.exec(`ALTER TABLE ${quote(SUCCESSOR)} RENAME TO ${quote(name)}`);
  for (const [attachment, sql] of attached) {
    try {
      database.exec(String(sql));
    } catch (error) {
      throw new PipelineError({
        code: 'schemaDrift',
        blame: 'destination',
        retry: 'never',
        message: `${String(attachment)} on ${name} does not fit the table's new columns. Drop it, run again, and make it anew.`,
        cause: error,
      });
    }
  }
}

/** Applies planned changes to an existing table; returns its columns afterwards. */
export function changeTable(
  database: DatabaseSync,
  name: string,
  before: readonly Field[],
  changes: readonly SchemaChange[],
): readonly Field[] {
  let fields = before;
  const values = new Map(before.map((field) => [field.name, quote(field.name)]));
  let isRebuilt = false;
  for (const change of changes) {
    switch (change.kind) {
      case 'addColumn':
        // Rows that are there already have no value for it.
        fields = [...fields, { ...change.field, nullable: true }];
        break;
      case 'dropNotNull':
        fields = fields.map((field) => (field.name === change.column ? { ...field, nullable: true } : field));
        isRebuilt = true;
        break;
      case 'widenColumn':
        fields = fields.map((field) =>
          field.name === change.column ? { ...field, type: change.to } : field,
        );
        values.set(change.column, widened(quote(change.column), change.from, change.to));
        isRebuilt ||= destinationType(change.from).native !== destinationType(change.to).native;
        break;
    }
  }
  if (isRebuilt) {
    swapTable(database, name, fields, (successor) => {
      const kept = fields.filter((field) => values.has(field.name));
      const names = kept.map((field) => quote(field.name)).join(', ');
      const list = kept.map((field) => values.get(field.name)).join(', ');
      database.exec(`INSERT INTO ${quote(successor)} (${names}) SELECT ${list} FROM ${quote(name)}`);
    });
    return fields;
  }
  for (const field of fields.filter((candidate) => !values.has(candidate.name))) {
    database.exec(`ALTER TABLE ${quote(name)} ADD COLUMN ${definition(field)}`);
  }
  return fields;
}

function definition(field: Field): string {
  return `${quote(field.name)} ${destinationType(field.type).native}${field.nullable ? '' : ' NOT NULL'}`;
}

/** The stored form of a wider type from that of a narrower one. */
function widened(column: string, from: LogicalType, to: LogicalType): string {
  if (to.kind === 'decimal') {
    const scale = from.kind === 'decimal' ? from.scale : 0;
    const point = scale === 0 && to.scale > 0 ? '.' : '';
    return `CAST(${column} AS TEXT) || '${point}${'0'.repeat(to.scale - scale)}'`;
  }
  if (to.kind === 'float' && from.kind === 'integer') return `CAST(${column} AS REAL)`;
  if (to.kind === 'timestamp' && from.kind === 'date') {
    return `CASE WHEN ${column} LIKE '%infinity' THEN ${column} ELSE ${column} || ' 00:00:00' END`;
  }
  return to.kind === 'integer' && to.bits === 64 && !to.signed ? `CAST(${column} AS TEXT)` : column;
}
