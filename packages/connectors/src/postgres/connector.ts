import { defineConnector } from '@millrace/connector-sdk';

import { type PostgresConfig, postgresConfig } from './config.ts';
import { destinationRejects, destinationType, sourceTypes } from './types.ts';

export const connector = defineConnector<PostgresConfig>({
  name: 'postgres',
  title: 'PostgreSQL',
  summary: 'Tables and views of a PostgreSQL database, version 12 or newer.',
  config: postgresConfig,
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
      identifiers: { maxBytes: 63, isCaseSensitive: true },
      parallelPublishes: 4,
    },
  },
  sourceTypes,
  destinationType,
  destinationRejects,
  async openSource(config) {
    const { PostgresSource } = await import('./source.ts');
    return new PostgresSource(config);
  },
  async openDestination(config) {
    const { PostgresDestination } = await import('./destination.ts');
    return new PostgresDestination(config);
  },
});
