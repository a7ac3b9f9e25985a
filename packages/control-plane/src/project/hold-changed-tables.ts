import { holdTables, type HeldPlan } from '@millrace/compiler';

import type { OperationContext } from '../operation-context.ts';
import { readLastPlan } from '../runs/run-store.ts';
import type { PreparedPlan } from './prepare-plan.ts';

/** Compares a plan with the one that ran last: tables that appeared or went away are what their contract says. */
export async function holdChangedTables(
  context: OperationContext,
  { plan, document }: PreparedPlan,
  tables: readonly string[],
): Promise<HeldPlan> {
  const before = await readLastPlan(await context.store(), plan.pipeline);
  // A plan of some tables says nothing of the others.
  return holdTables(plan, before?.plan, document, tables.length === 0);
}
