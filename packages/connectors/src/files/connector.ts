import { defineConnector } from '@millrace/connector-sdk';

import { filesConfig, type FilesConfig } from './config.ts';
import { destinationType, sourceTypes } from './types.ts';

export const connector = defineConnector<FilesConfig>({
  name: 'files',
  title: 'Files',
  summary: 'CSV, JSON lines and Parquet files in a local folder, plain or packed with gzip or zstd.',
  config: filesConfig,
  capabilities: {
    source: {
      extractIn: 'worker',
      snapshot: 'file',
      loadModes: ['full', 'incremental'],
      incrementalBy: 'newFiles',
      hasDigest: false,
      hasSchemas: false,
    },
    destination: {
      writeModes: ['append', 'replace'],
      hasSchemas: false,
      identifiers: { maxBytes: 200, isCaseSensitive: true },
      parallelPublishes: 4,
    },
  },
  sourceTypes,
  destinationType,
  openDestination: async (config) => (await import('./destination.ts')).openFilesDestination(config),
  openSource: async (config) => (await import('./source.ts')).openFilesSource(config),
});
