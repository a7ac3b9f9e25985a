import type { Migration } from './migration.ts';

/** The schedules of the last valid version of each pipeline, with their next times. */
export const schedules: Migration = {
  name: '0008-schedules',
  up: async (schema) => {
    await schema
      .createTable('schedules')
      .addColumn('pipeline', 'text', (column) => column.primaryKey())
      .addColumn('cron', 'text', (column) => column.notNull())
      .addColumn('timezone', 'text', (column) => column.notNull())
      .addColumn('catch_up', 'text', (column) => column.notNull())
      .addColumn('path', 'text', (column) => column.notNull())
      .addColumn('paused_at', 'bigint')
      .addColumn('next_at', 'bigint')
      .addColumn('last_at', 'bigint')
      .execute();
    await schema.createIndex('schedules_by_next').on('schedules').column('next_at').execute();
  },
};
