import { readDraft, type DraftStep } from '@millrace/spec';

/** What became of a step between two texts of a document. */
export interface StepDifference {
  readonly name: string;
  readonly kind: 'added' | 'removed' | 'changed';
}

/** Steps that say something else; places and comments do not count. */
export function compareSteps(before: string, after: string): readonly StepDifference[] {
  const [old, now] = [before, after].map(
    (text) => new Map(readDraft(text, '').steps.map((step) => [step.name, step])),
  );
  const differences: StepDifference[] = [];
  for (const [name, step] of now ?? []) {
    const was = old?.get(name);
    if (was === undefined) differences.push({ name, kind: 'added' });
    else if (meaning(was) !== meaning(step)) differences.push({ name, kind: 'changed' });
  }
  for (const name of old?.keys() ?? []) if (!now?.has(name)) differences.push({ name, kind: 'removed' });
  return differences;
}

function meaning({ step }: DraftStep): string {
  return JSON.stringify(step);
}
