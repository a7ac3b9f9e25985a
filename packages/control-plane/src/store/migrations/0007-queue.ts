import { sql } from 'kysely';

import { addSequence, type Migration } from './migration.ts';

/** Runs wait in the store until a worker takes them, a table has one writer at a time, and what happens can be followed. */
export const queue: Migration = {
  name: '0007-queue',
  up: async (schema, dialect, db) => {
    const runs = schema.alterTable('runs');
    for (const name of ['queued_at', 'available_at', 'retries'])
      await runs.addColumn(name, 'bigint', (column) => column.notNull().defaultTo(0)).execute();
    for (const name of ['cancel_requested_at', 'slot_at']) await runs.addColumn(name, 'bigint').execute();
    await runs.addColumn('rerun_of', 'text').execute();
    await runs
      .addColumn('started_by', 'text', (column) => column.notNull().defaultTo('{"kind":"command","by":null}'))
      .execute();
    await sql`update runs set queued_at = started_at`.execute(db);
    await schema.createIndex('runs_by_time').on('runs').columns(['queued_at', 'run_id']).execute();
    await schema
      .createIndex('runs_of_pipeline')
      .on('runs')
      .columns(['pipeline', 'queued_at', 'run_id'])
      .execute();
    await schema.createIndex('runs_by_state').on('runs').columns(['state', 'queued_at', 'run_id']).execute();
    // Times without a slot are NULL, and NULLs are never equal: only a slot can be taken.
    await schema.createIndex('runs_by_slot').on('runs').columns(['pipeline', 'slot_at']).unique().execute();
    await schema
      .createTable('table_writers')
      .addColumn('table_name', 'text', (column) => column.primaryKey())
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('fence_token', 'bigint', (column) => column.notNull())
      .execute();
    await schema.createIndex('table_writers_by_run').on('table_writers').column('run_id').execute();
    await addSequence(schema.createTable('live_notices'), dialect)
      .addColumn('change', 'text', (column) => column.notNull())
      .execute();
  },
};
