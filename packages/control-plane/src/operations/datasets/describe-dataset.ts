import { z } from 'zod';

import { datasetRef } from '../../catalogue/dataset-schema.ts';
import { findDataset } from '../../catalogue/find-dataset.ts';
import { noteChanges } from '../../catalogue/note-changes.ts';
import { defineOperation } from '../../operation.ts';

/** Says what people should know of a dataset. What is left out stays; null gives the word back to the pipeline's document. */
export const describeDataset = defineOperation({
  name: 'datasets/describe-dataset',
  summary: 'Say who owns a dataset, what it is, and the words to find it by.',
  permission: 'dataset.write',
  input: datasetRef.extend({
    owner: z.string().trim().min(1).max(200).nullable().optional(),
    description: z.string().trim().min(1).max(10_000).nullable().optional(),
    tags: z.array(z.string().trim().min(1).max(100)).max(50).nullable().optional(),
  }),
  output: datasetRef,
  async handler(context, { connection, name, owner, description, tags }) {
    await findDataset(context, { connection, name });
    const store = await context.store();
    const said = {
      ...(owner === undefined ? {} : { owner }),
      ...(description === undefined ? {} : { description }),
      ...(tags === undefined ? {} : { tags: tags === null ? null : JSON.stringify([...new Set(tags)]) }),
      changed_at: Date.now(),
      changed_by: context.caller.name,
    };
    await store.db.transaction().execute(async (db) => {
      await db
        .insertInto('dataset_notes')
        .values({ connection, name, owner: null, description: null, tags: null, ...said })
        .onConflict((conflict) => conflict.columns(['connection', 'name']).doUpdateSet(said))
        .execute();
      await noteChanges(db, [{ connection, name }]);
    });
    store.live.nudge();
    return { connection, name };
  },
});
