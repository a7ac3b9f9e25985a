import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';
import { parseLogicalType, type Field } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier, quoteTable } from '@millrace/sql';

import type { DatasetRow } from '../../catalogue/catalogue-schema.ts';
import { datasetRef } from '../../catalogue/dataset-schema.ts';
import { findDataset } from '../../catalogue/find-dataset.ts';
import type { DatasetColumn } from '../../catalogue/register-datasets.ts';
import { readPublishedProfile, savePublishedProfile, shownProfile } from '../../catalogue/shown-profile.ts';
import { defineOperation } from '../../operation.ts';
import { STATE_FOLDER } from '../../state-folder.ts';
import { askedConnection, callerKey, openHostedWarehouse } from '../../warehouse/ask-warehouse.ts';

const LIMIT_MS = 3_600_000;

/**
 * What all rows of a dataset look like as they are published now. They are read once for each version; what was taken is shown
 * until the next one.
 */
export const profileDataset = defineOperation({
  name: 'datasets/profile-dataset',
  summary: 'Profile all rows of a dataset as they are published.',
  permission: 'data.read',
  input: datasetRef,
  output: shownProfile,
  async handler(context, { connection, name }, signal) {
    const dataset = await findDataset(context, { connection, name });
    const store = await context.store();
    const known = await readPublishedProfile(store, dataset);
    if (known !== null) return known;
    const asked = await askedConnection(context, connection);
    await using hosted = await openHostedWarehouse(context, asked);
    if (hosted === undefined) {
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `All rows of ${name} cannot be described: a server does that, in the project's own warehouse. What runs load is described as it passes; profile: full in the pipeline tells most.`,
      });
    }
    const { destination, tables } = hosted;
    const folder = join(context.projectFolder, STATE_FOLDER, 'profiles');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${randomUUID()}.parquet`);
    const { sql, fields } = rowsOf(dataset);
    try {
      const profile = await context.queries.run(
        { id: randomUUID(), caller: callerKey(context), limitMs: LIMIT_MS },
        async (stop) => {
          const request = { sql, tables, format: 'parquet', path, isRaw: true } as const;
          await destination.export(request, () => undefined, stop);
          return await context.runner().call('profileFile', { path, fields }, stop);
        },
        signal,
      );
      const at = Date.now();
      await savePublishedProfile(store, dataset, profile, at);
      return {
        runId: dataset.run_id,
        at: new Date(at).toISOString(),
        scope: 'published' as const,
        profile,
      };
    } finally {
      await rm(path, { force: true });
    }
  },
});

/** The statement for all rows of a dataset, and its columns. */
function rowsOf(dataset: DatasetRow): { readonly sql: string; readonly fields: readonly Field[] } {
  const columns: readonly DatasetColumn[] = JSON.parse(dataset.columns);
  const fields = columns.flatMap(({ name, type, nullable }) => {
    const parsed = parseLogicalType(type);
    return parsed === undefined ? [] : [{ name, type: parsed, nullable }];
  });
  const names = fields.map(({ name }) => quoteIdentifier(duckdbDialect, name)).join(', ');
  const { schema_name: schema, table_name: table } = dataset;
  const relation = quoteTable(duckdbDialect, { name: table, ...(schema === null ? {} : { schema }) });
  return { sql: `SELECT ${names} FROM ${relation}`, fields };
}
