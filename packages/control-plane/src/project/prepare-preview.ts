import { join } from 'node:path';

import { hiddenColumns } from '@millrace/compiler';
import type { ProposeTestRequest } from '@millrace/engine';

import { STATE_FOLDER } from '../state-folder.ts';
import type { OperationContext } from '../operation-context.ts';
import { toRunRequest } from '../runs/execute-run.ts';
import { newRunId } from '../runs/run-id.ts';
import { preparePlan } from './prepare-plan.ts';

/** A kept sample serves so long. */
export const MAX_AGE_MS = 3_600_000;

export interface PreviewOptions {
  /** Read a new sample. */
  readonly isFresh: boolean;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a runner needs to compute steps of a pipeline over samples of its tables. */
export async function preparePreview(
  context: OperationContext,
  pipeline: string,
  { isFresh, parameters }: PreviewOptions,
  signal: AbortSignal,
): Promise<ProposeTestRequest> {
  const prepared = await preparePlan(context, pipeline, { parameters, isRecalled: !isFresh }, signal);
  const { plan, connections, limits } = prepared;
  const maskKeys = await prepared.readMaskKeys();
  const options = { isFullRefresh: false, isVerified: false, tables: [] };
  const runId = `preview-${newRunId(new Date())}`;
  const request = toRunRequest(context, 0, {
    runId,
    attempt: 1,
    plan,
    options,
    connections,
    maskKeys,
    limits,
  });
  return {
    plan,
    connections,
    maskKeys,
    folders: request.folders,
    limits: request.limits,
    sampleFolder: join(context.projectFolder, STATE_FOLDER, 'samples'),
    maxAgeMs: isFresh ? 0 : MAX_AGE_MS,
    hidden: Object.fromEntries([...hiddenColumns(plan)].map(([ref, columns]) => [ref, [...columns]])),
  };
}
