import { addSequence, type Migration } from './migration.ts';

export const runs: Migration = {
  name: '0001-runs',
  up: async (schema, dialect) => {
    await schema
      .createTable('runs')
      .addColumn('run_id', 'text', (column) => column.primaryKey())
      .addColumn('pipeline', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('document_fingerprint', 'text', (column) => column.notNull())
      .addColumn('options', 'text', (column) => column.notNull())
      .addColumn('plan', 'text', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('started_at', 'bigint', (column) => column.notNull())
      .addColumn('finished_at', 'bigint')
      .execute();
    await schema.createIndex('runs_by_pipeline').on('runs').columns(['pipeline', 'started_at']).execute();
    await schema
      .createTable('run_attempts')
      .addColumn('run_id', 'text', (column) => column.notNull().references('runs.run_id'))
      .addColumn('attempt', 'integer', (column) => column.notNull())
      .addColumn('fence_token', 'bigint', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('started_at', 'bigint', (column) => column.notNull())
      .addColumn('finished_at', 'bigint')
      .addColumn('outcome', 'text')
      .addColumn('reason', 'text')
      .addPrimaryKeyConstraint('run_attempts_key', ['run_id', 'attempt'])
      .execute();
    await addSequence(schema.createTable('run_events'), dialect)
      .addColumn('run_id', 'text', (column) => column.notNull().references('runs.run_id'))
      .addColumn('attempt', 'integer', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .execute();
    await schema.createIndex('run_events_by_run').on('run_events').columns(['run_id', 'sequence']).execute();
    await schema
      .createTable('leases')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('fence_token', 'bigint', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('run_id', 'text')
      .addColumn('acquired_at', 'bigint', (column) => column.notNull())
      .addColumn('heartbeat_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute();
    await schema
      .createTable('discovered_tables')
      .addColumn('connection', 'text', (column) => column.primaryKey())
      .addColumn('tables', 'text', (column) => column.notNull())
      .addColumn('discovered_at', 'bigint', (column) => column.notNull())
      .execute();
  },
};
