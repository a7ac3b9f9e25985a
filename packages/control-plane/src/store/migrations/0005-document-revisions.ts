import type { Migration } from './migration.ts';

export const documentRevisions: Migration = {
  name: '0005-document-revisions',
  up: async (schema) => {
    await schema
      .createTable('document_revisions')
      .addColumn('pipeline', 'text', (column) => column.notNull())
      .addColumn('number', 'integer', (column) => column.notNull())
      .addColumn('revision', 'text', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('is_valid', 'integer', (column) => column.notNull())
      .addColumn('origin', 'text', (column) => column.notNull())
      .addColumn('author', 'text')
      .addColumn('seen_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('document_revisions_key', ['pipeline', 'number'])
      .execute();
  },
};
