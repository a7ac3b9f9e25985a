import { join } from 'node:path';

import { compilePipeline, narrowPlan, taskNames } from '@millrace/compiler';
import type { CodeFiles, Plan } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import type { ResolvedConnection, RunLimits } from '@millrace/engine';
import { compileSelection, nearestNames, stepVerb } from '@millrace/spec';
import type { Diagnostic, PipelineDocument, SourceTable } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import { STATE_FOLDER } from '../state-folder.ts';
import { runLimits } from '../runs/run-limits.ts';
import { RunnerAnalyser } from '../runner/runner-analyser.ts';
import { loadCode, textsOfCode } from './code-files.ts';
import { checkPipelineConnections } from './check-pipeline-connections.ts';
import { compileConnections } from './compile-connections.ts';
import { useConnections } from './connect.ts';
import type { UsableConnection } from './connect.ts';
import { discoverRequired } from './discover-schemas.ts';
import { giveParameters } from './give-parameters.ts';
import { markCompiled } from '../documents/revisions.ts';
import { judgeOffline } from './judge-offline.ts';
import { loadLastValid } from './load-last-valid.ts';
import { loadPipeline, textsOf, throwIfWrong } from './project.ts';
import { recallOrDiscover } from './recall-or-discover.ts';
import type { ValidPipeline } from './project.ts';
import { declareConnections } from './resolve-connections.ts';
import { resolveMaskKeys } from './resolve-mask-keys.ts';
import { documentsOf, loadTemplates, templatesByName, type TemplateFile } from './templates.ts';
import { writeCodeTypes } from './write-code-types.ts';

/** A plan made from the documents and from what the sources declare now, with what a run of it needs. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly document: PipelineDocument;
  /** Warnings; errors were thrown. */
  readonly diagnostics: readonly Diagnostic[];
  readonly texts: ReadonlyMap<string, string>;
  readonly connections: Readonly<Record<string, ResolvedConnection>>;
  /** Keys of masks by their references, secrets; a missing one is a `DocumentError`. Not needed to look at the plan. */
  readonly readMaskKeys: () => Promise<Readonly<Record<string, string>>>;
  readonly limits: RunLimits;
  /** What a person should know of how the plan came about. */
  readonly notes: readonly string[];
}

/** What a plan is asked for beside its pipeline. */
export interface PlanRequest {
  /** Globs over tables (those that are read, and those that are written from steps) that narrow the plan; none means all. */
  readonly tables?: readonly string[];
  /** Values of parameters by name. Left out, a parameter stands for some value of its type: to look at, not to run. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** To look at: tables are as their sources were last seen, and the sources are asked only when that does not fit. */
  readonly isRecalled?: boolean;
  /** A run of it follows: its files are opened while the plan is made. */
  readonly isToRun?: boolean;
  /** Told when the sources are asked: from then on this process waits. */
  readonly onAsked?: () => void;
  /** For schedules: while the file is wrong, its last valid text holds. */
  readonly fallsBack?: boolean;
}

/**
 * Parses, discovers and compiles a pipeline. Wrong documents are a `DocumentError`, unreachable sources their
 * `PipelineError`.
 */
export async function preparePlan(
  context: OperationContext,
  name: string,
  request: PlanRequest,
  signal: AbortSignal,
): Promise<PreparedPlan> {
  const analyser = new RunnerAnalyser(context.runner, signal);
  if (request.isToRun === true) analyser.recall(answersFile(context, name));
  const given = giveParameters(await context.project(), await context.environmentName(), request.parameters);
  let current: ValidPipeline | undefined;
  try {
    current = await loadPipeline(context.projectFolder, context.workingFolder, name, given);
    const prepared = await prepareText(context, current, request, analyser, signal);
    if (request.isRecalled !== true) await markCompiled(await context.store(), name, current.text);
    return prepared;
  } catch (error) {
    if (request.fallsBack !== true) throw error;
    const wrong = { pipeline: name, given, current, judge: judgeOffline(context, signal) };
    const last = await loadLastValid(await context.store(), wrong, error);
    return await prepareText(context, last, request, analyser, signal);
  }
}

async function prepareText(
  context: OperationContext,
  pipeline: ValidPipeline & { readonly note?: string },
  { tables = [], isRecalled = false, isToRun = false, onAsked }: PlanRequest,
  analyser: RunnerAnalyser,
  signal: AbortSignal,
): Promise<PreparedPlan> {
  const project = await context.project();
  const environment = await context.environmentName();
  if (Object.values(pipeline.document.steps).some((step) => stepVerb(step).kind === 'transform'))
    analyser.getReady();
  const templates = await loadTemplates(context.projectFolder, context.workingFolder);
  const code = await loadCode(context.projectFolder, context.workingFolder, [
    pipeline.document,
    ...documentsOf(templates),
  ]);
  const files = [pipeline, project, ...templates, ...textsOfCode(code)];
  const declared = Object.keys(project.document.connections ?? {});
  const names = connectionsOf(pipeline.document);
  if (names.some((connection) => !declared.includes(connection))) {
    const connections = await declareConnections(project, context.registry, environment, declared);
    throwIfWrong(checkPipelineConnections(pipeline.document, pipeline.parsed.locate, connections), files);
  }
  const connections = await useConnections(context, names, writtenBy(pipeline.document));
  if (isToRun) getReady(context, connections, signal);
  const compileWith = (discovered: Readonly<Record<string, readonly SourceTable[]>>) =>
    compile(pipeline, templates, connections, discovered, code, analyser);
  const ask = () => {
    const asked = discoverRequired(context, pipeline.document, connections, signal);
    onAsked?.();
    return asked;
  };
  const recalled = isRecalled
    ? await compileWith(await recallOrDiscover(context, pipeline.document, connections, signal))
    : undefined;
  const { plan, diagnostics, locate } =
    recalled?.plan === undefined ? await compileWith(await ask()) : recalled;
  throwIfWrong(diagnostics, files);
  analyser.keep();
  if (!plan) throw new TypeError('The compiler gave neither a plan nor an error.');
  await writeCodeTypes(plan, context.projectFolder);
  return {
    plan: selectTables(plan, tables),
    document: pipeline.document,
    diagnostics,
    texts: textsOf(files),
    connections: Object.fromEntries(
      [...connections].map(([connection, { resolved }]) => [connection, resolved]),
    ),
    readMaskKeys: async () => {
      const masks = await resolveMaskKeys(plan, locate, context);
      throwIfWrong(masks.diagnostics, files);
      return masks.keys;
    },
    limits: runLimits(project.document, environment),
    notes: pipeline.note === undefined ? [] : [pipeline.note],
  };
}

/** What was answered about the SQL of a pipeline when it was made ready for its last run. */
function answersFile({ projectFolder }: OperationContext, pipeline: string): string {
  return join(projectFolder, STATE_FOLDER, 'answers', `${encodeURIComponent(pipeline)}.json`);
}

function getReady(
  context: OperationContext,
  connections: ReadonlyMap<string, UsableConnection>,
  signal: AbortSignal,
): void {
  const used = [...connections.values()].map(({ resolved }) => resolved);
  // Who uses the runner is told what is wrong with it.
  context
    .runner()
    .call('getReady', { connections: used }, signal)
    .catch(() => undefined);
}

function compile(
  pipeline: ValidPipeline,
  templates: readonly TemplateFile[],
  connections: ReadonlyMap<string, UsableConnection>,
  tables: Readonly<Record<string, readonly SourceTable[]>>,
  codeFiles: CodeFiles | undefined,
  analyser: RunnerAnalyser,
): ReturnType<typeof compilePipeline> {
  return compilePipeline({
    document: pipeline.document,
    locate: pipeline.parsed.locate,
    parameters: pipeline.parsed.parameters,
    templates: templatesByName(templates),
    connections: compileConnections([...connections.values()].map(({ declared }) => declared)),
    tables,
    sql: analyser,
    code: analyser,
    codeFiles,
  });
}

/** Every connection that the steps of a document name, in the order of the text. */
export function connectionsOf(document: PipelineDocument): readonly string[] {
  const names = new Set<string>();
  for (const step of Object.values(document.steps)) {
    if ('source' in step) names.add(step.source.connection);
    else if ('destination' in step) names.add(step.destination.connection);
    else if ('replicate' in step) names.add(step.replicate.from).add(step.replicate.into.connection);
  }
  return [...names];
}

/** The connections that a document writes to. */
function writtenBy(document: PipelineDocument): readonly string[] {
  return Object.values(document.steps).flatMap((step) => {
    if ('destination' in step) return [step.destination.connection];
    return 'replicate' in step ? [step.replicate.into.connection] : [];
  });
}

/** The plan of the tables that match one of the globs; none means all. */
function selectTables(plan: Plan, tables: readonly string[]): Plan {
  if (tables.length === 0) return plan;
  const narrowed = narrowPlan(plan, compileSelection(tables, []));
  if (narrowed.tasks.length > 0) return narrowed;
  const names = [...new Set(plan.tasks.flatMap(taskNames))];
  const near = tables.flatMap((table) => nearestNames(table, names));
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `The pipeline "${plan.pipeline}" reads no table that matches ${tables.map((table) => `"${table}"`).join(' or ')}.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''} See: millrace plan ${plan.pipeline}`,
  });
}
