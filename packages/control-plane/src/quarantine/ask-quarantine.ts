import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Plan } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import type { PublishedLoad, QuarantineRequest, QuarantineSelection } from '@millrace/engine';
import { nearestNames } from '@millrace/spec';
import { z } from 'zod';

import type { OperationContext } from '../operation-context.ts';
import { STATE_FOLDER } from '../state-folder.ts';
import { newRunId } from '../runs/run-id.ts';
import { runLimits } from '../runs/run-limits.ts';
import { readEventsOf, readWholePlans } from '../runs/run-store.ts';

/** Which rows in quarantine an operation is about; what is left out does not matter. */
export const selectionSchema = {
  kind: z.enum(['check', 'load']).optional(),
  step: z.string().min(1).optional(),
  check: z.string().min(1).optional(),
  rows: z
    .array(z.string().regex(/^[0-9a-f]{6,64}$/, 'an id of a row, or at least its first six digits'))
    .optional(),
};

/** What the runner is asked about rows in quarantine. */
export async function quarantineRequest(
  context: OperationContext,
  pipeline: string | undefined,
  selection: QuarantineSelection,
): Promise<QuarantineRequest> {
  const [project, plans] = await Promise.all([context.project(), readPlans(context, pipeline)]);
  const state = join(context.projectFolder, STATE_FOLDER);
  const { memoryBytes, threads } = runLimits(project.document, await context.environmentName());
  const folders = {
    stage: join(state, 'stage'),
    quarantine: quarantineFolder(context),
    scratch: join(state, 'scratch', newRunId(new Date())),
  };
  return {
    plans,
    loads: existsSync(folders.quarantine) ? await publishedLoads(context, plans) : [],
    folders,
    limits: { memoryBytes, threads },
    selection,
  };
}

/** Where rows in quarantine are, and what people decided about them. */
export function quarantineFolder({ projectFolder }: Pick<OperationContext, 'projectFolder'>): string {
  return join(projectFolder, STATE_FOLDER, 'quarantine');
}

/** The plans of pipelines as they ran last, or that of one. Throws `configInvalid` when it never ran. */
export async function readPlans(
  context: OperationContext,
  pipeline: string | undefined,
): Promise<readonly Plan[]> {
  const plans = await readWholePlans(await context.store(), pipeline);
  if (pipeline !== undefined && plans.length === 0) throw await neverRan(context, pipeline);
  return plans;
}

/** Asks the runner, and removes what it wrote meanwhile. */
export async function withScratch<T>(request: QuarantineRequest, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } finally {
    await rm(request.folders.scratch, { recursive: true, force: true });
  }
}

async function publishedLoads(
  context: OperationContext,
  plans: readonly Plan[],
): Promise<readonly PublishedLoad[]> {
  const store = await context.store();
  const loads: PublishedLoad[] = [];
  for (const { pipeline } of plans) {
    const modes = new Map<string, string>();
    for (const event of await readEventsOf(store, pipeline, ['taskStarted', 'taskPublished'])) {
      if (event.type !== 'taskStarted' && event.type !== 'taskPublished') continue;
      const { runId, task } = event;
      const id = JSON.stringify([runId, task]);
      if (event.type === 'taskStarted') modes.set(id, event.mode);
      else loads.push({ pipeline, task, runId, isFull: modes.get(id) === 'full' });
    }
  }
  return loads;
}

async function neverRan(context: OperationContext, pipeline: string): Promise<PipelineError> {
  const names = (await readWholePlans(await context.store(), undefined)).map((plan) => plan.pipeline);
  const near = nearestNames(pipeline, names);
  return new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `No pipeline "${pipeline}" ran in this project.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ` Run it first: millrace run ${pipeline}`}`,
  });
}
