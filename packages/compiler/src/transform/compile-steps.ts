import { stepCheckReferences, stepInputs, type Step } from '@millrace/spec';

import type { CheckPlan } from '../checks/check-plan.ts';
import type { Compilation } from '../compilation.ts';
import type { CompileMemory, KeptNode } from '../compile-memory.ts';
import { compileNode, isTransform } from './compile-node.ts';
import type { CompiledStep, DefinedRelation } from './compiled-step.ts';
import type { StepOrder } from './order-steps.ts';

/** Everything between reading and writing. */
export interface CompiledSteps {
  readonly steps: readonly CompiledStep[];
  readonly relations: ReadonlyMap<string, DefinedRelation>;
  /** What is checked, by the relation whose rows are: a landed table or a step. */
  readonly checks: ReadonlyMap<string, CheckPlan>;
}

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
  const reported = compilation.diagnostics.length;
  const relations = new Map<string, DefinedRelation>();
  const made: (KeptNode | undefined)[] = Array.from({ length: compilation.steps.length });
  const waits = order.waits.slice();
  const { promise: isDone, resolve, reject } = Promise.withResolvers<void>();
  let asking = 0;
  work(order.places.filter((place) => waits[place] === 0));
  await isDone;
  for (const { path } of compilation.diagnostics.slice(reported)) memory.noteReport(String(path[1]));
  const steps: CompiledStep[] = [];
  const checks = new Map<string, CheckPlan>();
  for (const place of order.places) {
    const node = made[place]?.node;
    if (node === undefined) continue;
    for (const step of node.steps) steps.push(step);
    if (node.checks !== undefined) checks.set(node.checks.ref, node.checks.plan);
  }
  return { steps, relations, checks };

  /** Steps that wait for nothing, and those that wait for nothing but them. */
  function work(ready: number[]): void {
    for (const place of ready) {
      const isAsking = begin(place);
      if (!isAsking) release(place, ready);
    }
    if (asking === 0) resolve();
  }

  /** Whether the step is compiled only when questions about it are answered. */
  function begin(place: number): boolean {
    const named = compilation.steps[place];
    if (named === undefined) return false;
    const [name, step] = named;
    const rows = 'source' in step ? landed.get(name) : undefined;
    if ('source' in step && rows === undefined) return false;
    // A step of a template is another one wherever the template is used.
    const isAlone = !compilation.localNames.inputs.has(name);
    const known = isAlone ? memory.node(name, step, rows, relations) : undefined;
    if (known !== undefined) {
      keep(place, known);
      return false;
    }
    if (rows === undefined && !isTransform(step)) return false;
    const refs = inputsOf(step);
    const inputs = refs.map((ref) => relations.get(ref));
    asking += 1;
    compileNode(name, step, rows, relations, compilation)
      .then((node) => {
        if (node !== undefined)
          keep(place, memory.keepNode(name, { step, landed: rows, refs, inputs, node }));
        asking -= 1;
        const ready: number[] = [];
        release(place, ready);
        work(ready);
      })
      .catch(reject);
    return true;
  }

  function keep(place: number, node: KeptNode): void {
    made[place] = node;
    for (const relation of node.relations) relations.set(relation.ref, relation);
  }

  /** Adds to `ready` those that waited for this step alone. */
  function release(place: number, ready: number[]): void {
    for (const reader of order.readers[place] ?? []) {
      const left = (waits[reader] ?? 0) - 1;
      waits[reader] = left;
      if (left === 0) ready.push(reader);
    }
  }
}

function inputsOf(step: Step): readonly string[] {
  const inputs = stepInputs(step).map(({ from }) => from);
  return 'checks' in step ? [...inputs, ...stepCheckReferences(step).map(({ from }) => from)] : inputs;
}
