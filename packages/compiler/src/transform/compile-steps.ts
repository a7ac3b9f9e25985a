import { stepCheckReferences, stepInputs, type Step } from '@millrace/spec';

import type { CheckPlan } from '../checks/check-plan.ts';
import type { Compilation } from '../compilation.ts';
import type { CompileMemory, KeptNode } from '../compile-memory.ts';
import { compileNode } from './compile-node.ts';
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
 * Compiles the steps of a document, each after those that it reads, as many at a time as do not wait for each other.
 * `landed` are the source steps that feed them, by name. A step whose inputs are wrong is passed over: they were reported.
 */
export async function compileSteps(
  compilation: Compilation,
  landed: ReadonlyMap<string, DefinedRelation>,
  order: StepOrder,
  memory: CompileMemory,
): Promise<CompiledSteps> {
  const relations = new Map<string, DefinedRelation>();
  const checks = new Map<string, CheckPlan>();
  const steps: CompiledStep[] = [];
  for (const level of order.levels) {
    const reported = compilation.diagnostics.length;
    const nodes: (KeptNode | undefined)[] = [];
    const waiting: Promise<void>[] = [];
    for (const [name, step] of compilation.stepsAt(level)) {
      const rows = 'source' in step ? landed.get(name) : undefined;
      if ('source' in step && rows === undefined) continue;
      // A step of a template is another one wherever the template is used.
      const isAlone = !compilation.localNames.inputs.has(name);
      const known = isAlone ? memory.node(name, step, rows, relations) : undefined;
      const index = nodes.push(known) - 1;
      if (known !== undefined) continue;
      const refs = inputsOf(step);
      const inputs = refs.map((ref) => relations.get(ref));
      waiting.push(
        compileNode(name, step, rows, relations, compilation).then((node) => {
          if (node !== undefined)
            nodes[index] = memory.keepNode(name, { step, landed: rows, refs, inputs, node });
        }),
      );
    }
    await Promise.all(waiting);
    for (const { path } of compilation.diagnostics.slice(reported)) memory.noteReport(String(path[1]));
    for (const kept of nodes) {
      if (kept === undefined) continue;
      for (const step of kept.node.steps) steps.push(step);
      for (const relation of kept.relations) relations.set(relation.ref, relation);
      const { checks: checked } = kept.node;
      if (checked !== undefined) checks.set(checked.ref, checked.plan);
    }
  }
  return { steps, relations, checks };
}

function inputsOf(step: Step): readonly string[] {
  return [...stepInputs(step), ...stepCheckReferences(step)].map(({ from }) => from);
}
