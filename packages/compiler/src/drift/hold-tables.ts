import { compileSelection, formatTableName, type PipelineDocument } from '@millrace/spec';

import type { HeldTable, LoadTask, Plan } from '../plan.ts';

export interface HeldPlan {
  readonly plan: Plan;
  /** Tables that appeared or went, and that the contract lets pass; for people. */
  readonly notes: readonly string[];
}

/**
 * What becomes of tables that appeared, or went away, under a replicate step since the plan that ran last: the step's
 * contract decides. A table that it holds stays in the plan and is not loaded; one that was held because it was new is
 * new until the contract lets it in. Pure. A plan that is not whole has no tables missing.
 */
export function holdTables(
  plan: Plan,
  before: Plan | undefined,
  document: PipelineDocument,
  isWhole: boolean,
): HeldPlan {
  const notes: string[] = [];
  const tasks: LoadTask[] = [];
  const known = new Map(
    (before?.tasks ?? [])
      .filter((task) => task.held?.kind !== 'newTable')
      .map((task) => [task.id, task] as const),
  );
  const knownSteps = new Set([...known.values()].map(({ destinationStep }) => destinationStep));
  for (const task of plan.tasks) {
    const isNew = isReplicated(task, document) && knownSteps.has(task.destinationStep) && !known.has(task.id);
    const held = isNew ? holdNew(task, notes) : task;
    if (held !== undefined) tasks.push(held);
  }
  const planned = new Set(plan.tasks.map(({ id }) => id));
  for (const task of isWhole ? known.values() : []) {
    if (planned.has(task.id) || !isStillWanted(task, document)) continue;
    const held = holdMissing(task, contractNow(plan, task), notes);
    if (held !== undefined) tasks.push(held);
  }
  return { plan: { ...plan, tasks }, notes };
}

/** Undefined for a table that is left out. */
function holdNew(task: LoadTask, notes: string[]): LoadTask | undefined {
  const name = formatTableName(task.source.table.table);
  const mode = task.contract.newTables;
  switch (mode) {
    case 'evolve':
      notes.push(`The table ${name} is new at the source and is copied.`);
      return task;
    case 'discardRow':
      notes.push(
        `The table ${name} is new at the source and left out, as contract.newTables of '${task.destinationStep}' says.`,
      );
      return undefined;
    case 'freeze':
    case 'pauseTable':
      return hold(
        task,
        'newTable',
        mode,
        `The table ${name} is new at the source, and contract.newTables of '${task.destinationStep}' is ${mode}. Set it to evolve to copy the table, or leave the table out with exclude.`,
      );
  }
}

/** Undefined for a table that the pipeline goes on without. */
function holdMissing(task: LoadTask, contract: LoadTask['contract'], notes: string[]): LoadTask | undefined {
  const name = formatTableName(task.source.table.table);
  const stays = `What was published as ${formatTableName(task.destination.table)} stays.`;
  const mode = contract.missingTables;
  if (mode === 'evolve') {
    notes.push(`The table ${name} is gone at the source. ${stays}`);
    return undefined;
  }
  return hold(
    task,
    'missingTable',
    mode,
    `The table ${name} is gone at the source, and contract.missingTables of '${task.destinationStep}' is ${mode}. ${stays} Set it to evolve to go on without the table, or leave the table out with exclude.`,
  );
}

function hold(task: LoadTask, kind: HeldTable['kind'], mode: HeldTable['mode'], reason: string): LoadTask {
  return { ...task, held: { kind, mode, reason } };
}

function isReplicated({ destinationStep }: LoadTask, document: PipelineDocument): boolean {
  const step = document.steps[destinationStep];
  return step !== undefined && 'replicate' in step;
}

/** Whether the document would copy the table if it were there; one that the document does not name any more is not missing. */
function isStillWanted({ destinationStep, source }: LoadTask, document: PipelineDocument): boolean {
  const step = document.steps[destinationStep];
  if (step === undefined || !('replicate' in step) || step.replicate.from !== source.connection) return false;
  const { include, exclude } = step.replicate;
  return compileSelection(include, exclude)(formatTableName(source.table.table));
}

/** The contract as the document has it now: that of another table of the step, else the one of then. */
function contractNow({ tasks }: Plan, { destinationStep, contract }: LoadTask): LoadTask['contract'] {
  return tasks.find((task) => task.destinationStep === destinationStep)?.contract ?? contract;
}
