import type { Plan } from '@millrace/compiler';

import type { CodeSandboxes } from '../code/code-sandboxes.ts';
import { isCodeStep, type CodeSteps } from './code-steps.ts';
import { RelationSql, stepsByRef } from './relation-sql.ts';

/**
 * Runs the code that relations are made with over rows that are given, and adds what it makes to them: SQL does the rest. `given`
 * are queries of rows by relation.
 */
export async function addCodeRows(
  refs: Iterable<string>,
  given: Map<string, string>,
  {
    plan,
    code,
    sandboxes,
  }: {
    readonly plan: Pick<Plan, 'steps'>;
    readonly code: CodeSteps;
    readonly sandboxes?: CodeSandboxes;
  },
  signal: AbortSignal,
): Promise<void> {
  const steps = stepsByRef(plan);
  const needed = new Set(refs);
  for (const ref of needed) {
    if (given.has(ref)) continue;
    for (const input of steps.get(ref)?.inputs ?? []) needed.add(input.ref);
  }
  for (const step of plan.steps) {
    if (!needed.has(step.ref) || given.has(step.ref) || !isCodeStep(step)) continue;
    const sql = new RelationSql(steps, (ref) => given.get(ref)).codeInput(step, 'new');
    given.set(
      step.ref,
      `SELECT * FROM ${await code.relation({ step, sql, ...(sandboxes && { sandboxes }) }, signal)}`,
    );
  }
}
