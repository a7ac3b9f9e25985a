import { isDecided, LANDING, STEPS, titleRelation, type LoadTask, type Plan } from '@millrace/compiler';
import { formatLogicalType, type Field } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

import { removeFolder } from '../package/package-store.ts';
import type { RunContext, RunRequest } from '../run/run-request.ts';
import { RunSession } from '../run/run-session.ts';
import { StagingDatabase } from '../stage/staging-database.ts';
import { addCodeRows } from '../steps/add-code-rows.ts';
import { CodeSteps } from '../steps/code-steps.ts';
import { RelationSql, stepsByRef } from '../steps/relation-sql.ts';
import { toStepError } from '../steps/step-error.ts';
import { estimateRows } from './estimate-rows.ts';
import { readJoinedSample, refOf, type SourceSample } from './joined-sample.ts';

/** More rows of a step over the samples are not computed: a join without condition has millions. */
const MAX_ROWS = 100_000;
const VALUE_CHARACTERS = 200;

export interface PreviewStepRequest extends Pick<
  RunRequest,
  'plan' | 'connections' | 'maskKeys' | 'folders' | 'limits'
> {
  /** A step of the document. */
  readonly step: string;
  /** Rows of each relation to show. */
  readonly maxRows: number;
  /** Where samples are kept from call to call. */
  readonly sampleFolder: string;
  /** Kept samples may be so old; 0 reads anew. */
  readonly maxAgeMs: number;
  /** Columns whose values are not to be shown, by relation. */
  readonly hidden: Readonly<Record<string, readonly string[]>>;
}

export interface StepPreview {
  readonly step: string;
  /** ISO 8601 UTC: when the sample was read. */
  readonly sampledAt: string;
  readonly isWarm: boolean;
  /** The tables that were sampled. */
  readonly sources: readonly PreviewedSource[];
  /** What the step reads; empty for a source. */
  readonly inputs: readonly PreviewedRelation[];
  /** What it makes: one relation, or one for each of its outputs. */
  readonly outputs: readonly PreviewedRelation[];
}

export type PreviewedSource = Pick<SourceSample, 'title' | 'rows' | 'isComplete' | 'estimatedRows' | 'note'>;

export interface PreviewedRelation {
  readonly name: string;
  readonly columns: readonly PreviewedColumn[];
  /** Values as text; null for NULL and for what is hidden. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly sampledRows: number;
  /** How many there are in truth, about; null where that cannot be told from a sample. */
  readonly estimatedRows: number | null;
}

/** What the values of a column look like in the sample. */
export interface PreviewedColumn {
  readonly name: string;
  readonly type: string;
  /** A mask hides it somewhere in the pipeline; its values are not shown. */
  readonly isHidden: boolean;
  readonly nulls: number;
  readonly distinct: number;
  readonly min: string | null;
  readonly max: string | null;
}

/** Computes a step over a bounded sample of the tables that it comes from; writes nothing but the kept sample. */
export async function previewStep(
  request: PreviewStepRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<StepPreview> {
  const { plan, step } = request;
  const session = new RunSession({ ...request, context });
  try {
    const { inputs, outputs } = relationsOf(plan, step);
    const tasks = sourcesUnder(plan, [...inputs, ...outputs]);
    const sample = await readJoinedSample(
      {
        session,
        plan,
        tasks,
        folder: request.sampleFolder,
        maxAgeMs: request.maxAgeMs,
        now: Date.now(),
      },
      signal,
    );
    const database = await session.database();
    const given = new Map(
      sample.sources.map((source) => [source.ref, `FROM ${StagingDatabase.parquetOf([source.path])}`]),
    );
    const code = new CodeSteps({ database: async () => database, folder: request.folders.scratch });
    await addCodeRows([...inputs, ...outputs], given, { plan, code }, signal);
    const relation = (ref: string): Promise<PreviewedRelation> =>
      showRelation(ref, request, { sources: sample.sources, given, database });
    return {
      step,
      sampledAt: sample.at,
      isWarm: sample.isWarm,
      sources: sample.sources.map(({ title, rows, isComplete, estimatedRows, note }) => ({
        title,
        rows,
        isComplete,
        estimatedRows,
        note,
      })),
      inputs: await inOrder(inputs, relation),
      outputs: await inOrder(outputs, relation),
    };
  } finally {
    await session.close();
    await removeFolder(request.folders.scratch).catch(() => {});
  }
}

async function inOrder<T>(refs: readonly string[], work: (ref: string) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (const ref of refs) results.push(await work(ref));
  return results;
}

/** The relations that a step of the document reads and makes. */
function relationsOf(
  plan: Plan,
  step: string,
): { readonly inputs: readonly string[]; readonly outputs: readonly string[] } {
  const own = plan.steps.filter((planned) => planned.step === step);
  const refs = new Set(own.map(({ ref }) => ref));
  const source = plan.tasks.find((task) => task.sourceStep === step && task.source.connection !== STEPS);
  if (own.length === 0 && source !== undefined) return { inputs: [], outputs: [refOf(source)] };
  const written = plan.tasks.find((task) => task.destinationStep === step);
  if (own.length === 0 && written !== undefined) {
    const from = written.source.connection === STEPS ? written.source.table.table.name : refOf(written);
    return { inputs: [], outputs: [from] };
  }
  const inputs = own
    .flatMap((planned) => planned.inputs.map(({ ref }) => ref))
    .filter((ref) => !refs.has(ref) && !isDecided(ref));
  // What only the parts of a step read of each other is no result of it.
  const read = new Set(own.flatMap((planned) => planned.inputs.map(({ ref }) => ref)));
  const outputs = own.map(({ ref }) => ref).filter((ref) => !read.has(ref));
  return { inputs: [...new Set(inputs)], outputs };
}

/** The tables that relations come from. */
function sourcesUnder(plan: Plan, refs: readonly string[]): readonly LoadTask[] {
  const steps = stepsByRef(plan);
  const needed = new Set(refs);
  for (const ref of needed) for (const input of steps.get(ref)?.inputs ?? []) needed.add(input.ref);
  const isLanded = ({ destination }: LoadTask) => destination.connection === LANDING;
  const tasks = plan.tasks.filter((task) => task.source.connection !== STEPS && needed.has(refOf(task)));
  const landed = new Set(tasks.filter(isLanded).map(refOf));
  return tasks.filter((task) => isLanded(task) || !landed.has(refOf(task)));
}

interface SampledRelations {
  readonly sources: readonly SourceSample[];
  /** The queries of the samples, and of what code made of them. */
  readonly given: ReadonlyMap<string, string>;
  readonly database: StagingDatabase;
}

async function showRelation(
  ref: string,
  { plan, maxRows, hidden }: PreviewStepRequest,
  { sources, given, database }: SampledRelations,
): Promise<PreviewedRelation> {
  const steps = stepsByRef(plan);
  const sql = new RelationSql(steps, (name) => given.get(name));
  const relation = sql.relation(ref, 'new');
  const order = steps.get(ref)?.order;
  const table = quote(database.uniqueName('preview'));
  const select = sql.statement(
    `SELECT * FROM ${relation}${order === undefined ? '' : ` ORDER BY ${order}`} LIMIT ${MAX_ROWS}`,
  );
  await database.execute(`CREATE TABLE ${table} AS ${select}`).catch((error: unknown) => {
    throw toStepError(ref, error);
  });
  const fields = fieldsOf(plan, ref);
  const isHidden = (name: string) => hidden[ref]?.includes(name) ?? false;
  const [facts = {}] = await database.query(
    `SELECT ${['count(*) AS total', ...fields.flatMap((field, index) => factsOf(field, index, isHidden(field.name)))].join(', ')} FROM ${table}`,
  );
  // The same rows each time, where nobody gave them an order.
  const sorted = fields.filter(({ name }) => !isHidden(name)).map(({ name }) => quote(name));
  const shownOrder = order !== undefined || sorted.length === 0 ? '' : ` ORDER BY ${sorted.join(', ')}`;
  const cells = fields.map((field, index) => `${isHidden(field.name) ? 'NULL' : textOf(field)} AS v${index}`);
  const rows = await database.query(`SELECT ${cells.join(', ')} FROM ${table}${shownOrder} LIMIT ${maxRows}`);
  const sampledRows = Number(facts['total']);
  const text = (name: string): string | null => {
    const value = facts[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    name: titleRelation(ref),
    columns: fields.map((field, index) => ({
      name: field.name,
      type: formatLogicalType(field.type),
      isHidden: isHidden(field.name),
      nulls: sampledRows - Number(facts[`p${index}`]),
      distinct: Number(facts[`d${index}`]),
      min: text(`l${index}`),
      max: text(`h${index}`),
    })),
    rows: rows.map((row) =>
      fields.map((_, index) => {
        const value = row[`v${index}`];
        return typeof value === 'string' ? value : null;
      }),
    ),
    sampledRows,
    estimatedRows: await estimateRows({ plan, ref, sampledRows, sources, database, samples: given }),
  };
}

function factsOf(field: Field, index: number, isHidden: boolean): readonly string[] {
  const name = quote(field.name);
  const { kind } = field.type;
  const isOrdered = kind !== 'json' && kind !== 'bytes' && kind !== 'uuid' && !isHidden;
  const end = (aggregate: string) =>
    isOrdered ? `left(CAST(${aggregate}(${name}) AS VARCHAR), ${VALUE_CHARACTERS})` : 'NULL';
  return [
    `count(${name}) AS p${index}`,
    `count(DISTINCT ${name}) AS d${index}`,
    `${end('min')} AS l${index}`,
    `${end('max')} AS h${index}`,
  ];
}

function textOf({ name, type }: Field): string {
  const column = quote(name);
  return `left(${type.kind === 'bytes' ? `hex(${column})` : `CAST(${column} AS VARCHAR)`}, ${VALUE_CHARACTERS})`;
}

/** The columns of a relation: of a step, or of a table that is read. */
function fieldsOf({ steps, tasks }: Plan, ref: string): readonly Field[] {
  const step = steps.find((planned) => planned.ref === ref);
  if (step !== undefined) return step.columns.map(({ field }) => field);
  const task = tasks.find((each) => each.source.connection !== STEPS && refOf(each) === ref);
  return task?.columns.map(({ field }) => field) ?? [];
}

function quote(name: string): string {
  return quoteIdentifier(duckdbDialect, name);
}
