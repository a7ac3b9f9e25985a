import { compilePipeline, narrowPlan, requiredTables, taskNames } from '@millrace/compiler';
import type { CodeFiles, CompileConnection, Plan } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import type { ResolvedConnection, RunLimits } from '@millrace/engine';
import { compileSelection, nearestNames, parseSize } from '@millrace/spec';
import type { Diagnostic, PipelineDocument, SourceTable } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import { runLimits } from '../runs/run-limits.ts';
import { RunnerAnalyser } from '../runner/runner-analyser.ts';
import { loadCode, textsOfCode } from './code-files.ts';
import { checkPipelineConnections } from './check-pipeline-connections.ts';
import { useConnections } from './connect.ts';
import type { UsableConnection } from './connect.ts';
import { loadPipeline, throwIfWrong } from './project.ts';
import type { ValidPipeline } from './project.ts';
import { declareConnections } from './resolve-connections.ts';
import { resolveMaskKeys } from './resolve-mask-keys.ts';
import { writeCodeTypes } from './write-code-types.ts';

/** A plan made from the documents and from what the sources declare now, with what a run of it needs. */
export interface PreparedPlan {
  readonly plan: Plan;
  /** Warnings; errors were thrown. */
  readonly diagnostics: readonly Diagnostic[];
  readonly texts: ReadonlyMap<string, string>;
  readonly connections: Readonly<Record<string, ResolvedConnection>>;
  /** Keys of masks by their references; secrets. */
  readonly maskKeys: Readonly<Record<string, string>>;
  readonly limits: RunLimits;
}

/**
 * Parses, discovers and compiles a pipeline. Wrong documents are a `DocumentError`, unreachable sources their
 * `PipelineError`. `tables` are globs over tables (those that are read, and those that are written
 * from steps) that narrow the plan; none means all.
 */
export async function preparePlan(
  context: OperationContext,
  name: string,
  tables: readonly string[],
  signal: AbortSignal,
): Promise<PreparedPlan> {
  const [project, pipeline] = await Promise.all([
    context.project(),
    loadPipeline(context.projectFolder, context.workingFolder, name),
  ]);
  const code = await loadCode(context.projectFolder, context.workingFolder, pipeline.document);
  const files = [pipeline, project, ...textsOfCode(code)];
  const declared = Object.keys(project.document.connections ?? {});
  const names = connectionsOf(pipeline.document);
  if (names.some((connection) => !declared.includes(connection))) {
    const environment = await context.environmentName();
    const connections = await declareConnections(project, context.registry, environment, declared);
    throwIfWrong(checkPipelineConnections(pipeline.document, pipeline.parsed.locate, connections), files);
  }
  const connections = await useConnections(context, names);
  const discovered = await discoverRequired(context, pipeline.document, connections, signal);
  const { plan, diagnostics } = await compile(
    pipeline,
    connections,
    discovered,
    code,
    new RunnerAnalyser(context.runner, signal),
  );
  throwIfWrong(diagnostics, files);
  if (!plan) throw new TypeError('The compiler gave neither a plan nor an error.');
  await writeCodeTypes(plan, context.projectFolder);
  const masks = await resolveMaskKeys(plan, pipeline.parsed.locate, context);
  throwIfWrong(masks.diagnostics, files);
  return {
    plan: selectTables(plan, tables),
    diagnostics,
    texts: new Map(files.map((file) => [file.file, file.text])),
    connections: Object.fromEntries(
      [...connections].map(([connection, { resolved }]) => [connection, resolved]),
    ),
    maskKeys: masks.keys,
    limits: runLimits(project.document, parseSize(project.document.limits?.memory ?? '')),
  };
}

function compile(
  pipeline: ValidPipeline,
  connections: ReadonlyMap<string, UsableConnection>,
  tables: Readonly<Record<string, readonly SourceTable[]>>,
  codeFiles: CodeFiles | undefined,
  analyser: RunnerAnalyser,
): ReturnType<typeof compilePipeline> {
  return compilePipeline({
    document: pipeline.document,
    locate: pipeline.parsed.locate,
    connections: compileConnections(connections),
    tables,
    sql: analyser,
    code: analyser,
    codeFiles,
  });
}

/** What the compiler may know of connections. */
export function compileConnections(
  connections: ReadonlyMap<string, UsableConnection>,
): Readonly<Record<string, CompileConnection>> {
  return Object.fromEntries(
    [...connections].map(([name, { declared }]) => {
      const { capabilities, destinationType } = declared.definition;
      return [
        name,
        {
          connector: declared.connector,
          source: capabilities.source,
          destination: capabilities.destination,
          destinationType,
        },
      ];
    }),
  );
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

async function discoverRequired(
  context: OperationContext,
  document: PipelineDocument,
  connections: ReadonlyMap<string, UsableConnection>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, readonly SourceTable[]>>> {
  const required = Object.entries(requiredTables(document));
  const found = await Promise.all(
    required.map(async ([name, { include, exclude }]): Promise<readonly [string, readonly SourceTable[]]> => {
      const connection = connections.get(name);
      if (!connection?.declared.definition.openSource) return [name, []];
      const request = { connection: connection.resolved, include, exclude };
      try {
        return [name, await context.runner().call('discover', request, signal)];
      } catch (error) {
        if (!(error instanceof PipelineError)) throw error;
        if (error.code !== 'tableMissing') throw nameConnection(name, error);
        // The compiler then says where in the document the name stands, and what it may have meant.
        return [
          name,
          await context.runner().call('discover', { ...request, include: [], exclude: [] }, signal),
        ];
      }
    }),
  );
  return Object.fromEntries(found);
}

/** A pipeline reads from several connections, and a server's own message names none of them. */
function nameConnection(name: string, error: PipelineError): PipelineError {
  const { code, blame, retry, message, cause } = error;
  return new PipelineError({ code, blame, retry, message: `Connection "${name}": ${message}`, cause });
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
