import type { DraftStep } from '@millrace/spec';

import { relatives, type StepGraph } from './step-graph.ts';

export interface EditedSteps {
  /** Steps that say something else than when they last ran. */
  readonly own: ReadonlySet<string>;
  /** Those, and what is made of their rows. */
  readonly withFollowers: ReadonlySet<string>;
}

/** Steps that differ from the saved ones, or were `changed` since the last run before they were saved. */
export function editedSteps(
  graph: StepGraph,
  steps: readonly DraftStep[],
  saved: ReadonlyMap<string, DraftStep>,
  changed: readonly string[],
): EditedSteps {
  const own = new Set(changed);
  for (const step of steps) {
    const was = saved.get(step.name);
    // What was not edited is mostly the same object.
    if (was !== step && JSON.stringify(was?.step) !== JSON.stringify(step.step)) own.add(step.name);
  }
  const withFollowers = new Set(own);
  for (const step of own) for (const name of relatives(graph, step).after) withFollowers.add(name);
  return { own, withFollowers };
}
