import { PipelineError } from '@millrace/connector-sdk';
import { DELETED_AT_FIELD, type Field, formatTableName, SCD2_FIELDS } from '@millrace/spec';

import { destinationType } from '../types.ts';
import { execute, keyFields, loadedAt, type Publication } from './publication.ts';
import { keyIndexName, sqlName, sqlTable, type TargetTable } from './target-table.ts';

/** B-tree entries end at a third of a page; a longer key has no index, and its merges scan. */
const KEY_TOO_LONG = '54000';

/** Columns that the write mode adds to those of the source. */
export function addedFields(publication: Publication): readonly Field[] {
  const { mode, deletes } = publication.request;
  if (mode === 'scd2') return SCD2_FIELDS;
  return mode === 'merge' && deletes === 'soft' ? [DELETED_AT_FIELD] : [];
}

/** Definitions of the added columns with the values of rows that are loaded for the first time. */
export function addedDefinitions(publication: Publication): readonly string[] {
  const values: Readonly<Record<string, string>> = {
    valid_from: ` DEFAULT ${loadedAt(publication.request)}`,
    is_current: ' DEFAULT true',
  };
  return addedFields(publication).map(
    (field) =>
      `${sqlName(field.name)} ${destinationType(field.type).native}${field.nullable ? '' : ' NOT NULL'}${values[field.name] ?? ''}`,
  );
}

/** The defaults served the first load only. */
export async function dropDefaults(publication: Publication, table: string): Promise<void> {
  if (publication.request.mode !== 'scd2') return;
  await execute(
    publication,
    `ALTER TABLE ${table} ALTER COLUMN valid_from DROP DEFAULT, ALTER COLUMN is_current DROP DEFAULT`,
  );
}

/** Applies the planned changes to an existing table, and adds the write mode's own columns where they lack. */
export async function applyChanges(publication: Publication, target: TargetTable): Promise<void> {
  const { request } = publication;
  const table = sqlTable(request.table);
  const actions = request.changes.map((change) => {
    switch (change.kind) {
      case 'addColumn':
        // Rows that are there already have no value for it.
        return `ADD COLUMN ${sqlName(change.field.name)} ${destinationType(change.field.type).native}`;
      case 'widenColumn':
        return widenAction(change.column, destinationType(change.to).native);
      case 'dropNotNull':
        return `ALTER COLUMN ${sqlName(change.column)} DROP NOT NULL`;
    }
  });
  const present = new Set(target.columns.map((column) => column.name));
  const isMissing = addedFields(publication).some((field) => !present.has(field.name));
  const added = isMissing
    ? addedDefinitions(publication).map((definition) => `ADD COLUMN IF NOT EXISTS ${definition}`)
    : [];
  const all = [...actions, ...added];
  if (all.length > 0) await alter(publication, target, `ALTER TABLE ${table} ${all.join(', ')}`);
  if (isMissing) await dropDefaults(publication, table);
}

/** Gives a table that must stay the columns of the request; rows were removed before. */
export async function reshape(publication: Publication, target: TargetTable): Promise<void> {
  const wanted = [...publication.request.fields, ...addedFields(publication)];
  const names = new Set(wanted.map((field) => field.name));
  const actions = target.columns
    .filter((column) => !names.has(column.name))
    .map((column) => `DROP COLUMN ${sqlName(column.name)}`);
  for (const field of wanted) {
    const native = destinationType(field.type).native;
    const column = target.columns.find((each) => each.name === field.name);
    if (column === undefined) {
      actions.push(`ADD COLUMN ${sqlName(field.name)} ${native}${field.nullable ? '' : ' NOT NULL'}`);
      continue;
    }
    if (column.native !== native) actions.push(widenAction(field.name, native));
    if (column.isRequired === field.nullable)
      actions.push(`ALTER COLUMN ${sqlName(field.name)} ${field.nullable ? 'DROP' : 'SET'} NOT NULL`);
  }
  if (actions.length > 0)
    await alter(
      publication,
      target,
      `ALTER TABLE ${sqlTable(publication.request.table)} ${actions.join(', ')}`,
    );
}

/** Makes the index that merges use. A key too long for one is merged without it. */
export async function createKeyIndex(publication: Publication, table: string): Promise<void> {
  const { request } = publication;
  if (keyFields(request).some((field) => field.type.kind === 'json')) return;
  const unique = request.mode === 'scd2' ? '' : 'UNIQUE ';
  const columns = request.key.map(sqlName).join(', ');
  await execute(publication, 'SAVEPOINT key_index');
  try {
    await execute(
      publication,
      `CREATE ${unique}INDEX ${sqlName(keyIndexName(request.table))} ON ${table} (${columns})`,
    );
    await execute(publication, 'RELEASE SAVEPOINT key_index');
  } catch (error) {
    if (!(error instanceof PipelineError) || stateOf(error) !== KEY_TOO_LONG) throw error;
    await execute(publication, 'ROLLBACK TO SAVEPOINT key_index');
  }
}

function widenAction(column: string, native: string): string {
  const name = sqlName(column);
  return `ALTER COLUMN ${name} TYPE ${native} USING ${name}::${native}`;
}

async function alter(publication: Publication, target: TargetTable, sql: string): Promise<void> {
  try {
    await execute(publication, sql);
  } catch (error) {
    const state = error instanceof PipelineError ? stateOf(error) : undefined;
    if (state !== '0A000' && state !== '2BP01') throw error;
    throw new PipelineError({
      code: 'schemaDrift',
      blame: 'destination',
      retry: 'never',
      message: `${formatTableName(publication.request.table)} cannot get its new columns, because things depend on the old ones: ${target.attachments.join(', ')}. Drop them, run again, and make them anew.`,
      cause: error,
    });
  }
}

function stateOf(error: PipelineError): unknown {
  const cause = error.cause;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}
