import type { OperationOutput, RunGraphNode } from '@millrace/control-plane';

type Task = OperationOutput<'runs/show-run'>['tasks'][number];
export type TaskState = Task['state'];

/** From what wants a look to what is done: a node of several tasks shows the first that one of them has. */
const ORDER: readonly TaskState[] = [
  'failed',
  'retrying',
  'running',
  'cancelled',
  'paused',
  'waiting',
  'published',
  'unchanged',
];

/** A step that several tables share is not what failed when only one of them did. */
const SHARED_ORDER: readonly TaskState[] = [
  'running',
  'retrying',
  'published',
  'unchanged',
  'waiting',
  'paused',
  'failed',
  'cancelled',
];

export interface NodeState {
  readonly state: TaskState;
  readonly rows: number;
  readonly estimatedRows: number | null;
}

/** Where a node of a run's graph stands, by the tasks that make its rows. */
export function nodeState(node: RunGraphNode, tasks: ReadonlyMap<string, Task>): NodeState {
  const own = node.tasks.flatMap((id) => tasks.get(id) ?? []);
  const order = own.length > 1 ? SHARED_ORDER : ORDER;
  const state = order.find((each) => own.some((task) => task.state === each)) ?? 'waiting';
  const [only] = own.length === 1 ? own : [];
  return { state, rows: only?.rows ?? 0, estimatedRows: only?.estimatedRows ?? null };
}
