import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DuckDBConnection } from '@duckdb/node-api';
import { LANDING, STEPS, UNCHECKED, type Plan } from '@millrace/compiler';
import { nearestNames, parseStepReference, type Field } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteIdentifier, quoteText } from '@millrace/sql';

import { CodeSandboxes } from '../code/code-sandboxes.ts';
import { lockDatabase } from '../stage/lock-database.ts';
import { openStagingDatabase } from '../stage/staging-database.ts';
import { addCodeRows } from './add-code-rows.ts';
import { CodeSteps } from './code-steps.ts';
import { checksOf, compareChecks, type CheckDifference } from './compare-checks.ts';
import { createMaskKeys, type MaskKeys } from './mask-keys.ts';
import { RelationSql, stepsByRef } from './relation-sql.ts';
import { TestProblem } from './test-problem.ts';

const quote = (name: string) => quoteIdentifier(duckdbDialect, name);

/** A row as a document says it; columns that are left out are NULL in what is given, and not compared in what is expected. */
export type TestRow = Readonly<Record<string, unknown>>;

/** An example of a document: rows that are given, and those that must come of them. */
export interface StepTest {
  readonly name: string;
  readonly given: Readonly<Record<string, readonly TestRow[]>>;
  readonly expect?: Readonly<Record<string, readonly TestRow[]>> | undefined;
  /** Names of the checks that must fail, by step. */
  readonly expectFailures?: Readonly<Record<string, readonly string[]>> | undefined;
}

export interface TestStepsRequest {
  readonly plan: Plan;
  readonly tests: readonly StepTest[];
}

export interface StepTestResult {
  readonly name: string;
  readonly isPassed: boolean;
  readonly durationMs: number;
  /** By step: rows that were expected and did not come, and rows that came and were not expected. */
  readonly differences: readonly StepDifference[];
  /** By step: checks that were to fail and did not, and those that failed all the same. */
  readonly failures: readonly CheckDifference[];
  /** Why it could not be run; null when it could. */
  readonly problem: string | null;
}

export interface StepDifference {
  readonly step: string;
  readonly columns: readonly string[];
  readonly missing: readonly (readonly (string | null)[])[];
  readonly unexpected: readonly (readonly (string | null)[])[];
}

/** What the examples run in. */
interface Bench {
  readonly plan: Plan;
  readonly connection: DuckDBConnection;
  readonly code: CodeSteps;
  readonly sandboxes: CodeSandboxes;
}

/** Runs examples over the steps of a plan: no source is asked, and nothing is written but what code makes, into a folder that goes. */
export async function testSteps(
  { plan, tests }: TestStepsRequest,
  signal: AbortSignal,
): Promise<readonly StepTestResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const sandboxes = new CodeSandboxes();
  const database = await openStagingDatabase({ memoryBytes: 2 ** 30, threads: 1, scratchFolder: folder });
  try {
    await createMaskKeys(database, keysOfTests(plan));
    return await database.withConnection(async (connection) => {
      await lockDatabase(connection, { folders: [folder] });
      const code = new CodeSteps({ database: async () => database, folder: join(folder, 'code') });
      const bench = { plan, connection, code, sandboxes };
      const results: StepTestResult[] = [];
      for (const test of tests) results.push(await runTest(test, bench, signal));
      return results;
    });
  } finally {
    await sandboxes.close();
    database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A test needs no secret; masks give in it what they always give. */
function keysOfTests({ steps }: Plan): MaskKeys {
  return Object.fromEntries(
    steps.flatMap(({ maskKey }) => (maskKey === undefined ? [] : [[maskKey, `${maskKey} of tests`]])),
  );
}

async function runTest(test: StepTest, bench: Bench, signal: AbortSignal): Promise<StepTestResult> {
  const { plan } = bench;
  const startedAt = performance.now();
  const fields = relationFields(plan);
  // What is given of a step that sets rows aside is checked, as in a run.
  const given = Object.fromEntries(
    Object.entries(test.given).map(([name, rows]) => {
      const unchecked = `${name}.${UNCHECKED}`;
      return [fields.has(unchecked) ? unchecked : name, rows];
    }),
  );
  const differences: StepDifference[] = [];
  const failures: CheckDifference[] = [];
  const { expect = {}, expectFailures = {} } = test;
  let problem: string | null = null;
  try {
    const relations = new Map(
      [...fields].flatMap(([ref, columns]) => {
        const rows = given[ref];
        const isSource = !plan.steps.some((step) => step.ref === ref);
        return rows === undefined && !isSource
          ? []
          : [[ref, rowsSql(ref, columns, rows ?? [], columns)] as const];
      }),
    );
    for (const name of [...Object.keys(given), ...Object.keys(expect)])
      if (!fields.has(name)) throw unknownRelation(name, [...fields.keys()]);
    const targets = [
      ...Object.keys(expect),
      ...Object.keys(expectFailures).map((step) => checksOf(plan, step).ref),
    ];
    await addCodeRows(targets, relations, bench, signal);
    for (const [ref, rows] of Object.entries(expect)) {
      const difference = await compare(ref, rows, relations, fields.get(ref) ?? [], bench);
      if (difference !== undefined) differences.push(difference);
    }
    for (const [step, names] of Object.entries(expectFailures)) {
      const difference = await compareChecks({ ...bench, step, names, relations, fields }, signal);
      if (difference !== undefined) failures.push(difference);
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    problem = error.message;
  }
  return {
    name: test.name,
    isPassed: problem === null && differences.length === 0 && failures.length === 0,
    durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
    differences,
    failures,
    problem,
  };
}

async function compare(
  ref: string,
  rows: readonly TestRow[],
  given: ReadonlyMap<string, string>,
  fields: readonly Field[],
  { plan, connection }: Bench,
): Promise<StepDifference | undefined> {
  const named = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = named.size === 0 ? fields : fields.filter(({ name }) => named.has(name));
  const sql = new RelationSql(stepsByRef(plan), (each) => given.get(each));
  const list = columns.map(({ name }) => quote(name)).join(', ');
  const actual = sql.add('actual', `SELECT ${list} FROM ${sql.relation(ref, 'new')}`);
  const expected = sql.add('expected', rowsSql(ref, fields, rows, columns));
  const texts = columns.map(({ name }) => `CAST(${quote(name)} AS VARCHAR)`).join(', ');
  const side = (kind: string, from: string, without: string) =>
    `SELECT '${kind}', ${texts} FROM (SELECT * FROM ${from} EXCEPT ALL SELECT * FROM ${without})`;
  const statement = sql.statement(
    `${side('missing', expected, actual)} UNION ALL ${side('unexpected', actual, expected)}`,
  );
  const found = (await connection.runAndReadAll(statement)).getRows();
  if (found.length === 0) return undefined;
  const rowsOf = (kind: string) =>
    found
      .filter(([first]) => first === kind)
      .map(([, ...cells]) => cells.map((cell) => (typeof cell === 'string' ? cell : null)));
  return {
    step: ref,
    columns: columns.map(({ name }) => name),
    missing: rowsOf('missing'),
    unexpected: rowsOf('unexpected'),
  };
}

/** The columns of everything that a test can give or expect. */
function relationFields({ tasks, steps }: Plan): ReadonlyMap<string, readonly Field[]> {
  const landed = tasks.filter(
    ({ source, destination }) => source.connection !== STEPS && destination.connection === LANDING,
  );
  return new Map([
    ...landed.map(
      ({ destination, columns }) => [destination.table.name, columns.map(({ field }) => field)] as const,
    ),
    ...steps.map(({ ref, columns }) => [ref, columns.map(({ field }) => field)] as const),
  ]);
}

/** Rows of a document as a query with the types of a relation. */
function rowsSql(
  ref: string,
  fields: readonly Field[],
  rows: readonly TestRow[],
  columns: readonly Field[],
): string {
  const list = columns.map(({ name, type }) => ({ name, type: duckdbType(type) }));
  const known = new Set(fields.map(({ name }) => name));
  const values = rows.map((row) => {
    for (const name of Object.keys(row))
      if (!known.has(name))
        throw new TestProblem(
          `${stepOf(ref)} has no column "${name}".${near(name, [...known]) || ` It has ${[...known].join(', ')}.`}`,
        );
    const cells = list.map(
      ({ name, type }) => `CAST(${literal(ref, name, row[name])} AS ${type}) AS ${quote(name)}`,
    );
    return `SELECT ${cells.join(', ')}`;
  });
  if (values.length > 0) return values.join(' UNION ALL ');
  return `SELECT ${list.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quote(name)}`).join(', ')} WHERE false`;
}

function unknownRelation(name: string, known: readonly string[]): TestProblem {
  return new TestProblem(
    `"${name}" is no step whose rows other steps read or make.${near(
      name,
      known.filter((ref) => ref === stepOf(ref)),
    )}`,
  );
}

/** A step as the document calls it, whichever of its inner relations is meant. */
function stepOf(ref: string): string {
  const { step, output } = parseStepReference(ref);
  return output?.startsWith('~') === true ? step : ref;
}

function near(name: string, known: readonly string[]): string {
  const found = nearestNames(name, known);
  return found.length === 0 ? '' : ` Did you mean ${found.map((each) => `"${each}"`).join(' or ')}?`;
}

function literal(ref: string, column: string, value: unknown): string {
  if (value === undefined || value === null) return 'NULL';
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new TestProblem(
      `${ref}.${column}: put ${value} in quotes; YAML numbers are exact up to 2^53 only.`,
    );
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return quoteText(duckdbDialect, text);
}
