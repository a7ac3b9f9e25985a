import type { Migration } from './migration.ts';

export const tableMeasures: Migration = {
  name: '0003-table-measures',
  up: async (schema) => {
    await schema
      .createTable('table_measures')
      .addColumn('run_id', 'text', (column) => column.notNull().references('runs.run_id'))
      .addColumn('task', 'text', (column) => column.notNull())
      .addColumn('pipeline', 'text', (column) => column.notNull())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addColumn('measured_at', 'bigint', (column) => column.notNull())
      .addColumn('row_count', 'bigint')
      .addColumn('size_bytes', 'bigint')
      .addColumn('duration_ms', 'bigint')
      .addColumn('newest_at', 'bigint')
      .addColumn('points', 'text', (column) => column.notNull())
      .addColumn('profile', 'text')
      .addPrimaryKeyConstraint('table_measures_key', ['run_id', 'task'])
      .execute();
    await schema
      .createIndex('table_measures_by_task')
      .on('table_measures')
      .columns(['pipeline', 'task', 'scope', 'measured_at'])
      .execute();
  },
};
