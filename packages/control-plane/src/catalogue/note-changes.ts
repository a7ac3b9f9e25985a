import { insertNotices } from '../live/live-store.ts';
import type { Store } from '../store/open-store.ts';
import type { DatasetRef } from './find-dataset.ts';

/** Lets those who look at datasets know that they changed; at the end of the transaction in which they did. */
export async function noteChanges(db: Store['db'], datasets: readonly DatasetRef[]): Promise<void> {
  await insertNotices(
    db,
    datasets.map(({ connection, name }) => ({ kind: 'dataset', ref: `${connection}/${name}` })),
  );
}
