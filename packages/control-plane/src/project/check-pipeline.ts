import { compilePipeline, requiredTables } from '@millrace/compiler';
import type { Plan, RequiredTables } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import { hasErrors } from '@millrace/spec';
import type { Diagnostic, SourceTable } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import { RunnerAnalyser } from '../runner/runner-analyser.ts';
import { loadCode, textsOfCode } from './code-files.ts';
import { checkPipelineConnections } from './check-pipeline-connections.ts';
import { compileConnections } from './compile-connections.ts';
import { useConnection } from './connect.ts';
import { discoverSchemas } from './discover-schemas.ts';
import { DocumentError } from './document-error.ts';
import { recallSchemas, type KnownSchemas } from './known-schemas.ts';
import type { ValidPipeline } from './project.ts';
import type { DeclaredConnection } from './resolve-connections.ts';
import { documentsOf, templatesByName, type TemplateFile } from './templates.ts';

/** A connection whose tables were taken as the last discovery saw them. */
export interface UsedSchemas {
  readonly connection: string;
  readonly discoveredAt: string;
}

export interface CheckedPipeline {
  /** Present when nothing is wrong and everything is known. */
  readonly plan?: Plan;
  readonly diagnostics: readonly Diagnostic[];
  /** Why SQL, columns and types could not be checked, with the next step; null when they were. */
  readonly unchecked: string | null;
  readonly schemas: readonly UsedSchemas[];
  /** The files of code that it was compiled with. */
  readonly code: readonly { readonly file: string; readonly text: string }[];
}

/** What the pipelines of one check have in common. */
export interface CheckScene {
  /** Every connection of the project. */
  readonly connections: readonly DeclaredConnection[];
  readonly templates: readonly TemplateFile[];
  /** True when no source may be asked. */
  readonly isOffline: boolean;
  /** Why connections could not be reached, by name: a pipeline after the first does not wait for them again. */
  readonly unreachable: Map<string, string>;
}

/**
 * Compiles a pipeline with what earlier discoveries saw of its sources. A source that was never asked is asked now,
 * unless it must stay offline or cannot be reached: that is no fault of the document.
 */
export async function checkPipeline(
  context: OperationContext,
  { document, parsed: { locate, parameters } }: ValidPipeline,
  scene: CheckScene,
  signal: AbortSignal,
): Promise<CheckedPipeline> {
  const { connections, templates, isOffline } = scene;
  const diagnostics = checkPipelineConnections(document, locate, connections);
  if (hasErrors(diagnostics)) return { diagnostics, unchecked: null, schemas: [], code: [] };
  const [open] = parameters.open;
  if (open !== undefined)
    return { diagnostics, unchecked: explainOpen(document.name, open), schemas: [], code: [] };
  const tables: Record<string, readonly SourceTable[]> = {};
  const schemas: UsedSchemas[] = [];
  for (const [name, required] of Object.entries(requiredTables(document))) {
    const connection = connections.find((candidate) => candidate.name === name);
    if (connection === undefined) continue;
    const store = await context.store();
    let known = await recallSchemas(store, connection, required);
    if (known.missing.length > 0) {
      const reason = isOffline ? null : await tryToDiscover(context, name, required, scene, signal);
      if (reason !== null || isOffline)
        return { diagnostics, unchecked: explainMissing(name, known, reason), schemas: [], code: [] };
      known = await recallSchemas(store, connection, required);
    }
    tables[name] = known.tables;
    if (known.discoveredAt !== null) schemas.push({ connection: name, discoveredAt: known.discoveredAt });
  }
  const codeFiles = await loadCode(context.projectFolder, context.workingFolder, [
    document,
    ...documentsOf(templates),
  ]);
  const analyser = new RunnerAnalyser(context.runner, signal);
  const compiled = await compilePipeline({
    document,
    locate,
    parameters,
    templates: templatesByName(templates),
    connections: compileConnections(connections),
    tables,
    sql: analyser,
    code: analyser,
    codeFiles,
  });
  const { plan, diagnostics: found } = compiled;
  const code = textsOfCode(codeFiles);
  return { ...(plan && { plan }), diagnostics: found, unchecked: null, schemas, code };
}

/** Why it could not be; null when it could. */
async function tryToDiscover(
  context: OperationContext,
  name: string,
  required: RequiredTables,
  { unreachable }: CheckScene,
  signal: AbortSignal,
): Promise<string | null> {
  const known = unreachable.get(name);
  if (known !== undefined) return known;
  try {
    await discoverSchemas(context, await useConnection(context, name), required, signal);
    return null;
  } catch (error) {
    if (signal.aborted) throw error;
    if (!(error instanceof PipelineError) && !(error instanceof DocumentError)) throw error;
    if (error instanceof DocumentError || OF_THE_CONNECTION.has(error.code))
      unreachable.set(name, error.message);
    return error.message;
  }
}

/** Failures that have nothing to do with the tables that were asked for. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  'connectionRefused',
  'connectionLost',
  'connectionTimeout',
  'authenticationFailed',
  'tlsFailed',
]);

function explainOpen(pipeline: string, parameter: string): string {
  return `SQL, columns and types, because the parameter "${parameter}" has no value here. Give it a default or a list of accepted values, or check with a value: millrace validate ${pipeline} --param ${parameter}=VALUE`;
}

function explainMissing(connection: string, { missing }: KnownSchemas, reason: string | null): string {
  const tables = missing.includes('')
    ? 'its tables are'
    : `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'}`;
  const why = reason === null ? '' : ` (${reason})`;
  return `SQL, columns and types, because ${tables} not known from connection "${connection}"${why}. When it can be reached: millrace discover ${connection}`;
}
