import { stepCheckReferences, stepInputs, type Step } from '@millrace/spec';

import type { CheckPlan } from '../checks/check-plan.ts';
import type { Compilation } from '../compilation.ts';
import type { CompileMemory } from '../compile-memory.ts';
import { compileNode, isTransform, relationOf } from './compile-node.ts';
import type { CompiledNode, CompiledStep, DefinedRelation } from './compiled-step.ts';
import { orderSteps } from './order-steps.ts';

/** Everything between reading and writing. */
export interface CompiledSteps {
  readonly steps: readonly CompiledStep[];
  readonly relations: ReadonlyMap<string, DefinedRelation>;
  /** What is checked, by the relation whose rows are: a landed table or a step. */
  readonly checks: ReadonlyMap<string, CheckPlan>;
}

/**
 * Compiles the steps of a document, each after those that it reads, as many at a time as do not wait for each other.
 * `landed` are the source steps that feed them, by name. A step whose inputs are wrong is passed over: they were reported.
 */
export async function compileSteps(
  compilation: Compilation,
  landed: ReadonlyMap<string, DefinedRelation>,
  memory: CompileMemory,
): Promise<CompiledSteps> {
  const relations = new Map<string, DefinedRelation>();
  const checks = new Map<string, CheckPlan>();
  const steps: CompiledStep[] = [];
  const add = (node: CompiledNode): void => {
    if (node.landed !== undefined) relations.set(node.landed.ref, memory.relation(node.landed));
    for (const step of node.steps) {
      steps.push(step);
      relations.set(step.ref, memory.relation(relationOf(step)));
    }
    if (node.checks !== undefined) checks.set(node.checks.ref, node.checks.plan);
  };
  const nodes = compilation.steps.filter(([name, step]) => isTransform(step) || landed.has(name));
  for (const level of orderSteps(nodes)) {
    const reported = compilation.diagnostics.length;
    const made: (CompiledNode | undefined)[] = [];
    const waiting: Promise<void>[] = [];
    for (const [index, [name, step]] of level.entries()) {
      const rows = landed.get(name);
      // A step of a template is another one wherever the template is used.
      if (!compilation.localNames.inputs.has(name)) made[index] = memory.node(name, step, rows, relations);
      if (made[index] !== undefined) continue;
      const refs = inputsOf(step);
      const inputs = refs.map((ref) => relations.get(ref));
      waiting.push(
        compileNode(name, step, rows, relations, compilation).then((node) => {
          made[index] = node;
          if (node !== undefined) memory.keepNode(name, { step, landed: rows, refs, inputs, node });
        }),
      );
    }
    await Promise.all(waiting);
    for (const { path } of compilation.diagnostics.slice(reported)) memory.forgetNode(String(path[1]));
    for (const node of made) if (node !== undefined) add(node);
  }
  return { steps, relations, checks };
}

function inputsOf(step: Step): readonly string[] {
  return [...stepInputs(step), ...stepCheckReferences(step)].map(({ from }) => from);
}
