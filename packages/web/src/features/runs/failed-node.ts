import type { OperationOutput, RunGraphNode } from '@millrace/control-plane';

type ShownRun = Pick<OperationOutput<'runs/show-run'>, 'graph' | 'tasks'>;
type Task = ShownRun['tasks'][number];

/** Tables that failed for themselves: they say more than those that were left because of them. */
export function failedTasks({ tasks }: Pick<ShownRun, 'tasks'>): readonly Task[] {
  return tasks.filter(({ error }) => error !== null && error.code !== 'upstreamFailed');
}

/** The part of a run's graph where it failed first: the one whose own rows these were, or else that is computed for them. */
export function failedNode(run: ShownRun): RunGraphNode | undefined {
  const [first] = failedTasks(run);
  if (first === undefined) return undefined;
  const { nodes } = run.graph;
  return nodes.find(({ own }) => own === first.task) ?? nodes.find(({ tasks }) => tasks.includes(first.task));
}
