import type { Migration } from './migration.ts';

export const knownSchemas: Migration = {
  name: '0002-known-schemas',
  up: async (schema) => {
    await schema.dropTable('discovered_tables').execute();
    await schema
      .createTable('known_schemas')
      .addColumn('connection', 'text', (column) => column.notNull())
      .addColumn('settings', 'text', (column) => column.notNull())
      .addColumn('table_name', 'text', (column) => column.notNull())
      .addColumn('definition', 'text', (column) => column.notNull())
      .addColumn('discovered_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('known_schemas_key', ['connection', 'settings', 'table_name'])
      .execute();
    await schema
      .createTable('discoveries')
      .addColumn('connection', 'text', (column) => column.notNull())
      .addColumn('settings', 'text', (column) => column.notNull())
      .addColumn('selection', 'text', (column) => column.notNull())
      .addColumn('discovered_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('discoveries_key', ['connection', 'settings', 'selection'])
      .execute();
  },
};
