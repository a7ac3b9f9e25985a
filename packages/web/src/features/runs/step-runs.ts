import type { OperationOutput, RunGraphNode } from '@millrace/control-plane';
import { parseStepReference } from '@millrace/spec';

import { nodeState, worstState, type TaskState } from './node-state.ts';
import { countedRows } from './step-counts.ts';
import type { WatchedTask } from './watched-tasks.ts';

type ShownRun = Pick<OperationOutput<'runs/show-run'>, 'graph' | 'finishedAt'>;

/** Where a step of the document stands in a run. */
export interface StepRun {
  readonly state: TaskState;
  /** Rows that it read, made or wrote; null where they are computed within what reads them, and nobody counted them. */
  readonly rows: number | null;
  readonly rowsPerSecond: number | null;
  /** How far it is, from 0 to 1, while it runs; null where nobody can tell. */
  readonly share: number | null;
}

/** The steps of a run by name. What a run that is over left alone is not among them. */
export function stepRuns(
  { graph, finishedAt }: ShownRun,
  tasks: ReadonlyMap<string, WatchedTask>,
): ReadonlyMap<string, StepRun> {
  const parts = new Map<string, RunGraphNode[]>();
  for (const node of graph.nodes)
    for (const step of node.steps) {
      const known = parts.get(step);
      if (known === undefined) parts.set(step, [node]);
      else known.push(node);
    }
  const runs = new Map<string, StepRun>();
  const rows = countedRows(tasks.values());
  for (const [step, nodes] of parts) {
    const states = nodes
      .map((node) => nodeState(node, tasks).state)
      .filter((state) => state !== 'waiting' || finishedAt === null);
    if (states.length > 0)
      runs.set(step, { state: worstState(states), ...measure(step, nodes, tasks, rows) });
  }
  return runs;
}

/** Rows by what steps call them: `orders`, `routed.large`; of those that the run counted. */
export function relationRows(
  { graph }: ShownRun,
  tasks: ReadonlyMap<string, WatchedTask>,
): ReadonlyMap<string, number> {
  return new Map([
    ...countedRows(tasks.values()),
    ...graph.nodes.flatMap(({ id, own }) => {
      const task = own === null ? undefined : tasks.get(own);
      const ref = relationOf(id);
      return task === undefined || ref === undefined || !isCounted(task) ? [] : [[ref, task.rows] as const];
    }),
  ]);
}

function measure(
  step: string,
  nodes: readonly RunGraphNode[],
  tasks: ReadonlyMap<string, WatchedTask>,
  rows: ReadonlyMap<string, number>,
): Omit<StepRun, 'state'> {
  const handedOn = nodes.filter(({ id }) => !isInner(step, id));
  const kept = handedOn.flatMap(({ own }) => (own === null ? [] : (tasks.get(own) ?? [])));
  const begun = kept.filter(isCounted);
  const [only] = kept.length === 1 ? kept : [];
  const counted = handedOn.map(({ id }) => rows.get(relationOf(id) ?? ''));
  const running = begun.filter(({ state }) => state === 'running');
  const rates = (running.length > 0 ? running : only === undefined ? [] : [only]).flatMap(
    ({ rowsPerSecond }) => rowsPerSecond ?? [],
  );
  const isKnown = only?.state === 'running' && only.estimatedRows !== null && only.estimatedRows > 0;
  return {
    rows: begun.length > 0 ? sum(begun.map((task) => task.rows)) : sumOfAll(counted),
    rowsPerSecond: rates.length === 0 ? null : sum(rates),
    share: isKnown ? Math.min(0.98, only.rows / (only.estimatedRows ?? 1)) : null,
  };
}

function isCounted({ state }: WatchedTask): boolean {
  return state === 'running' || state === 'published' || state === 'unchanged';
}

/** Rows around the checks of a step, or inside of a template, are no rows that the step hands on. */
function isInner(step: string, id: string): boolean {
  const ref = relationOf(id);
  if (ref === undefined) return false;
  const { step: of, output } = parseStepReference(ref);
  return of !== step || output?.startsWith('~') === true;
}

function relationOf(id: string): string | undefined {
  return id.startsWith('relation:') ? id.slice('relation:'.length) : undefined;
}

function sumOfAll(numbers: readonly (number | undefined)[]): number | null {
  const known = numbers.filter((each) => each !== undefined);
  return known.length === 0 || known.length < numbers.length ? null : sum(known);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
