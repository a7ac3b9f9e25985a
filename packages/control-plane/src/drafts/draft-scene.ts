import type { CompileInput } from '@millrace/compiler';
import { requiredTables } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import { soundPart } from '@millrace/spec';
import type { GivenParameters, PipelineDocument, SoundPart, SourceTable } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import { loadCode } from '../project/code-files.ts';
import { compileConnections } from '../project/compile-connections.ts';
import { useConnection } from '../project/connect.ts';
import { discoverSchemas } from '../project/discover-schemas.ts';
import { DocumentError } from '../project/document-error.ts';
import { giveParameters } from '../project/give-parameters.ts';
import { recallSchemas } from '../project/known-schemas.ts';
import { declareConnections, type DeclaredConnection } from '../project/resolve-connections.ts';
import { documentsOf, loadTemplates, templatesByName } from '../project/templates.ts';
import type { DraftMemory } from './draft-memory.ts';

/** A text of a pipeline that is not saved, or not yet. */
export interface DraftText {
  readonly pipeline: string;
  readonly text: string;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Ask the sources again instead of taking their tables as they were last seen. */
  readonly isFresh: boolean;
}

/** What of a draft can be compiled, with all that the compiler needs. */
export interface DraftScene {
  readonly file: string;
  readonly given: GivenParameters;
  readonly connections: readonly DeclaredConnection[];
  /** Undefined when the text cannot be read at all. */
  readonly part: SoundPart | undefined;
  /** Without the document: `compileInput` of a document gives the rest. */
  readonly surroundings: Omit<CompileInput, 'document'>;
  /** Why steps could not be looked at, by step. */
  readonly unchecked: ReadonlyMap<string, string>;
}

/** Reads what surrounds a draft; asks a source only for tables that were never seen, or when told to. */
export async function openDraft(
  context: OperationContext,
  memory: DraftMemory,
  { pipeline, text, parameters, isFresh }: DraftText,
  signal: AbortSignal,
): Promise<DraftScene> {
  const project = await context.project();
  const environment = await context.environmentName();
  const given = giveParameters(project, environment, parameters);
  const names = Object.keys(project.document.connections ?? {});
  const declared = await declareConnections(project, context.registry, environment, names);
  const connections = memory.same(
    'connections',
    compileConnections(declared),
    JSON.stringify(declared.map(({ name, connector }) => [name, connector])),
  );
  const files = await loadTemplates(context.projectFolder, context.workingFolder);
  const templates = memory.same(
    'templates',
    templatesByName(files),
    JSON.stringify(files.map((template) => [template.name, template.file, template.text])),
  );
  const file = `pipelines/${pipeline}.yaml`;
  const of = { given, memory: memory.pipeline };
  const whole = soundPart(text, file, of);
  const { tables, unchecked } =
    whole === undefined
      ? { tables: {}, unchecked: new Map<string, string>() }
      : await knownTables(context, whole.document, { declared, isFresh }, signal);
  const part =
    unchecked.size === 0 ? whole : soundPart(text, file, { ...of, without: new Set(unchecked.keys()) });
  const codeFiles = await loadCode(context.projectFolder, context.workingFolder, [
    ...(part === undefined ? [] : [part.document]),
    ...documentsOf(files),
  ]);
  return {
    file,
    given,
    connections: declared,
    part,
    unchecked,
    surroundings: {
      locate: part?.locate,
      parameters: part?.parameters,
      templates,
      connections,
      tables: memory.same('tables', tables, JSON.stringify(tables)),
      sql: memory.analyser,
      code: memory.analyser,
      codeFiles: memory.same('code', codeFiles, JSON.stringify([...(codeFiles?.texts ?? [])])),
    },
  };
}

interface KnownTables {
  readonly tables: Readonly<Record<string, readonly SourceTable[]>>;
  readonly unchecked: ReadonlyMap<string, string>;
}

async function knownTables(
  context: OperationContext,
  document: PipelineDocument,
  { declared, isFresh }: { readonly declared: readonly DeclaredConnection[]; readonly isFresh: boolean },
  signal: AbortSignal,
): Promise<KnownTables> {
  const store = await context.store();
  const tables: Record<string, readonly SourceTable[]> = {};
  const unchecked = new Map<string, string>();
  await Promise.all(
    Object.entries(requiredTables(document)).map(async ([name, required]) => {
      const connection = declared.find((candidate) => candidate.name === name);
      if (connection === undefined) return;
      const known = await recallSchemas(store, connection, required);
      if (!isFresh && known.missing.length === 0) {
        tables[name] = known.tables;
        return;
      }
      try {
        tables[name] = await discoverSchemas(context, await useConnection(context, name), required, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        if (!(error instanceof PipelineError) && !(error instanceof DocumentError)) throw error;
        const reason = context.redactor.text(error.message);
        for (const [step, of] of Object.entries(document.steps)) {
          const from =
            'source' in of ? of.source.connection : 'replicate' in of ? of.replicate.from : undefined;
          if (from === name) unchecked.set(step, reason);
        }
      }
    }),
  );
  return { tables, unchecked };
}
