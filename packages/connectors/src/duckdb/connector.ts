import { defineConnector } from '@millrace/connector-sdk';

import { duckdbConfig } from './config.ts';
import { destinationType } from './types.ts';

export const connector = defineConnector({
  name: 'duckdb',
  title: 'DuckDB',
  summary: 'The embedded warehouse: one file, no server. Also reads tables and views of any DuckDB file.',
  config: duckdbConfig,
  capabilities: {
    destination: {
      writeModes: ['append', 'replace', 'merge', 'scd2'],
      hasSchemas: true,
      identifiers: { maxBytes: 255, isCaseSensitive: false },
      parallelPublishes: 8,
    },
  },
  destinationType,
  openDestination: async (config, signal) =>
    (await import('./destination.ts')).openDuckdbDestination(config, signal),
});
