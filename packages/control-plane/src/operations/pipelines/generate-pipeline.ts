import { rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { generatePipeline as generate, pairsToCompare, personalColumns } from '@millrace/advisor';
import type { AnalysedTable } from '@millrace/advisor';
import { PipelineError } from '@millrace/connector-sdk';
import { formatTableName, hasErrors, parsePipeline } from '@millrace/spec';
import { z } from 'zod';

import { STATE_FOLDER } from '../../state-folder.ts';
import { defineOperation } from '../../operation.ts';
import { useConnections } from '../../project/connect.ts';
import type { UsableConnection } from '../../project/connect.ts';
import { rememberSchemas } from '../../project/known-schemas.ts';
import { PIPELINES_FOLDER } from '../../project/project.ts';
import { newRunId } from '../../runs/run-id.ts';
import { runLimits } from '../../runs/run-limits.ts';
import { PIPELINE_SCHEMA_LINE } from '../projects/create-project.ts';

/** Rows that are read of each table at most. */
const SAMPLE_ROWS = 10_000;

const NAME_PATTERN = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

/** What was decided about a table, for machines; the document says it for people. */
export interface GeneratedTable {
  readonly table: string;
  readonly rows: number | null;
  readonly sampledRows: number | null;
  /** Why there is no sample. */
  readonly problem: string | null;
  readonly key: readonly string[];
  readonly load: AnalysedTable['load'];
  readonly references: readonly {
    readonly columns: readonly string[];
    readonly to: string;
    readonly certainty: string;
  }[];
  readonly personalData: readonly {
    readonly column: string;
    readonly about: string;
    /** A method of the `mask` verb; null to leave it as it is. */
    readonly proposal: string | null;
  }[];
  readonly checks: number;
}

/** Proposes a pipeline from what a source declares and from a bounded sample of its rows; reads no whole table. */
export const generatePipeline = defineOperation({
  name: 'pipelines/generate-pipeline',
  summary: 'Write a pipeline from metadata and samples of a source.',
  permission: 'data.read',
  input: z.strictObject({
    from: z.string('Say where the tables are: --from CONNECTION.'),
    into: z.string('Say where they go: --into CONNECTION.'),
    tables: z.array(z.string()).default([]),
    name: z
      .string()
      .regex(NAME_PATTERN, 'A name starts with a letter and has letters, digits, _ and -, at most 63.')
      .optional(),
    goal: z.enum(['raw', 'star'], 'A goal is raw or star.').default('raw'),
    schema: z.string().min(1).optional(),
    isWritten: z.boolean().default(false),
  }),
  output: z.strictObject({
    pipeline: z.string(),
    text: z.string(),
    /** The file that was written; null when it was not to be. */
    file: z.string().nullable(),
    tables: z.array(z.custom<GeneratedTable>()),
  }),
  async handler(context, { from, into, tables: include, name = from, goal, isWritten, ...input }, signal) {
    const schema = input.schema ?? (goal === 'star' ? 'mart' : 'raw');
    if (!NAME_PATTERN.test(name)) throw wrong(`"${name}" cannot name a pipeline. Choose a name with --name.`);
    const project = await context.project();
    const connections = await useConnections(context, [from, into]);
    const source = connections.get(from);
    const destination = connections.get(into);
    const reads = source?.declared.definition.capabilities.source;
    const writes = destination?.declared.definition.capabilities.destination;
    if (source === undefined || reads === undefined) throw cannot(from, source, 'read from', '--from');
    if (destination === undefined || writes === undefined)
      throw cannot(into, destination, 'written to', '--into');

    const discovered = await context
      .runner()
      .call('discover', { connection: source.resolved, include, exclude: [], withForeignKeys: true }, signal);
    if (discovered.length === 0) throw noTables(from, include);
    await rememberSchemas(await context.store(), source.declared, { include, exclude: [] }, discovered);
    const at = new Date().toISOString();
    const scratch = join(
      context.projectFolder,
      STATE_FOLDER,
      'scratch',
      `generate-${newRunId(new Date(at))}`,
    );
    const samples = await context
      .runner()
      .call(
        'sample',
        {
          name: from,
          connection: source.resolved,
          tables: discovered.map((table) => ({ table, pairs: pairsToCompare(table) })),
          maxRows: SAMPLE_ROWS,
          limits: runLimits(project.document, await context.environmentName()),
          scratchFolder: scratch,
        },
        signal,
      )
      .finally(() => rm(scratch, { recursive: true, force: true }));
    const generated = generate({
      name,
      goal,
      from: { connection: from, source: reads },
      into: { connection: into, destination: writes, schema },
      tables: discovered.map((table, index) => ({ table, sample: samples[index]?.sample ?? null })),
      at,
    });
    const text = `${PIPELINE_SCHEMA_LINE}\n${generated.text}`;
    const { diagnostics } = parsePipeline(text, `${name}.yaml`);
    if (hasErrors(diagnostics))
      throw new TypeError(
        `The generated document is wrong: ${diagnostics.map(({ message }) => message).join(' ')}`,
      );
    const problems = new Map(
      discovered.map((table, index) => [formatTableName(table.table), samples[index]?.problem ?? null]),
    );
    return {
      pipeline: name,
      text,
      file: isWritten ? await writeDocument(context, name, text) : null,
      tables: generated.tables.map((table) =>
        summarize(table, problems.get(formatTableName(table.evidence.table.table)) ?? null, (secret) =>
          context.redactor.text(secret),
        ),
      ),
    };
  },
});

function summarize(
  analysed: AnalysedTable,
  problem: string | null,
  clean: (text: string) => string,
): GeneratedTable {
  const { evidence, rows, key, load, references, checks } = analysed;
  return {
    table: formatTableName(evidence.table.table),
    rows,
    sampledRows: evidence.sample?.rows ?? null,
    problem: problem === null ? null : clean(problem),
    key: key?.columns ?? [],
    load,
    references: references.map(({ columns, to, certainty }) => ({
      columns,
      to: formatTableName(to),
      certainty,
    })),
    personalData: personalColumns(analysed).map(({ column, meaning, proposal, keptBecause }) => ({
      column,
      about: meaning.words,
      proposal: keptBecause === null ? proposal.settings.method : null,
    })),
    checks: checks.length,
  };
}

/** Never over a document that someone may have worked on. */
async function writeDocument(
  context: { readonly projectFolder: string; readonly workingFolder: string },
  name: string,
  text: string,
): Promise<string> {
  const path = join(context.projectFolder, PIPELINES_FOLDER, `${name}.yaml`);
  const file = relative(context.workingFolder, path) || path;
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw wrong(`${file} exists already. Choose another --name, or leave --write out and compare.`, error);
  }
  return file;
}

function cannot(
  name: string,
  connection: UsableConnection | undefined,
  what: string,
  option: string,
): PipelineError {
  const type = connection === undefined ? '' : ` of type "${connection.declared.connector}"`;
  return wrong(`The connection "${name}"${type} cannot be ${what}. Name another with ${option}.`);
}

function noTables(from: string, include: readonly string[]): PipelineError {
  const asked = include.length === 0 ? '' : ` that match ${include.join(', ')}`;
  return wrong(`The connection "${from}" has no tables${asked}. See: millrace discover ${from}`);
}

function wrong(message: string, cause?: unknown): PipelineError {
  return new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message, cause });
}
