import { stepCheckReferences, stepInputs, type Step } from '@millrace/spec';

import type { CheckPlan } from '../checks/check-plan.ts';
import type { Compilation } from '../compilation.ts';
import type { CompileMemory } from '../compile-memory.ts';
import { areSame } from '../made-before.ts';
import { compileNode, isTransform } from './compile-node.ts';
import type { CompiledStep, DefinedRelation } from './compiled-step.ts';
import type { CompiledSteps, KeptNode, StepsBefore } from './kept-steps.ts';
import type { StepOrder } from './order-steps.ts';

/**
 * Compiles the steps of a document, each as soon as those that it reads are compiled: what they ask about SQL is answered
 * while others are worked on. `landed` are the source steps that feed them, by name. A step whose inputs are wrong is passed
 * over: they were reported.
 */
export async function compileSteps(
  compilation: Compilation,
  landed: ReadonlyMap<string, DefinedRelation>,
  order: StepOrder,
  memory: CompileMemory,
): Promise<CompiledSteps> {
  const { steps: named, localNames } = compilation;
  const reported = compilation.diagnostics.length;
  const before = memory.stepsBefore(order);
  const nodes = before?.nodes.slice() ?? Array.from<KeptNode | undefined>({ length: named.length });
  const relations = new Map(before?.compiled.relations);
  const touched: number[] = [];
  /** 1 where something else came of a step that this one waits for. */
  const isOutdated = new Uint8Array(named.length);
  const waits = order.waits.slice();
  const { promise: isDone, resolve, reject } = Promise.withResolvers<void>();
  let asking = 0;
  work(order.places.filter((place) => waits[place] === 0));
  await isDone;
  const wrong = new Set(compilation.diagnostics.slice(reported).map(({ path }) => String(path[1])));
  for (const name of wrong) memory.noteReport(name);
  const made = {
    order,
    named,
    nodes,
    isSettled: settled(),
    ...collect(order, nodes, touched, before, relations),
  };
  memory.keepSteps(made);
  return made.compiled;

  /** Steps that wait for nothing, and those that wait for nothing but them. */
  function work(ready: number[]): void {
    for (const place of ready) {
      const isSame =
        before?.isSettled[place] === 1 && before.named[place] === named[place] && isOutdated[place] === 0;
      if (isSame) release(place, ready);
      else if (!begin(place)) finish(place, ready);
    }
    if (asking === 0) resolve();
  }

  /** Whether the step is compiled only when questions about it are answered. */
  function begin(place: number): boolean {
    touched.push(place);
    for (const { ref } of nodes[place]?.relations ?? []) relations.delete(ref);
    nodes[place] = undefined;
    const [name, step] = named[place] ?? NOTHING;
    const rows = step !== undefined && 'source' in step ? landed.get(name) : undefined;
    if (step === undefined || (rows === undefined && !isTransform(step))) return false;
    // A step of a template is another one wherever the template is used.
    const known = localNames.inputs.has(name) ? undefined : memory.node(name, step, rows, relations);
    if (known !== undefined) {
      keep(place, known);
      return false;
    }
    const refs = inputsOf(step);
    const inputs = refs.map((ref) => relations.get(ref));
    asking += 1;
    compileNode(name, step, rows, relations, compilation)
      .then((node) => {
        if (node !== undefined)
          keep(place, memory.keepNode(name, { step, landed: rows, refs, inputs, node }));
        asking -= 1;
        const ready: number[] = [];
        finish(place, ready);
        work(ready);
      })
      .catch(reject);
    return true;
  }

  function keep(place: number, node: KeptNode): void {
    nodes[place] = node;
    for (const relation of node.relations) relations.set(relation.ref, relation);
  }

  function finish(place: number, ready: number[]): void {
    const isOther = !areSame(nodes[place]?.relations ?? [], before?.nodes[place]?.relations ?? []);
    if (isOther) for (const reader of order.readers[place] ?? []) isOutdated[reader] = 1;
    release(place, ready);
  }

  /** Adds to `ready` those that waited for this step alone. */
  function release(place: number, ready: number[]): void {
    for (const reader of order.readers[place] ?? []) {
      const left = (waits[reader] ?? 0) - 1;
      waits[reader] = left;
      if (left === 0) ready.push(reader);
    }
  }

  function settled(): Uint8Array {
    const isSettled = before?.isSettled.slice() ?? new Uint8Array(named.length);
    for (const place of touched) {
      const [name, step] = named[place] ?? NOTHING;
      // What lands for a source is told from outside.
      const isFree = step === undefined || 'source' in step || wrong.has(name) || localNames.inputs.has(name);
      isSettled[place] = isFree || (nodes[place] === undefined && isTransform(step)) ? 0 : 1;
    }
    return isSettled;
  }
}

const NOTHING: readonly [name: string, step: undefined] = ['', undefined];

/** The results of all steps in the order of the document's graph, whichever were made first. */
function collect(
  order: StepOrder,
  nodes: StepsBefore['nodes'],
  touched: readonly number[],
  before: StepsBefore | undefined,
  relations: CompiledSteps['relations'],
): Pick<StepsBefore, 'starts' | 'compiled'> {
  const known = before !== undefined && touched.every((place) => isAlike(nodes[place], before.nodes[place]));
  if (known) {
    const { starts, compiled } = before;
    const steps = compiled.steps.slice();
    for (const place of touched)
      for (const [index, step] of (nodes[place]?.node.steps ?? []).entries())
        steps[(starts[place] ?? 0) + index] = step;
    return { starts, compiled: { ...compiled, steps, relations } };
  }
  const starts = new Int32Array(nodes.length);
  const steps: CompiledStep[] = [];
  const checks = new Map<string, CheckPlan>();
  for (const place of order.places) {
    starts[place] = steps.length;
    const node = nodes[place]?.node;
    if (node === undefined) continue;
    for (const step of node.steps) steps.push(step);
    if (node.checks !== undefined) checks.set(node.checks.ref, node.checks.plan);
  }
  return { starts, compiled: { steps, relations, checks } };
}

/** Whether one can stand where the other stood. */
function isAlike(left: KeptNode | undefined, right: KeptNode | undefined): boolean {
  return left?.node.steps.length === right?.node.steps.length && left?.node.checks === right?.node.checks;
}

function inputsOf(step: Step): readonly string[] {
  const inputs = stepInputs(step).map(({ from }) => from);
  return 'checks' in step ? [...inputs, ...stepCheckReferences(step).map(({ from }) => from)] : inputs;
}
