import { defineConnector } from '@millrace/connector-sdk';
import { z } from 'zod';

import { destinationRejects, destinationType, sourceTypes } from './types.ts';

const config = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe('The database file. A source must exist; a destination is made when it is missing.')
    .meta({ title: 'Path', examples: ['data/shop.db'] }),
  busyTimeoutSeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(30)
    .describe('How long to wait for a lock that another process holds.')
    .meta({ title: 'Busy timeout', examples: [30], advanced: true }),
});

export type SqliteConfig = z.output<typeof config>;

export const connector = defineConnector<SqliteConfig>({
  name: 'sqlite',
  title: 'SQLite',
  summary: 'Tables of an SQLite database file.',
  config,
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
      identifiers: { maxBytes: 1_000_000, isCaseSensitive: false },
      parallelPublishes: 1,
    },
  },
  sourceTypes,
  destinationType,
  destinationRejects,
  openSource: async (options) => (await import('./source.ts')).openSqliteSource(options),
  openDestination: async (options) => (await import('./destination.ts')).openSqliteDestination(options),
});
