import { useMemo } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { relationRows, stepRuns, type StepRun } from '../../features/runs/step-runs.ts';
import { useRunProgress } from '../../features/runs/use-run-progress.ts';
import { watchedTasks } from '../../features/runs/watched-tasks.ts';
import { editedSteps } from '../model/edited-steps.ts';
import type { CompiledDraft } from './use-compiled-draft.ts';
import type { DesignerState } from './designer-state.ts';

/** What the last run of the pipeline says of the steps as they are on the canvas. */
export interface LastRun {
  /** Undefined before the first. */
  readonly runId: string | undefined;
  /** By step; without those that were edited since. */
  readonly steps: ReadonlyMap<string, StepRun>;
  /** Rows of relations that are still what they were in it. */
  readonly rows: ReadonlyMap<string, number>;
}

const NOTHING: LastRun = { runId: undefined, steps: new Map(), rows: new Map() };

/** The last run, live while it lasts. */
export function useLastRun(
  { pipeline, draft, savedSteps, graph }: DesignerState,
  { answer }: CompiledDraft,
): LastRun {
  const { data: list } = useOperation('runs/list-runs', { pipeline, limit: 1 }, { keepsPrevious: true });
  const runId = list?.runs[0]?.runId;
  const { data: run } = useOperation(
    'runs/show-run',
    { run: runId ?? '' },
    { isEnabled: runId !== undefined, keepsPrevious: true },
  );
  const progress = useRunProgress(runId ?? '');
  const changed = answer?.changed;
  const edited = useMemo(
    () => editedSteps(graph, draft.steps, savedSteps, changed ?? []),
    [graph, draft.steps, savedSteps, changed],
  );
  return useMemo(() => {
    if (run === undefined) return NOTHING;
    const tasks = new Map(watchedTasks(run.tasks, progress).map((task) => [task.task, task]));
    return {
      runId: run.runId,
      steps: new Map([...stepRuns(run, tasks)].filter(([step]) => !edited.own.has(step))),
      rows: new Map(
        [...relationRows(run, tasks)].filter(([ref]) => !edited.withFollowers.has(ref.split('.')[0] ?? ref)),
      ),
    };
  }, [run, progress, edited]);
}
