import type { Migration } from './migrations/migration.ts';
import { runs } from './migrations/0001-runs.ts';
import { knownSchemas } from './migrations/0002-known-schemas.ts';
import { tableMeasures } from './migrations/0003-table-measures.ts';
import { identity } from './migrations/0004-identity.ts';
import { documentRevisions } from './migrations/0005-document-revisions.ts';
import { catalogue } from './migrations/0006-catalogue.ts';
import { queue } from './migrations/0007-queue.ts';
import { schedules } from './migrations/0008-schedules.ts';
import { anomalyIndex } from './migrations/0009-anomaly-index.ts';
import { datasetProfiles } from './migrations/0010-dataset-profiles.ts';

/** In order, never reordered: a store remembers how many of them were applied. */
export const migrations: readonly Migration[] = [
  runs,
  knownSchemas,
  tableMeasures,
  identity,
  documentRevisions,
  catalogue,
  queue,
  schedules,
  anomalyIndex,
  datasetProfiles,
];
