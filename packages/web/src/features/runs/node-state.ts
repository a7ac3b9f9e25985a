import type { RunGraphNode } from '@millrace/control-plane';

import type { WatchedTask } from './watched-tasks.ts';

export type TaskState = WatchedTask['state'];

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
export function nodeState(
  node: Pick<RunGraphNode, 'tasks'>,
  tasks: ReadonlyMap<string, WatchedTask>,
): NodeState {
  const own = node.tasks.flatMap((id) => tasks.get(id) ?? []);
  const states = own.map(({ state }) => state);
  const [only] = own.length === 1 ? own : [];
  return {
    state: firstOf(own.length > 1 ? SHARED_ORDER : ORDER, states),
    rows: only?.rows ?? 0,
    estimatedRows: only?.estimatedRows ?? null,
  };
}

/** Of several parts, the state that wants a look most. */
export function worstState(states: readonly TaskState[]): TaskState {
  return firstOf(ORDER, states);
}

function firstOf(order: readonly TaskState[], states: readonly TaskState[]): TaskState {
  return order.find((each) => states.includes(each)) ?? 'waiting';
}
