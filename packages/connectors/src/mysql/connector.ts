import { defineConnector } from '@millrace/connector-sdk';

import { mysqlConfig } from './config.ts';
import { destinationRejects, destinationType, sourceTypes } from './types.ts';

/** MySQL 8 and 9, and MariaDB 10.6 and later. */
export const connector = defineConnector({
  name: 'mysql',
  title: 'MySQL and MariaDB',
  summary:
    'Tables of a MySQL or MariaDB server, read in one consistent snapshot each, written in one transaction each.',
  config: mysqlConfig,
  capabilities: {
    source: {
      extractIn: 'worker',
      snapshot: 'transaction',
      loadModes: ['full', 'incremental'],
      incrementalBy: 'column',
      hasDigest: true,
      hasSchemas: true,
    },
    destination: {
      writeModes: ['append', 'replace', 'merge', 'scd2'],
      hasSchemas: true,
      // 64 characters; a character of the Basic Multilingual Plane has at most 3 bytes, and names hold no others.
      identifiers: { maxBytes: 64, isCaseSensitive: true, reservedTablePrefixes: ['_millrace_'] },
      parallelPublishes: 4,
    },
  },
  sourceTypes,
  destinationType,
  destinationRejects,
  openSource: async (config) => new (await import('./source.ts')).MysqlSource(config),
  openDestination: async (config) => new (await import('./destination.ts')).MysqlDestination(config),
});
