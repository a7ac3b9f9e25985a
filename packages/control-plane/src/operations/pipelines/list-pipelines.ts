import { basename, extname } from 'node:path';

import { hasErrors, parseDuration } from '@millrace/spec';
import type { PipelineDocument } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { giveParameters } from '../../project/give-parameters.ts';
import { loadPipelineFiles } from '../../project/project.ts';
import type { PipelineFile } from '../../project/project.ts';
import { usedConnections } from '../../project/used-connections.ts';
import { lastSuccessAt, recentRuns } from '../../runs/recent-runs.ts';
import type { RecentRun } from '../../runs/recent-runs.ts';
import type { Store } from '../../store/open-store.ts';

/** Runs that a line of the list shows as a small history. */
const RECENT_RUNS = 12;

const recentRun = z.strictObject({
  runId: z.string(),
  state: z.custom<RecentRun['state']>(),
  reason: z.string().nullable(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  durationMs: z.number().nullable(),
});

const listedPipeline = z.strictObject({
  name: z.string(),
  file: z.string(),
  description: z.string().nullable(),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  /** Errors of the document; null when it can run. */
  problem: z.strictObject({ count: z.int(), first: z.string() }).nullable(),
  steps: z.int(),
  /** Connections by name. */
  reads: z.array(z.string()),
  writes: z.array(z.string()),
  schedule: z.strictObject({ cron: z.string(), timezone: z.string().nullable() }).nullable(),
  /** `neverRan`: no run ended well yet. Only of pipelines that promise how fresh their data are. */
  freshness: z
    .strictObject({ withinMs: z.number(), state: z.enum(['upToDate', 'delayed', 'neverRan']) })
    .nullable(),
  lastSuccessAt: z.string().nullable(),
  /** Newest first. */
  recentRuns: z.array(recentRun),
});

/** What the list of pipelines says of one. */
export type ListedPipeline = z.output<typeof listedPipeline>;

/** The pipelines of the project with their last runs; documents that are wrong are listed with what is wrong. */
export const listPipelines = defineOperation({
  name: 'pipelines/list-pipelines',
  summary: 'List the pipelines of the project with their state and last runs.',
  permission: 'pipeline.read',
  input: z.strictObject({}),
  output: z.strictObject({ pipelines: z.array(listedPipeline) }),
  async handler(context) {
    const project = await context.project();
    const given = giveParameters(project, await context.environmentName(), undefined);
    const files = await loadPipelineFiles(context.projectFolder, context.workingFolder, given);
    const store = await context.store();
    const now = Date.now();
    const pipelines = await Promise.all(files.map((file) => listPipeline(store, file, now)));
    return { pipelines: pipelines.sort((one, other) => one.name.localeCompare(other.name)) };
  },
});

async function listPipeline(store: Store, file: PipelineFile, now: number): Promise<ListedPipeline> {
  const { document, diagnostics } = file.parsed;
  const name = document?.name ?? basename(file.path, extname(file.path));
  const [runs, successAt] = await Promise.all([
    recentRuns(store, name, RECENT_RUNS),
    lastSuccessAt(store, name),
  ]);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const used = document === undefined ? { reads: [], writes: [] } : usedConnections(document);
  return {
    name,
    file: file.file,
    description: document?.description ?? null,
    owner: document?.owner ?? null,
    tags: [...(document?.tags ?? [])],
    problem: hasErrors(diagnostics) ? { count: errors.length, first: errors[0]?.message ?? '' } : null,
    steps: Object.keys(document?.steps ?? {}).length,
    reads: [...used.reads],
    writes: [...used.writes],
    schedule:
      document?.schedule === undefined
        ? null
        : { cron: document.schedule.cron, timezone: document.schedule.timezone ?? null },
    freshness: freshnessOf(document, successAt, now),
    lastSuccessAt: successAt,
    recentRuns: [...runs],
  };
}

function freshnessOf(
  document: PipelineDocument | undefined,
  successAt: string | null,
  now: number,
): ListedPipeline['freshness'] {
  const within = document?.freshness === undefined ? undefined : parseDuration(document.freshness.within);
  if (within === undefined) return null;
  const withinMs = Number(within / 1000n);
  if (successAt === null) return { withinMs, state: 'neverRan' };
  return { withinMs, state: now - Date.parse(successAt) <= withinMs ? 'upToDate' : 'delayed' };
}
