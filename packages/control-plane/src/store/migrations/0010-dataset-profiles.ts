import type { Migration } from './migration.ts';

/** What all rows of a dataset look like: of each, the last profile that somebody asked for. */
export const datasetProfiles: Migration = {
  name: '0010-dataset-profiles',
  up: async (schema) => {
    await schema
      .createTable('dataset_profiles')
      .addColumn('connection', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('version', 'bigint', (column) => column.notNull())
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('taken_at', 'bigint', (column) => column.notNull())
      .addColumn('profile', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('dataset_profiles_key', ['connection', 'name'])
      .execute();
  },
};
