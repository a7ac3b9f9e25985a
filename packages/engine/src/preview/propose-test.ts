import { STEPS, LANDING, joinedSources, type LoadTask, type Plan } from '@millrace/compiler';
import type { Field } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

import { removeFolder } from '../package/package-store.ts';
import type { RunContext } from '../run/run-request.ts';
import { RunSession } from '../run/run-session.ts';
import { StagingDatabase } from '../stage/staging-database.ts';
import { neededColumns } from '../steps/needed-columns.ts';
import { stepsByRef } from '../steps/relation-sql.ts';
import { testSteps, type StepTest, type TestRow } from '../steps/test-steps.ts';
import { disguise, type Disguise } from './disguise.ts';
import { readJoinedSample, refOf, type SourceSample } from './joined-sample.ts';
import type { PreviewStepRequest } from './preview-step.ts';

export type ProposeTestRequest = Omit<PreviewStepRequest, 'step' | 'maxRows'>;

export interface ProposedTest {
  /** Null when no test could be made; the notes say why. */
  readonly test: StepTest | null;
  readonly notes: readonly string[];
}

/** Rows of the table that begins; the next is tried when nothing comes of the one before. */
const TRIED_ROWS = [2, 8, 40, 200];
/** A test that nobody can read proves nothing. */
const MOST_EXPECTED = 12;

/**
 * Takes a few rows of the samples that belong together, computes what the steps make of them, and gives both as a test
 * that passes. What a mask hides is replaced by made-up values, the same for the same.
 */
export async function proposeTest(
  request: ProposeTestRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<ProposedTest> {
  const { plan } = request;
  const targets = targetsOf(plan);
  if (targets.length === 0)
    return { test: null, notes: ['The pipeline has no steps between its sources and its destinations.'] };
  const session = new RunSession({ ...request, context });
  try {
    const tasks = plan.tasks.filter(isLanded);
    const sample = await readJoinedSample(
      { session, plan, tasks, folder: request.sampleFolder, maxAgeMs: request.maxAgeMs, now: Date.now() },
      signal,
    );
    const database = await session.database();
    const notes: string[] = [];
    for (const rows of TRIED_ROWS) {
      const chosen = await chooseRows(plan, sample.sources, rows, database);
      const given = await giveRows(request, chosen, targets, database);
      const expect = await expectRows(plan, targets, given, notes, signal);
      if (Object.values(expect).every((list) => list.length === 0)) continue;
      return { test: { name: 'rows of the sample', given, expect }, notes };
    }
    return { test: null, notes: [...notes, 'No rows come out of the steps for the rows of the sample.'] };
  } finally {
    await session.close();
    await removeFolder(request.folders.scratch).catch(() => {});
  }
}

/** What is written into destinations, made by steps. */
function targetsOf({ tasks }: Plan): readonly string[] {
  return [
    ...new Set(
      tasks
        .filter(
          ({ source, destination }) => source.connection === STEPS && destination.connection !== LANDING,
        )
        .map(({ source }) => source.table.table.name),
    ),
  ];
}

function isLanded({ source, destination }: LoadTask): boolean {
  return source.connection !== STEPS && destination.connection === LANDING;
}

/** A query of some rows of each sample: the first table's first ones, of the others those that belong to them. */
async function chooseRows(
  plan: Plan,
  sources: readonly SourceSample[],
  rows: number,
  database: StagingDatabase,
): Promise<ReadonlyMap<string, string>> {
  const pairs = joinedSources(plan);
  const chosen = new Map<string, string>();
  for (const { ref, path } of sources) {
    const from = StagingDatabase.parquetOf([path]);
    const conditions = pairs.flatMap(({ left, right }) => {
      const [own, partner] = left.ref === ref ? [left, right] : [right, left];
      const other = chosen.get(partner.ref);
      if (own.ref !== ref || other === undefined) return [];
      return [`${quote(own.column)} IN (SELECT ${quote(partner.column)} FROM ${other})`];
    });
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    const table = quote(database.uniqueName('chosen'));
    await database.execute(`CREATE TABLE ${table} AS SELECT * FROM ${from}${where} LIMIT ${rows}`);
    chosen.set(ref, table);
  }
  return chosen;
}

/** The chosen rows as a document says them, with the columns that the targets need. */
async function giveRows(
  { plan, hidden }: ProposeTestRequest,
  chosen: ReadonlyMap<string, string>,
  targets: readonly string[],
  database: StagingDatabase,
): Promise<Readonly<Record<string, readonly TestRow[]>>> {
  const given: Record<string, readonly TestRow[]> = {};
  const disguised: Disguise = new Map();
  const steps = stepsByRef(plan);
  for (const task of plan.tasks.filter(isLanded)) {
    const ref = refOf(task);
    const table = chosen.get(ref);
    if (table === undefined) continue;
    const needs = targets.map((target) => neededColumns(target, steps)).filter((needed) => needed.has(ref));
    if (needs.length === 0) continue;
    const fields = task.columns
      .filter(({ origin }) => origin.kind === 'source')
      .map(({ field }) => field)
      .filter(({ name }) => needs.some((needed) => needed.get(ref)?.has(name) ?? true));
    const cells = fields.map(({ name }, index) => `CAST(${quote(name)} AS VARCHAR) AS v${index}`);
    const rows = await database.query(`SELECT ${cells.join(', ')} FROM ${table}`);
    given[stepName(ref)] = rows.map((row) =>
      Object.fromEntries(
        fields.flatMap((field, index) => {
          const value = row[`v${index}`];
          if (typeof value !== 'string') return [];
          const isHidden = hidden[ref]?.includes(field.name) ?? false;
          const said = isHidden ? disguise(field, value, disguised) : asDocumentValue(field, value);
          return said === null ? [] : [[field.name, said]];
        }),
      ),
    );
  }
  return given;
}

/** What the steps make of the rows, left out where that cannot be computed or is another result each time. */
async function expectRows(
  plan: Plan,
  targets: readonly string[],
  given: StepTest['given'],
  notes: string[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, readonly TestRow[]>>> {
  const expect: Record<string, readonly TestRow[]> = {};
  for (const target of targets) {
    // What comes of them is what differs from an expectation of nothing.
    const [empty] = await testSteps(
      { plan, tests: [{ name: target, given, expect: { [target]: [] } }] },
      signal,
    );
    if (empty === undefined || empty.problem !== null) {
      notes.push(`${target} is left out: ${empty?.problem ?? ''}`);
      continue;
    }
    const [difference] = empty.differences;
    const fields = fieldsOf(plan, target);
    const rows = (difference?.unexpected ?? []).map((row) =>
      Object.fromEntries(
        row.map((value, index) => {
          const name = difference?.columns[index] ?? '';
          const field = fields.find((each) => each.name === name);
          return [name, value === null || field === undefined ? null : asDocumentValue(field, value)];
        }),
      ),
    );
    if (rows.length > MOST_EXPECTED) {
      notes.push(`${target} is left out: ${rows.length} rows come of so few.`);
      continue;
    }
    const [again] = await testSteps(
      { plan, tests: [{ name: target, given, expect: { [target]: rows } }] },
      signal,
    );
    if (again?.isPassed === true) expect[target] = rows;
    else notes.push(`${target} is left out: its rows are others each time, or cannot be written in YAML.`);
  }
  return expect;
}

function fieldsOf({ steps }: Plan, ref: string): readonly Field[] {
  return steps.find((step) => step.ref === ref)?.columns.map(({ field }) => field) ?? [];
}

/** Whole numbers and truth stand for themselves; everything else is text, which loses nothing. */
function asDocumentValue({ type }: Field, value: string): string | number | boolean {
  if (type.kind === 'boolean') return value === 'true';
  if (type.kind === 'integer' && Number.isSafeInteger(Number(value))) return Number(value);
  return value;
}

/** A document calls a source by its step, whatever its checks make of its rows. */
function stepName(ref: string): string {
  return ref.replace(/\.~rows$/, '');
}

function quote(name: string): string {
  return quoteIdentifier(duckdbDialect, name);
}
