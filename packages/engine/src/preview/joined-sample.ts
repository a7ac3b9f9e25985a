import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { joinedSources, type LoadTask, type Plan } from '@millrace/compiler';
import { formatTableName } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier, quoteText } from '@millrace/sql';

import { removeFolder, toFolderName } from '../package/package-store.ts';
import type { RunSession } from '../run/run-session.ts';
import { collectRows } from '../sample/collect-rows.ts';
import { selectStaged } from '../stage/staged-columns.ts';
import { StagingDatabase } from '../stage/staging-database.ts';
import { orderSamples, sourceColumn, type SampleStep } from './order-samples.ts';
import { digestOf } from './sample-key.ts';

/** Rows of a table that are read at most, and values that its partners are looked up by: with fewer, rows would seem to have no partner. */
const SAMPLE_ROWS = 5_000;

const META_NAME = 'sample.json';

/** Some rows of a table, chosen so that joins with the other samples find partners. */
export interface SourceSample {
  /** The relation of the plan. */
  readonly ref: string;
  /** `shop:shop.orders`, for people. */
  readonly title: string;
  /** A Parquet file with the columns of the relation. */
  readonly path: string;
  readonly rows: number;
  /** These are all rows. */
  readonly isComplete: boolean;
  /** Rows of the table, as the source estimates them. */
  readonly estimatedRows: number | null;
  /** They were chosen by values of another sample. */
  readonly isMatched: boolean;
  readonly note: string | null;
}

export interface JoinedSample {
  /** ISO 8601 UTC. */
  readonly at: string;
  /** It was read earlier, and kept. */
  readonly isWarm: boolean;
  readonly sources: readonly SourceSample[];
}

export interface JoinedSampleOptions {
  readonly session: RunSession;
  readonly plan: Plan;
  /** The tables to sample: tasks that read from a connection. */
  readonly tasks: readonly LoadTask[];
  /** Samples of the project, kept until they are too old. */
  readonly folder: string;
  readonly maxAgeMs: number;
  readonly now: number;
}

/** Takes the kept sample of these tables, or reads a new one: a bounded number of rows of each. */
export async function readJoinedSample(
  options: JoinedSampleOptions,
  signal: AbortSignal,
): Promise<JoinedSample> {
  const { plan, tasks } = options;
  const refs = new Set(tasks.map(refOf));
  const pairs = joinedSources(plan).filter(({ left, right }) => refs.has(left.ref) && refs.has(right.ref));
  const steps = orderSamples(tasks, pairs, SAMPLE_ROWS);
  const folder = join(options.folder, toFolderName(plan.pipeline), digestOf(steps));
  // Steps that are looked at side by side come from one sample, which is read once.
  const before = reading.get(folder) ?? Promise.resolve();
  const mine = before.then(
    () => takeSample(folder, steps, options, signal),
    () => takeSample(folder, steps, options, signal),
  );
  reading.set(folder, mine);
  try {
    return await mine;
  } finally {
    if (reading.get(folder) === mine) reading.delete(folder);
  }
}

/** Samples that are being read by this process, by their folder. */
const reading = new Map<string, Promise<JoinedSample>>();

async function takeSample(
  folder: string,
  steps: readonly SampleStep[],
  options: JoinedSampleOptions,
  signal: AbortSignal,
): Promise<JoinedSample> {
  const kept = await readMeta(folder);
  if (kept !== undefined && options.now - Date.parse(kept.at) <= options.maxAgeMs)
    return {
      ...kept,
      isWarm: true,
      // A step may have got another name since.
      sources: kept.sources.map((source, index) => {
        const task = steps[index]?.task;
        return {
          ...source,
          ref: task === undefined ? source.ref : refOf(task),
          path: join(folder, source.path),
        };
      }),
    };
  const partial = `${folder}.${process.pid}.partial`;
  await removeFolder(partial);
  await mkdir(partial, { recursive: true });
  const sources: SourceSample[] = [];
  try {
    for (const step of steps) sources.push(await readSource(step, sources, partial, options.session, signal));
    const meta = { at: new Date(options.now).toISOString(), sources };
    await writeFile(join(partial, META_NAME), `${JSON.stringify(meta, undefined, 2)}\n`);
    await removeFolder(folder);
    await rename(partial, folder);
    return {
      ...meta,
      isWarm: false,
      sources: sources.map((source) => ({ ...source, path: join(folder, source.path) })),
    };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function readSource(
  { task, matching, note }: SampleStep,
  before: readonly SourceSample[],
  folder: string,
  session: RunSession,
  signal: AbortSignal,
): Promise<SourceSample> {
  const { table, fields } = task.source;
  const database = await session.database();
  const source = await session.source(task.source.connection);
  const values = matching === null ? [] : await valuesOf(matching.partner, before, folder, database);
  const column = matching === null ? undefined : sourceColumn(task, matching.column);
  const isMatched = column !== undefined && values.length > 0;
  const name = await collectRows(
    database,
    source,
    {
      table,
      fields,
      cursor: null,
      position: null,
      maxRows: SAMPLE_ROWS,
      ...(isMatched ? { matching: { column, values } } : {}),
      scratchFolder: session.folders.scratch,
    },
    signal,
  );
  const file = `${toFolderName(refOf(task))}.parquet`;
  const select = selectStaged(task.columns, fields, METADATA, (_, index) => `c${index}`);
  const [copied] = await database.query(
    `COPY (SELECT ${select} FROM ${name}) TO ${quoteText(duckdbDialect, join(folder, file))} (FORMAT parquet)`,
  );
  await database.execute(`DROP TABLE ${name}`);
  const rows = Number(copied?.['Count']);
  return {
    ref: refOf(task),
    title: `${task.source.connection}:${formatTableName(table.table)}`,
    path: file,
    rows,
    isComplete: !isMatched && rows < SAMPLE_ROWS,
    estimatedRows: table.estimatedRows,
    isMatched,
    note,
  };
}

/** No run makes these rows. */
const METADATA = { runId: 'preview', loadedAt: '1970-01-01T00:00:00.000Z' };

/** Different values of a column of a sample, the same ones each time. */
async function valuesOf(
  { ref, column }: { readonly ref: string; readonly column: string },
  before: readonly SourceSample[],
  folder: string,
  database: StagingDatabase,
): Promise<readonly string[]> {
  const partner = before.find((sample) => sample.ref === ref);
  if (partner === undefined) return [];
  const name = quoteIdentifier(duckdbDialect, column);
  const rows = await database.query(
    `SELECT CAST(v AS VARCHAR) AS v FROM (SELECT DISTINCT ${name} AS v FROM ${StagingDatabase.parquetOf([join(folder, partner.path)])} WHERE ${name} IS NOT NULL) ORDER BY hash(v) LIMIT ${SAMPLE_ROWS}`,
  );
  return rows.map((row) => String(row['v']));
}

async function readMeta(folder: string): Promise<Omit<JoinedSample, 'isWarm'> | undefined> {
  try {
    const meta: unknown = JSON.parse(await readFile(join(folder, META_NAME), 'utf8'));
    return isMeta(meta) ? meta : undefined;
  } catch (error) {
    // A sample that cannot be read is read anew.
    if (
      error instanceof SyntaxError ||
      (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    )
      return undefined;
    throw error;
  }
}

function isMeta(value: unknown): value is Omit<JoinedSample, 'isWarm'> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'at' in value &&
    typeof value.at === 'string' &&
    'sources' in value &&
    Array.isArray(value.sources)
  );
}

export function refOf({ destination }: LoadTask): string {
  return destination.table.name;
}
