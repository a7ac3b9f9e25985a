import { defineConnector } from '@millrace/connector-sdk';

import { sqliteConfig, type SqliteConfig } from './config.ts';
import { destinationRejects, destinationType, sourceTypes } from './types.ts';

export const connector = defineConnector<SqliteConfig>({
  name: 'sqlite',
  title: 'SQLite',
  summary: 'Tables of an SQLite database file.',
  config: sqliteConfig,
  capabilities: {
    source: {
      extractIn: 'worker',
      snapshot: 'transaction',
      loadModes: ['full', 'incremental'],
      incrementalBy: 'column',
      hasDigest: true,
      hasSchemas: false,
    },
    destination: {
      writeModes: ['append', 'replace', 'merge', 'scd2'],
      hasSchemas: false,
      identifiers: {
        maxBytes: 1_000_000,
        isCaseSensitive: false,
        reservedTablePrefixes: ['sqlite_', '_millrace_'],
      },
      parallelPublishes: 1,
    },
  },
  sourceTypes,
  destinationType,
  destinationRejects,
  openSource: async (options) => (await import('./source.ts')).openSqliteSource(options),
  openDestination: async (options) => (await import('./destination.ts')).openSqliteDestination(options),
});
