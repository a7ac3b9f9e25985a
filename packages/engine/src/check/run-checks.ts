import {
  denseKeyAnswer,
  denseKeySql,
  evaluateCheck,
  NO_DECISIONS,
  type CheckAggregate,
  type CheckFacts,
  type CheckPlan,
  type CheckQuery,
  type CheckResult,
  type PlannedCheck,
} from '@millrace/compiler';
import type { Field } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier } from '@millrace/sql';
import type { DuckDBConnection } from '@duckdb/node-api';

import { readRows, textAt } from '../stage/read-rows.ts';
import { bindRelations } from './bind-relations.ts';
import { valueError } from './value-error.ts';

export interface ChecksInput {
  readonly plan: CheckPlan;
  /** What can follow FROM, by step: the checked one and those that its checks read. */
  readonly relations: ReadonlyMap<string, string>;
  /** What can follow FROM for the rows of the checked step that changed; all rows when left out. */
  readonly changed?: string;
  readonly fields: readonly Field[];
  /** `measure` of earlier results by the check's name, the latest last. */
  readonly history: ReadonlyMap<string, readonly number[]>;
  /** What can follow FROM for what people decided about rows that were set aside; nothing when left out. */
  readonly decided?: string;
  /** The time of the run in microseconds since 1970. */
  readonly now: bigint;
}

export interface ChecksOutcome {
  /** In the order of the plan. */
  readonly results: readonly CheckResult[];
  /** True when a check stops the run: nothing may be published. */
  readonly isStopped: boolean;
  /** Two SELECTs that part the rows, when some are to be set aside; over the changed rows when those were given. */
  readonly split: { readonly passing: string; readonly failing: string } | null;
}

type Values = Map<string, string | null>;
type Errors = Map<string, string>;

/**
 * Evaluates the checks of one dataset: one scan of its rows for all of them, and the plan's separate queries. Examples
 * of failing rows are read only where there are any. Rejects for what is wrong with the machine; what is wrong with
 * the data or a check is in the results.
 */
export async function runChecks(
  connection: DuckDBConnection,
  input: ChecksInput,
  signal: AbortSignal,
): Promise<ChecksOutcome> {
  const { plan } = input;
  const values: Values = new Map();
  const errors: Errors = new Map();
  await scan(connection, input, values, errors, signal);
  for (const query of plan.queries) {
    if (await isProvedDense(connection, input, query, values, signal)) continue;
    const sql = bindRelations(query.sql, [plan.ref, ...query.relations], input.relations);
    await collect(connection, sql, query.names, values, errors, signal);
  }
  const decided = await countDecided(connection, input, signal);
  const results: CheckResult[] = [];
  for (const check of plan.checks) {
    const facts: CheckFacts = { ...input, decided, values, errors, examples: new Map() };
    const result = evaluateCheck(check, facts);
    if (result.status === 'passed' || result.status === 'skipped' || check.examples === null) {
      results.push(result);
      continue;
    }
    const examples = await readExamples(connection, check, input, signal);
    results.push(evaluateCheck(check, { ...facts, examples: new Map([[check.name, examples]]) }));
  }
  return {
    results,
    isStopped: results.some(({ action }) => action === 'stop'),
    split: results.some(({ action }) => action === 'quarantine') ? splitOf(input) : null,
  };
}

/** The rows that a check of single rows must see. */
function rowsOf(input: ChecksInput): ReadonlyMap<string, string> {
  return input.changed === undefined
    ? input.relations
    : new Map([...input.relations, [input.plan.ref, input.changed]]);
}

async function scan(
  connection: DuckDBConnection,
  input: ChecksInput,
  values: Values,
  errors: Errors,
  signal: AbortSignal,
): Promise<void> {
  const { plan } = input;
  const parts =
    input.changed === undefined
      ? [{ aggregates: plan.aggregates, relations: input.relations }]
      : [
          { aggregates: plan.aggregates.filter(({ reads }) => reads === 'rows'), relations: rowsOf(input) },
          {
            aggregates: plan.aggregates.filter(({ reads }) => reads === 'state'),
            relations: input.relations,
          },
        ];
  for (const { aggregates, relations } of parts) {
    if (aggregates.length === 0) continue;
    const failed: Errors = new Map();
    await collect(
      connection,
      scanSql(plan, aggregates, relations),
      names(aggregates),
      values,
      failed,
      signal,
    );
    if (failed.size === 0) continue;
    // One expression that cannot be computed must not hide what the others say.
    for (const aggregate of aggregates) {
      const alone = scanSql(plan, [aggregate], relations);
      await collect(connection, alone, [aggregate.name], values, errors, signal);
    }
  }
}

function names(aggregates: readonly CheckAggregate[]): readonly string[] {
  return aggregates.map(({ name }) => name);
}

function scanSql(
  plan: CheckPlan,
  aggregates: readonly CheckAggregate[],
  relations: ReadonlyMap<string, string>,
): string {
  const list = aggregates.map(({ name, sql }) => `CAST(${sql} AS VARCHAR) AS ${name}`);
  return bindRelations(`SELECT ${list.join(', ')} FROM ${quoted(plan)}`, [plan.ref], relations);
}

function quoted({ ref }: CheckPlan): string {
  return quoteIdentifier(duckdbDialect, ref);
}

/** Answers a query about uniqueness without grouping, where every value turns out to be different. */
async function isProvedDense(
  connection: DuckDBConnection,
  { plan, relations }: ChecksInput,
  query: CheckQuery,
  values: Values,
  signal: AbortSignal,
): Promise<boolean> {
  const sql = query.denseKey === null ? undefined : denseKeySql(quoted(plan), query.denseKey, values);
  if (sql === undefined) return false;
  const [row] = await readRows(connection, bindRelations(sql, [plan.ref], relations), signal);
  const answer = denseKeyAnswer(query, textAt(row, 'different'), values);
  for (const [name, value] of answer ?? []) values.set(name, value);
  return answer !== undefined;
}

/** Keeps the one row of text that a statement gives, or why it gave none. */
async function collect(
  connection: DuckDBConnection,
  sql: string,
  columns: readonly string[],
  values: Values,
  errors: Errors,
  signal: AbortSignal,
): Promise<void> {
  try {
    const [row] = await readRows(connection, sql, signal);
    for (const column of columns) {
      const value = row?.[column];
      values.set(column, typeof value === 'string' ? value : null);
    }
  } catch (error) {
    const reason = valueError(error);
    for (const column of columns) errors.set(column, reason);
  }
}

async function readExamples(
  connection: DuckDBConnection,
  check: PlannedCheck,
  input: ChecksInput,
  signal: AbortSignal,
): Promise<readonly Readonly<Record<string, string | null>>[]> {
  const { examples } = check;
  if (examples === null) return [];
  const relations = check.reads === 'rows' ? rowsOf(input) : input.relations;
  try {
    const sql = bindRelations(examples.sql, [input.plan.ref, ...examples.relations], relations);
    const rows = await readRows(connection, sql, signal);
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([column, value]) => [column, typeof value === 'string' ? value : null]),
      ),
    );
  } catch (error) {
    // The check itself was told; examples of rows that cannot be computed with are a nicety.
    valueError(error);
    return [];
  }
}

/** How many of the failing rows of each check count no more, because a person decided about them. */
async function countDecided(
  connection: DuckDBConnection,
  input: ChecksInput,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, bigint>> {
  const { plan, decided } = input;
  const { split } = plan;
  const counts = new Map<string, bigint>();
  if (split === null || decided === undefined) return counts;
  const names = [plan.ref, ...split.relations, split.decided];
  for (const reads of ['rows', 'state'] as const) {
    const relations = new Map([
      ...(reads === 'rows' ? rowsOf(input) : input.relations),
      [split.decided, decided],
    ]);
    const isRead = (name: string) =>
      plan.checks.some((check) => check.name === name && check.reads === reads);
    if (!split.checks.some(({ name }) => isRead(name))) continue;
    const [row] = await readRows(connection, bindRelations(split.decidedCounts, names, relations), signal);
    for (const [index, { name }] of split.checks.entries())
      if (isRead(name)) counts.set(name, BigInt(textAt(row, `c${index}`)));
  }
  return counts;
}

function splitOf(input: ChecksInput): ChecksOutcome['split'] {
  const { split, ref } = input.plan;
  if (split === null) return null;
  const relations = new Map([...rowsOf(input), [split.decided, input.decided ?? `(${NO_DECISIONS})`]]);
  const bind = (sql: string): string =>
    bindRelations(sql, [ref, ...split.relations, split.decided], relations);
  return { passing: bind(split.passing), failing: bind(split.failing) };
}
