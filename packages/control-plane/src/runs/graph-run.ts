import { LANDING, STEPS, titleRelation, titleTask, type LoadTask, type Plan } from '@millrace/compiler';
import { formatTableName } from '@millrace/spec';

/** What a run reads, makes and writes, as a graph to be drawn. */
export interface RunGraph {
  readonly nodes: readonly RunGraphNode[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

export interface RunGraphNode {
  readonly id: string;
  /** `table`: a table that is read and written in one go. */
  readonly kind: 'source' | 'step' | 'check' | 'destination' | 'table';
  readonly title: string;
  /** One line of meaning: where it is read from, the verb, how it is written. */
  readonly detail: string;
  /** The steps of the document that it comes from. */
  readonly steps: readonly string[];
  /** The tasks whose state is its state: its own, or those that compute it. */
  readonly tasks: readonly string[];
  /** The task whose rows are its rows; null when they are computed within what reads them. */
  readonly own: string | null;
}

export function graphRun({ tasks, steps }: Pick<Plan, 'tasks' | 'steps'>): RunGraph {
  const nodes: RunGraphNode[] = [];
  const edges: { from: string; to: string }[] = [];
  const ofRelation = (ref: string): string => `relation:${ref}`;
  const keepers = new Map<string, string>();
  const readers = new Map<string, string[]>();
  const addReader = (ref: string, task: string): void => {
    readers.set(ref, [...(readers.get(ref) ?? []), task]);
  };
  for (const task of tasks) {
    const isKept = task.destination.connection === LANDING;
    const { name } = task.source.table.table;
    if (task.source.connection !== STEPS) {
      nodes.push(isKept ? sourceNode(task, ofRelation(task.destination.table.name)) : tableNode(task));
    } else if (isKept) keepers.set(name, task.id);
    else {
      nodes.push(destinationNode(task));
      edges.push({ from: ofRelation(name), to: `task:${task.id}` });
      addReader(name, task.id);
    }
  }
  // From the last step to the first: what computes a step that is not kept is known by then.
  const computedBy = new Map<string, readonly string[]>();
  for (const { ref, inputs } of steps.toReversed()) {
    const keeper = keepers.get(ref);
    const by = keeper === undefined ? [...new Set(readers.get(ref))] : [keeper];
    computedBy.set(ref, by);
    for (const input of inputs) for (const task of by) addReader(input.ref, task);
  }
  for (const { ref, step, verb, inputs, decisions } of steps) {
    nodes.push({
      id: ofRelation(ref),
      kind: verb === null ? 'check' : 'step',
      title: titleRelation(ref),
      detail: verb ?? 'checks',
      steps: [documentStep(step)],
      tasks: computedBy.get(ref) ?? [],
      own: keepers.get(ref) ?? null,
    });
    for (const from of new Set(inputs.map((input) => input.ref)))
      if (from !== decisions) edges.push({ from: ofRelation(from), to: ofRelation(ref) });
  }
  const known = new Set(nodes.map(({ id }) => id));
  return { nodes, edges: edges.filter(({ from, to }) => known.has(from) && known.has(to)) };
}

function sourceNode(task: LoadTask, id: string): RunGraphNode {
  return {
    id,
    kind: 'source',
    title: titleRelation(task.destination.table.name),
    detail: `${task.source.connection}: ${formatTableName(task.source.table.table)}`,
    steps: [task.sourceStep],
    tasks: [task.id],
    own: task.id,
  };
}

function tableNode(task: LoadTask): RunGraphNode {
  return {
    id: `task:${task.id}`,
    kind: 'table',
    title: titleTask(task).table,
    detail: `from ${task.source.connection}: ${formatTableName(task.source.table.table)}`,
    steps: [...new Set([task.sourceStep, task.destinationStep])],
    tasks: [task.id],
    own: task.id,
  };
}

function destinationNode(task: LoadTask): RunGraphNode {
  return {
    id: `task:${task.id}`,
    kind: 'destination',
    title: formatTableName(task.destination.table),
    detail: `${task.destination.mode} in ${task.destination.connection}`,
    steps: [task.destinationStep],
    tasks: [task.id],
    own: task.id,
  };
}

/** A step of a template is called `use/inner`, and the document has the step that uses it. */
function documentStep(step: string): string {
  return step.split('/')[0] ?? step;
}
