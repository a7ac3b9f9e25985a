import { parseStepReference, stepCheckReferences, type Step } from '@millrace/spec';

import { compileChecks } from '../checks/compile-checks.ts';
import type { CheckPlan } from '../checks/check-plan.ts';
import { DECIDED_COLUMNS, DECIDED_FIELDS, identifyRow, isDecided } from '../checks/identify-row.ts';
import type { Compilation } from '../compilation.ts';
import { fingerprint } from '../fingerprint/fingerprint.ts';
import { stepSettings } from '../load/load-settings.ts';
import type { Incrementality, PlannedStepColumn, StepInput } from '../plan.ts';
import type { CompiledStep, DefinedRelation, Relations } from './compiled-step.ts';
import { convertResult, resultColumn } from './result-columns.ts';
import { isSqlProblem } from '../sql/sql-analyser.ts';

/** The rows of a step as they were before its checks took some out: `orders.~rows`. */
export const UNCHECKED = '~rows';
/** The rows that its checks took out: `orders.~failed`. */
export const FAILED = '~failed';

/** What the checks of a step make of its rows. */
export interface CheckedStep {
  readonly plan: CheckPlan;
  /** The relation that is checked; where no check sets rows aside it is the step itself. */
  readonly checked: string;
  /** The rows that pass, and those that do not; none where no check sets rows aside. */
  readonly steps: readonly CompiledStep[];
}

export function hasChecks(step: Step): boolean {
  return 'checks' in step && (step.checks?.length ?? 0) > 0;
}

/** True when a check of the step sets rows aside, so that what others read is not all of its rows. */
export function setsRowsAside(plan: CheckPlan): boolean {
  return plan.split !== null;
}

/**
 * Compiles the checks of a step over its rows. Setting rows aside is two more steps, so that it follows changes as all
 * steps do. `rows` is the relation under the step's own name.
 */
export async function checkStep(
  name: string,
  step: Step,
  rows: DefinedRelation,
  relations: Relations,
  compilation: Compilation,
): Promise<CheckedStep | undefined> {
  if (!('checks' in step) || step.checks === undefined || step.checks.length === 0) return undefined;
  const others = new Map(
    stepCheckReferences(step).flatMap(({ from }) => {
      const relation = relations.get(from);
      return relation === undefined ? [] : [[from, relation] as const];
    }),
  );
  const plan = await compileChecks({
    checks: step.checks,
    path: ['steps', name, 'checks'],
    relation: rows,
    others,
    names: compilation.localNames.checks.get(name) ?? [],
    sql: compilation.sql,
    compilation,
    quarantine: stepSettings('quarantine' in step ? { quarantine: step.quarantine } : {}).quarantine,
  });
  if (plan.split === null) return { plan, checked: name, steps: [] };
  const unchecked = `${name}.${UNCHECKED}`;
  const { decided } = plan.split;
  const inputs: readonly StepInput[] = [
    { alias: name, ref: unchecked },
    ...[...plan.split.relations, decided].map((ref) => ({ alias: ref, ref })),
  ];
  const isAlone = plan.split.relations.length === 0;
  const known = { sql: identifyRow(rows.fields), columns: rows.fields.map((field) => field.name) };
  const incrementality: Incrementality = isAlone
    ? {
        kind: 'partitioned',
        by: {
          [name]: [{ ...known, isQualified: false }],
          [decided]: [{ sql: DECIDED_COLUMNS.row, columns: ['row'], isQualified: false }],
        },
        linearIn: [name],
      }
    : { kind: 'whole', reason: `its checks compare it with ${plan.split.relations.join(', ')}` };
  const copied = rows.fields.map((field): PlannedStepColumn => ({
    name: field.name,
    field,
    from: [{ ref: unchecked, column: field.name, how: 'copied' }],
    nullable: field.nullable,
  }));
  const about = (
    [
      ['__millrace_row', 'string'],
      ['__millrace_checks', 'json'],
      ['__millrace_reasons', 'json'],
    ] as const
  ).map(([column, kind]): PlannedStepColumn => ({
    name: column,
    field: { name: column, type: { kind }, nullable: true },
    from: [],
    nullable: true,
  }));
  const uses = plan.checks.flatMap(({ onFailure, columns: used }) => {
    if (onFailure !== 'quarantine') return [];
    // An expression can be about any of them.
    const decide = used.length > 0 ? used : rows.fields.map((field) => field.name);
    return decide.map((column) => ({ ref: unchecked, column, how: 'filtered' as const }));
  });
  const failing = await jsonResult(plan.split.failing, inputs, rows, relations, compilation);
  const make = (ref: string, sql: string, columns: readonly PlannedStepColumn[]): CompiledStep => ({
    ref,
    step: name,
    verb: null,
    inputs,
    sql,
    columns,
    uses,
    decisions: decided,
    key: rows.key,
    incrementality,
    keptBecause: null,
    rows: { keeps: 'some', of: [name] },
    fingerprint: fingerprint([
      sql,
      rows.fingerprint,
      inputs.map(({ ref }) => relations.get(ref)?.fingerprint ?? null),
    ]),
  });
  return {
    plan,
    checked: unchecked,
    steps: [
      make(name, plan.split.passing, copied),
      make(`${name}.${FAILED}`, failing, [...copied, ...about]),
    ],
  };
}

/** The failing rows with their lists as JSON, which files and tables can hold. */
async function jsonResult(
  sql: string,
  inputs: readonly StepInput[],
  rows: DefinedRelation,
  relations: Relations,
  compilation: Compilation,
): Promise<string> {
  const described = await compilation.sql.describe({
    relations: inputs.map(({ alias, ref }) => ({
      name: alias,
      fields:
        alias === rows.ref
          ? rows.fields
          : isDecided(ref)
            ? DECIDED_FIELDS
            : (relations.get(ref)?.fields ?? []),
    })),
    sql,
  });
  if (isSqlProblem(described))
    throw new RangeError(`The rows that fail cannot be told: ${described.message}`);
  return convertResult(
    sql,
    described.flatMap((column) => resultColumn(column) ?? []),
  );
}

/** The steps of the document that must be compiled before a step's checks. */
export function checkedAgainst(step: Step): readonly string[] {
  return stepCheckReferences(step).map(({ from }) => parseStepReference(from).step);
}
