import type { Migration } from './migration.ts';

/** What runs published, what people say of it, and what they ask of it. */
export const catalogue: Migration = {
  name: '0006-catalogue',
  up: async (schema) => {
    await schema
      .createTable('datasets')
      .addColumn('connection', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('schema_name', 'text')
      .addColumn('table_name', 'text', (column) => column.notNull())
      .addColumn('pipeline', 'text', (column) => column.notNull())
      .addColumn('task', 'text', (column) => column.notNull())
      .addColumn('columns', 'text', (column) => column.notNull())
      .addColumn('version', 'bigint')
      .addColumn('published_at', 'bigint')
      .addColumn('checked_at', 'bigint')
      .addColumn('row_count', 'bigint')
      .addColumn('size_bytes', 'bigint')
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('outcome', 'text', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('concerns', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('datasets_key', ['connection', 'name'])
      .execute();
    await schema
      .createTable('dataset_notes')
      .addColumn('connection', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('owner', 'text')
      .addColumn('description', 'text')
      .addColumn('tags', 'text')
      .addColumn('changed_at', 'bigint', (column) => column.notNull())
      .addColumn('changed_by', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('dataset_notes_key', ['connection', 'name'])
      .execute();
    await schema
      .createTable('dataset_versions')
      .addColumn('connection', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('version', 'bigint', (column) => column.notNull())
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('published_at', 'bigint', (column) => column.notNull())
      .addColumn('row_count', 'bigint')
      .addColumn('restored_run', 'text')
      .addPrimaryKeyConstraint('dataset_versions_key', ['connection', 'name', 'version'])
      .execute();
    await schema
      .createTable('check_results')
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('task', 'text', (column) => column.notNull())
      .addColumn('pipeline', 'text', (column) => column.notNull())
      .addColumn('step', 'text', (column) => column.notNull())
      .addColumn('checked_at', 'bigint', (column) => column.notNull())
      .addColumn('results', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('check_results_key', ['run_id', 'task'])
      .execute();
    await schema
      .createIndex('check_results_by_task')
      .on('check_results')
      .columns(['pipeline', 'task', 'checked_at'])
      .execute();
    await schema
      .createTable('queries')
      .addColumn('query_id', 'text', (column) => column.primaryKey())
      .addColumn('caller_id', 'text', (column) => column.notNull())
      .addColumn('caller', 'text', (column) => column.notNull())
      .addColumn('connection', 'text', (column) => column.notNull())
      .addColumn('statement', 'text', (column) => column.notNull())
      .addColumn('started_at', 'bigint', (column) => column.notNull())
      .addColumn('duration_ms', 'bigint', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('row_count', 'bigint')
      .addColumn('reason', 'text')
      .execute();
    await schema
      .createIndex('queries_by_caller')
      .on('queries')
      .columns(['caller_id', 'started_at'])
      .execute();
    await schema
      .createTable('query_tables')
      .addColumn('query_id', 'text', (column) => column.notNull())
      .addColumn('connection', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('query_tables_key', ['query_id', 'connection', 'name'])
      .execute();
    await schema
      .createIndex('query_tables_by_name')
      .on('query_tables')
      .columns(['connection', 'name'])
      .execute();
    await schema
      .createTable('saved_queries')
      .addColumn('saved_id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('description', 'text')
      .addColumn('connection', 'text', (column) => column.notNull())
      .addColumn('statement', 'text', (column) => column.notNull())
      .addColumn('saved_by', 'text', (column) => column.notNull())
      .addColumn('saved_at', 'bigint', (column) => column.notNull())
      .execute();
    await schema
      .createTable('exports')
      .addColumn('export_id', 'text', (column) => column.primaryKey())
      .addColumn('caller_id', 'text', (column) => column.notNull())
      .addColumn('connection', 'text', (column) => column.notNull())
      .addColumn('statement', 'text', (column) => column.notNull())
      .addColumn('format', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('row_count', 'bigint')
      .addColumn('size_bytes', 'bigint')
      .addColumn('reason', 'text')
      .addColumn('started_at', 'bigint', (column) => column.notNull())
      .addColumn('finished_at', 'bigint')
      .execute();
  },
};
