import type { RollbackResult } from '@millrace/engine';

import type { Store } from '../store/open-store.ts';
import type { DatasetRow } from './catalogue-schema.ts';
import { noteChanges } from './note-changes.ts';

/** Versions that are kept of each dataset. */
const KEPT = 500;

/** Adds the newest publication of a dataset to its versions. `restoredRun` is the run whose rows came back, for a rollback. */
export async function saveVersion(
  db: Store['db'],
  dataset: DatasetRow,
  restoredRun: string | null,
): Promise<void> {
  const { connection, name, version, published_at: publishedAt, row_count: rows } = dataset;
  if (version === null || publishedAt === null) return;
  await db
    .insertInto('dataset_versions')
    .values({
      connection,
      name,
      version,
      run_id: dataset.run_id,
      published_at: publishedAt,
      row_count: rows,
      restored_run: restoredRun,
    })
    .onConflict((conflict) => conflict.columns(['connection', 'name', 'version']).doNothing())
    .execute();
  await db
    .deleteFrom('dataset_versions')
    .where('connection', '=', connection)
    .where('name', '=', name)
    .where('version', '<=', version - KEPT)
    .execute();
}

/** Takes a rollback into the catalogue. */
export async function registerRollback(
  store: Store,
  dataset: { readonly connection: string; readonly name: string; readonly runId: string },
  { record, rows, restoredRunId }: RollbackResult,
): Promise<void> {
  const publishedAt = Date.parse(record.publishedAt);
  await store.db.transaction().execute(async (db) => {
    const row = await db
      .updateTable('datasets')
      .set({
        version: record.version,
        published_at: publishedAt,
        row_count: rows,
        run_id: dataset.runId,
        outcome: 'published',
        reason: null,
        concerns: 0,
      })
      .where('connection', '=', dataset.connection)
      .where('name', '=', dataset.name)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) return;
    await saveVersion(db, row, restoredRunId);
    await noteChanges(db, [row]);
  });
  store.live.nudge();
}
