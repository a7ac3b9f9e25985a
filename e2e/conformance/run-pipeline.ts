import { join } from 'node:path';

import { compilePipeline, type LoadTask, type Plan } from '@millrace/compiler';
import { registry } from '@millrace/connectors';
import { findTable } from '@millrace/connector-sdk/conformance';
import { type RunEvent, runPlan, type RunPoint, type RunRequest } from '@millrace/engine';
import type { PipelineDocument, TableName } from '@millrace/spec';

import { never, type RunningSystem } from './systems.ts';

export type Steps = PipelineDocument['steps'];

/** Two systems, the steps between them, and the tables that the steps read. */
export interface Pipeline {
  readonly name: string;
  readonly from: RunningSystem;
  readonly to: RunningSystem;
  readonly steps: Steps;
  readonly tables: readonly TableName[];
  /** Keeps load packages between the runs. */
  readonly folder: string;
}

let runs = 0;

/** Discovers, compiles and runs, as the product does; throws when the document does not compile. */
export async function runPipeline(
  pipeline: Pipeline,
  onPoint?: (point: RunPoint) => void,
): Promise<PipelineRun> {
  const plan = await planPipeline(pipeline);
  const request = requestOf(pipeline, plan);
  const events: RunEvent[] = [];
  const context = {
    registry,
    registryModule: new URL(import.meta.resolve('@millrace/connectors')),
    emit: (event: RunEvent) => void events.push(event),
    ...(onPoint && { onPoint }),
  };
  await runPlan(request, context, never);
  return { plan, events };
}

export interface PipelineRun {
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
}

async function planPipeline({ name, from, to, steps, tables }: Pipeline): Promise<Plan> {
  const { openSource, config } = from.definition;
  if (openSource === undefined) throw new Error(`${from.title} has no source`);
  const source = await openSource(config.parse(from.instance.config), never);
  try {
    const found = [];
    for (const table of tables) found.push(await findTable(source, table, never));
    const { plan, diagnostics } = await compilePipeline({
      document: { version: 1, name, steps },
      connections: {
        from: { connector: from.connector, ...from.definition.capabilities, destination: undefined },
        to: {
          connector: to.connector,
          ...to.definition.capabilities,
          source: undefined,
          destinationType: to.definition.destinationType,
        },
      },
      tables: { from: found },
    });
    if (plan === undefined) throw new Error(diagnostics.map((each) => each.message).join('\n'));
    return plan;
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

function requestOf({ from, to, folder }: Pipeline, plan: Plan): RunRequest {
  runs += 1;
  return {
    plan,
    runId: `run-${process.pid}-${runs}`,
    attempt: 1,
    fenceToken: runs,
    connections: {
      from: { connector: from.connector, config: from.instance.config },
      to: { connector: to.connector, config: to.instance.config },
    },
    folders: {
      stage: join(folder, 'stage'),
      quarantine: join(folder, 'quarantine'),
      scratch: join(folder, 'scratch'),
    },
    limits: {
      parallelTables: 2,
      memoryBytes: 512 * 2 ** 20,
      threads: 1,
      keepPackages: 3,
      keepBytes: 2 ** 33,
      maxTries: 1,
    },
    isFullRefresh: false,
    isVerified: true,
  };
}

/** `schema.name` with every part quoted, as a document writes a table of any name. */
export function referenceTo(table: TableName): string {
  const quote = (part: string): string => `"${part.replaceAll('"', '""')}"`;
  return table.schema === undefined ? quote(table.name) : `${quote(table.schema)}.${quote(table.name)}`;
}

export function targetIn(system: RunningSystem, name: string): TableName {
  const schema = system.instance.destination?.schema;
  return schema === undefined ? { name } : { schema, name };
}

export function taskFor(run: PipelineRun, sourceStep: string): LoadTask {
  const task = run.plan.tasks.find((each) => each.sourceStep === sourceStep);
  if (task === undefined) throw new Error(`The plan has no task for ${sourceStep}`);
  return task;
}

/** What happened to a task, in a form that reads well when it is not what was expected. */
export function outcomeOf(run: PipelineRun, task: LoadTask): TaskOutcome {
  const own = run.events.filter((event) => 'task' in event && event.task === task.id);
  const failed = own.find((event) => event.type === 'taskFailed');
  const verified = own.find((event) => event.type === 'taskVerified');
  const published = own.find((event) => event.type === 'taskPublished');
  return {
    error: failed === undefined ? null : `${failed.error.code}: ${failed.error.message}`,
    quarantined: published?.quarantined ?? 0,
    published,
    isUnchanged: own.some((event) => event.type === 'taskUnchanged'),
    verified,
  };
}

export interface TaskOutcome {
  readonly error: string | null;
  readonly quarantined: number;
  readonly published: Extract<RunEvent, { type: 'taskPublished' }> | undefined;
  readonly isUnchanged: boolean;
  readonly verified: Extract<RunEvent, { type: 'taskVerified' }> | undefined;
}
