import { LANDING, STEPS, type LoadTask, type Plan } from '../plan.ts';
import { comparePlans } from './compare-plans.ts';
import { titleRelation } from './title-relation.ts';

/** Steps of the document that say something else than in an earlier plan, whatever became of what they read. Pure. */
export function changedSteps(before: Plan, after: Plan): readonly string[] {
  // A step of a template is called `use/inner`; the document has the step that uses it.
  const steps = new Map(after.steps.map(({ ref, step }) => [titleRelation(ref), step.split('/')[0] ?? step]));
  const made = comparePlans(before, after).steps.flatMap(({ name, kind }) =>
    kind === 'added' || kind === 'changed' ? (steps.get(name) ?? []) : [],
  );
  const [was, is] = [settingsOf(before), settingsOf(after)];
  const known = new Set([...was.values()].map(({ step }) => step));
  const moved = [...is].flatMap(([id, { step, settings, isOneOfMany }]) => {
    const old = was.get(id);
    // A table that appeared at the source is no edit of the step that replicates it.
    const isChanged = old === undefined ? !(isOneOfMany && known.has(step)) : old.settings !== settings;
    return isChanged ? [step] : [];
  });
  return [...new Set([...made, ...moved])];
}

interface Settings {
  readonly step: string;
  readonly settings: string;
  readonly isOneOfMany: boolean;
}

/** What steps that read or write say for themselves; of a step that replicates, by table. */
function settingsOf({ tasks }: Plan): ReadonlyMap<string, Settings> {
  const found = new Map<string, Settings>();
  for (const task of tasks) {
    const { sourceStep, destinationStep } = task;
    const reads = task.source.connection !== STEPS;
    const writes = task.destination.connection !== LANDING;
    const isOneOfMany = reads && writes && sourceStep === destinationStep;
    const add = (step: string, settings: readonly unknown[]): void => {
      const id = JSON.stringify(isOneOfMany ? [step, task.id] : [step]);
      const before = found.get(id)?.settings ?? '';
      found.set(id, { step, settings: `${before}${JSON.stringify(settings)}`, isOneOfMany });
    };
    if (reads) add(sourceStep, readSettings(task));
    if (writes) add(destinationStep, writeSettings(task));
  }
  return found;
}

function readSettings({ source, load, contract, quarantine }: LoadTask): readonly unknown[] {
  return [source.connection, source.table.table, source.columnSelection, load, contract, quarantine];
}

function writeSettings({ source, destination }: LoadTask): readonly unknown[] {
  const { connection, table, mode, deletes, key } = destination;
  return [connection, table, mode, deletes, key, source.connection === STEPS ? source.table.table : null];
}
