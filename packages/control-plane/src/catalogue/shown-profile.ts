import type { DatasetProfile } from '@millrace/compiler';
import { z } from 'zod';

import type { Store } from '../store/open-store.ts';
import type { DatasetRow } from './catalogue-schema.ts';

/** What is known of the values of a dataset. */
export const shownProfile = z.strictObject({
  /** That published the rows. */
  runId: z.string(),
  at: z.iso.datetime(),
  /** Of all rows as they are published now, of all that a run loaded, or of those that changed in it. */
  scope: z.enum(['published', 'table', 'changes']),
  profile: z.custom<DatasetProfile>(),
});

export type ShownProfile = z.output<typeof shownProfile>;

/** The profile of the published rows when one was taken of this version, otherwise the newest that a run took; null when there is none. */
export async function readShownProfile(store: Store, dataset: DatasetRow): Promise<ShownProfile | null> {
  return (await readPublishedProfile(store, dataset)) ?? (await readRunProfile(store, dataset));
}

/** Null when none was taken of this version. */
export async function readPublishedProfile(
  store: Store,
  { connection, name, version }: DatasetRow,
): Promise<ShownProfile | null> {
  const row = await store.db
    .selectFrom('dataset_profiles')
    .selectAll()
    .where('connection', '=', connection)
    .where('name', '=', name)
    .where('version', '=', version)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    runId: row.run_id,
    at: new Date(row.taken_at).toISOString(),
    scope: 'published',
    profile: JSON.parse(row.profile),
  };
}

/** Keeps the profile of the rows of a dataset, in the place of the one before. */
export async function savePublishedProfile(
  store: Store,
  { connection, name, version, run_id: runId }: DatasetRow,
  profile: DatasetProfile,
  at: number,
): Promise<void> {
  if (version === null) return;
  const taken = { version, run_id: runId, taken_at: at, profile: JSON.stringify(profile) };
  await store.db
    .insertInto('dataset_profiles')
    .values({ connection, name, ...taken })
    .onConflict((conflict) => conflict.columns(['connection', 'name']).doUpdateSet(taken))
    .execute();
}

async function readRunProfile(store: Store, { pipeline, task }: DatasetRow): Promise<ShownProfile | null> {
  const row = await store.db
    .selectFrom('table_measures')
    .select(['run_id', 'measured_at', 'scope', 'profile'])
    .where('pipeline', '=', pipeline)
    .where('task', '=', task)
    .where('profile', 'is not', null)
    .orderBy('measured_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row?.profile == null) return null;
  return {
    runId: row.run_id,
    at: new Date(row.measured_at).toISOString(),
    scope: row.scope,
    profile: JSON.parse(row.profile),
  };
}
