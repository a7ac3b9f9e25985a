import { defineConnector } from '@millrace/connector-sdk';

import { duckdbConfig } from './config.ts';
import { destinationType, sourceTypes } from './types.ts';

export const connector = defineConnector({
  name: 'duckdb',
  title: 'DuckDB',
  summary: 'The embedded warehouse: one file, no server. Also reads tables and views of any DuckDB file.',
  config: duckdbConfig,
  capabilities: {
    source: {
      extractIn: 'owner',
      snapshot: 'transaction',
      loadModes: ['full', 'incremental'],
      incrementalBy: 'column',
      hasDigest: true,
      hasSchemas: true,
    },
    destination: {
      writeModes: ['append', 'replace', 'merge', 'scd2'],
      hasSchemas: true,
      identifiers: { maxBytes: 255, isCaseSensitive: false },
      parallelPublishes: 8,
    },
  },
  sourceTypes,
  destinationType,
  openSource: async (config, signal) => (await import('./source.ts')).openDuckdbSource(config, signal),
  openDestination: async (config, signal) =>
    (await import('./destination.ts')).openDuckdbDestination(config, signal),
  openHosted: async (config, signal) => (await import('./hosted.ts')).openHostedWarehouse(config, signal),
});
