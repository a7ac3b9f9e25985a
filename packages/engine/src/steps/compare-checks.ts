import { checkRelations, UNCHECKED, type CheckPlan, type Plan } from '@millrace/compiler';
import type { Field } from '@millrace/spec';
import type { DuckDBConnection } from '@duckdb/node-api';

import { runChecks } from '../check/run-checks.ts';
import { RelationSql, stepsByRef } from './relation-sql.ts';
import { TestProblem } from './test-problem.ts';

export interface CheckDifference {
  readonly step: string;
  /** Names of checks that were to fail. */
  readonly missing: readonly string[];
  /** What checks say that were not to fail. */
  readonly unexpected: readonly string[];
}

export interface ExpectedFailures {
  readonly plan: Plan;
  readonly connection: DuckDBConnection;
  readonly step: string;
  /** Of the checks that must fail. */
  readonly names: readonly string[];
  /** The queries of the rows that are given. */
  readonly relations: ReadonlyMap<string, string>;
  readonly fields: ReadonlyMap<string, readonly Field[]>;
}

/** The checks of a step. Throws `TestProblem` when it has none. */
export function checksOf({ tasks }: Plan, step: string): CheckPlan {
  const checks = tasks
    .flatMap((task) => task.checks ?? [])
    .find(({ ref }) => ref === step || ref === `${step}.${UNCHECKED}`);
  if (checks === undefined) throw new TestProblem(`"${step}" has no checks that could fail.`);
  return checks;
}

/** Judges the rows of a step by its checks, as a run would; undefined when just the expected ones fail. */
export async function compareChecks(
  { plan, connection, step, names, relations: given, fields }: ExpectedFailures,
  signal: AbortSignal,
): Promise<CheckDifference | undefined> {
  const checks = checksOf(plan, step);
  const known = new Set(checks.checks.map(({ name }) => name));
  for (const name of names)
    if (!known.has(name))
      throw new TestProblem(`${step} has no check "${name}"; it has ${[...known].join(', ')}.`);
  const relations = new Map(
    [checks.ref, ...checkRelations(checks)].map((ref) => {
      const sql = new RelationSql(stepsByRef(plan), (each) => given.get(each));
      // Rows that a check sets aside are judged before they are.
      const unchecked = `${ref}.${UNCHECKED}`;
      const isSplit = ref === checks.ref && fields.has(unchecked);
      const relation = sql.relation(isSplit ? unchecked : ref, 'new');
      return [ref, `(${sql.statement(`SELECT * FROM ${relation}`)})`] as const;
    }),
  );
  const input = {
    plan: checks,
    relations,
    fields: fields.get(checks.ref) ?? [],
    history: new Map<string, readonly number[]>(),
    now: BigInt(Date.now()) * 1000n,
  };
  const { results } = await runChecks(connection, input, signal);
  const failed = results.filter(({ status }) => status !== 'passed' && status !== 'skipped');
  const missing = names.filter((name) => !failed.some((result) => result.name === name));
  const unexpected = failed.filter(({ name }) => !names.includes(name)).map(({ message }) => message);
  return missing.length + unexpected.length === 0 ? undefined : { step, missing, unexpected };
}
