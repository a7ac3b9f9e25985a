import type { CheckResult } from '@millrace/compiler';
import { z } from 'zod';

import { datasetRef, listedDataset } from '../../catalogue/dataset-schema.ts';
import { findDataset } from '../../catalogue/find-dataset.ts';
import { listCatalogue } from '../../catalogue/list-catalogue.ts';
import { readChecks, readUsage, readVersions } from '../../catalogue/read-dataset.ts';
import type { DatasetColumn } from '../../catalogue/register-datasets.ts';
import { readShownProfile, shownProfile } from '../../catalogue/shown-profile.ts';
import { readMeasures } from '../../history/table-history.ts';
import { defineOperation } from '../../operation.ts';

const HISTORY_RUNS = 200;

/** Everything that is known of a dataset without reading its rows. */
export const showDataset = defineOperation({
  name: 'datasets/show-dataset',
  summary: 'Show what is known of a dataset: columns, profile, checks, versions, usage.',
  permission: 'dataset.read',
  input: datasetRef,
  output: listedDataset.extend({
    task: z.string(),
    columns: z.array(
      z.strictObject({ name: z.string(), type: z.string(), nullable: z.boolean(), isKey: z.boolean() }),
    ),
    profile: shownProfile.nullable(),
    /** What runs measured, the latest last. */
    measures: z.array(
      z.strictObject({
        runId: z.string(),
        at: z.iso.datetime(),
        scope: z.enum(['table', 'changes']),
        rows: z.number().nullable(),
        durationMs: z.number().nullable(),
        /** Names of the series in which this run was unusual. */
        anomalies: z.array(z.string()),
      }),
    ),
    /** The latest first: of the dataset's own task, and of the steps that it is made of. */
    checks: z.array(
      z.strictObject({
        runId: z.string(),
        step: z.string(),
        at: z.iso.datetime(),
        results: z.array(z.custom<CheckResult>()),
      }),
    ),
    /** The latest first. */
    versions: z.array(
      z.strictObject({
        version: z.number(),
        runId: z.string(),
        publishedAt: z.iso.datetime(),
        rows: z.number().nullable(),
        isCurrent: z.boolean(),
        /** The run whose rows came back, for a rollback. */
        restoredRun: z.string().nullable(),
      }),
    ),
    usage: z.strictObject({
      /** In the last 30 days. */
      queries: z.number(),
      lastAt: z.iso.datetime().nullable(),
      people: z.array(z.strictObject({ name: z.string(), queries: z.number() })),
    }),
  }),
  async handler(context, ref) {
    const row = await findDataset(context, ref);
    const store = await context.store();
    const listed = (await listCatalogue(context, Date.now())).find(
      ({ connection, name }) => connection === ref.connection && name === ref.name,
    );
    if (listed === undefined) throw new TypeError(`${ref.name} is in the catalogue and not in its list.`);
    const [whole, changes, checks, versions, profile, usage] = await Promise.all([
      readMeasures(store, { ...row, scope: 'table' }, HISTORY_RUNS),
      readMeasures(store, { ...row, scope: 'changes' }, HISTORY_RUNS),
      readChecks(store, row),
      readVersions(store, row),
      readShownProfile(store, row),
      readUsage(store, row, Date.now()),
    ]);
    const columns: readonly DatasetColumn[] = JSON.parse(row.columns);
    const measured = [
      ...whole.map((past) => ({ ...past, scope: 'table' as const })),
      ...changes.map((past) => ({ ...past, scope: 'changes' as const })),
    ].toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));
    return {
      ...listed,
      task: row.task,
      columns: [...columns],
      profile,
      measures: measured.map(({ runId, at, scope, rows, durationMs, points }) => ({
        runId,
        at,
        scope,
        rows,
        durationMs,
        anomalies: points
          .filter(({ wasAnomalous }) => wasAnomalous)
          .map(({ metric, column }) => (column === null ? metric : `${metric} of ${column}`)),
      })),
      checks,
      versions,
      usage,
    };
  },
});
