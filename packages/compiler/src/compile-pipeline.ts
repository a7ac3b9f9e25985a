import { hasErrors, type Diagnostic, type PipelineDocument } from '@millrace/spec';

import { Compilation } from './compilation.ts';
import type { CompileInput } from './compile-input.ts';
import { fingerprint, fingerprintPlan } from './fingerprint/fingerprint.ts';
import { collectDestination, collectReplicate, type CollectedLoads } from './load/collect-loads.ts';
import { planLoad } from './load/plan-load.ts';
import { planModes } from './load/plan-modes.ts';
import { refuseDuplicateTargets, refuseReservedTargets } from './load/refuse-targets.ts';
import type { LoadTask, Plan } from './plan.ts';

export interface CompileResult {
  /** Present when no diagnostic is an error. */
  readonly plan?: Plan;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Turns a document and the schemas of its sources into a plan. Pure; the same input gives the same plan. */
export function compilePipeline(input: CompileInput): CompileResult {
  const compilation = new Compilation(input);
  reportUnsupported(compilation);
  const collected = collectLoads(compilation);
  refuseDuplicateTargets(collected, compilation);
  refuseReservedTargets(collected, compilation);
  const tasks: LoadTask[] = [];
  for (const { settings, tables } of collected) {
    const modes = planModes(settings, compilation);
    if (modes === undefined) continue;
    for (const load of tables) {
      const task = planLoad(load, settings, modes, compilation);
      if (task !== undefined) tasks.push(task);
    }
  }
  const diagnostics = compilation.diagnostics.toSorted(
    (left, right) => left.range.start.offset - right.range.start.offset,
  );
  return hasErrors(diagnostics) ? { diagnostics } : { plan: makePlan(input.document, tasks), diagnostics };
}

function collectLoads(compilation: Compilation): readonly CollectedLoads[] {
  const steps = new Map(Object.entries(compilation.document.steps));
  const collected: CollectedLoads[] = [];
  for (const [name, step] of steps) {
    if ('replicate' in step) {
      const loads = collectReplicate(name, step, compilation);
      if (loads !== undefined) collected.push(loads);
    } else if ('destination' in step) {
      const source = steps.get(step.destination.from);
      // Anything else was refused when the document was parsed.
      if (source === undefined || !('source' in source)) continue;
      const loads = collectDestination(
        { source: step.destination.from, destination: name },
        source,
        step,
        compilation,
      );
      if (loads !== undefined) collected.push(loads);
    }
  }
  return collected;
}

function reportUnsupported(compilation: Compilation): void {
  const { document } = compilation;
  for (const [name, step] of Object.entries(document.steps)) {
    if (!('checks' in step) || step.checks === undefined || step.checks.length === 0) continue;
    const path = ['steps', name, 'checks'];
    compilation.report('checksUnsupported', { step: name }, path, [{ kind: 'removeField', path }], 'key');
  }
  for (const key of ['schedule', 'freshness', 'tests', 'parameters'] as const) {
    if (document[key] !== undefined) compilation.report('notRunYet', { key }, [key], [], 'key');
  }
}

function makePlan(document: PipelineDocument, tasks: readonly LoadTask[]): Plan {
  const { layout: _, ...meaning } = document;
  const documentFingerprint = fingerprint(meaning);
  return Object.freeze({
    version: 1,
    pipeline: document.name,
    documentFingerprint,
    fingerprint: fingerprintPlan(documentFingerprint, tasks),
    tasks: Object.freeze(tasks),
  });
}
