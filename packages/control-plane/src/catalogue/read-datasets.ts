import type { TableName } from '@millrace/spec';

import type { Store } from '../store/open-store.ts';
import type { DatasetNoteRow, DatasetRow } from './catalogue-schema.ts';

/** The tables of a connection that runs of this project published. */
export async function readDatasetTables(store: Store, connection: string): Promise<readonly TableName[]> {
  const rows = await store.db
    .selectFrom('datasets')
    .select(['schema_name', 'table_name'])
    .where('connection', '=', connection)
    .execute();
  return rows.map(({ schema_name: schema, table_name: name }) =>
    schema === null ? { name } : { schema, name },
  );
}

/** Whether runs of this project published into a connection. */
export async function hasDatasets(store: Store, connection: string): Promise<boolean> {
  const row = await store.db
    .selectFrom('datasets')
    .select('name')
    .where('connection', '=', connection)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Every dataset with what people say of it. */
export async function readDatasets(
  store: Store,
): Promise<readonly { readonly row: DatasetRow; readonly note: DatasetNoteRow | undefined }[]> {
  const rows = await store.db.selectFrom('datasets').selectAll().orderBy('name').execute();
  const notes = await store.db.selectFrom('dataset_notes').selectAll().execute();
  const byKey = new Map(notes.map((note) => [JSON.stringify([note.connection, note.name]), note]));
  return rows.map((row) => ({ row, note: byKey.get(JSON.stringify([row.connection, row.name])) }));
}
