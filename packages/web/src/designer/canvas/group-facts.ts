import type { StepGroup } from '@millrace/spec';

import { worstState } from '../../features/runs/node-state.ts';
import type { StepRun } from '../../features/runs/step-runs.ts';
import type { CompiledDraft } from '../state/use-compiled-draft.ts';
import type { LastRun } from '../state/use-last-run.ts';

export interface GroupFacts {
  readonly errors: number;
  readonly warnings: number;
  /** The first step that has what counts most; where a click on the problems leads. */
  readonly worst: string | undefined;
  /** Of its steps, the state that wants a look most; undefined when the last run says nothing of any. */
  readonly run: StepRun | undefined;
}

/** What is to be told of the steps of a group together. */
export function groupFacts({ steps }: StepGroup, { byStep }: CompiledDraft, lastRun: LastRun): GroupFacts {
  const problems = steps.flatMap((step) =>
    (byStep.get(step) ?? []).map(({ severity }) => ({ step, isError: severity === 'error' })),
  );
  const errors = problems.filter(({ isError }) => isError);
  const states = steps.flatMap((step) => lastRun.steps.get(step)?.state ?? []);
  return {
    errors: errors.length,
    warnings: problems.length - errors.length,
    worst: (errors[0] ?? problems[0])?.step,
    run:
      states.length === 0
        ? undefined
        : { state: worstState(states), rows: null, rowsPerSecond: null, share: null },
  };
}
