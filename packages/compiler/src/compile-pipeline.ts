import {
  compareText,
  formatTableName,
  hasErrors,
  MappedList,
  type Diagnostic,
  type Locate,
  type PipelineDocument,
  type SourceStep,
} from '@millrace/spec';

import type { CheckPlan } from './checks/check-plan.ts';
import { Compilation } from './compilation.ts';
import { CompileMemory } from './compile-memory.ts';
import type { CompileInput } from './compile-input.ts';
import { fingerprintDocument, fingerprintPlan } from './fingerprint/fingerprint.ts';
import { collectDestination, collectReplicate, type CollectedLoads } from './load/collect-loads.ts';
import { expandReplicates } from './load/expand-replicates.ts';
import { planLoad } from './load/plan-load.ts';
import { planModes } from './load/plan-modes.ts';
import { refuseDuplicateTargets, refuseReservedTargets, type TableWrite } from './load/refuse-targets.ts';
import type { MadeBefore } from './made-before.ts';
import type { LoadTask, Plan, PlannedStep } from './plan.ts';
import { compileSteps } from './transform/compile-steps.ts';
import type { DefinedRelation } from './transform/compiled-step.ts';
import type { StepOrder } from './transform/order-steps.ts';
import { UNCHECKED } from './transform/check-step.ts';
import { keepSteps } from './transform/keep-steps.ts';
import { planLanding } from './transform/plan-landing.ts';
import { planKeep, planPublish } from './transform/plan-publish.ts';
import type { Relation } from './transform/transform-verb.ts';
import { expandTemplates } from './verbs/template/expand-templates.ts';

export interface CompileResult {
  /** Present when no diagnostic is an error. */
  readonly plan?: Plan;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** Finds the steps of the plan, those of templates too. */
  readonly locate: Locate;
  /** What was made out although something else is wrong, by what steps call it: `orders`, `routed.large`. */
  readonly relations: ReadonlyMap<string, Relation>;
}

/**
 * Turns a document and the schemas of its sources into a plan. Pure but for its questions to `input.sql`; the same input
 * gives the same plan. What `memory` knows from the document before is not worked out again.
 */
export async function compilePipeline(
  input: CompileInput,
  memory: CompileMemory = new CompileMemory(),
): Promise<CompileResult> {
  const templated = expandTemplates(input);
  const { document, locate, localNames, ...expanded } = expandReplicates(templated, input);
  const compilation = new Compilation({ ...input, document, locate }, localNames);
  memory.begin(input);
  reportUnsupported(compilation);
  const order = memory.order(compilation.steps);
  const feeding = new Map(
    compilation.stepsAt(order.feeding).flatMap(([name, step]) => ('source' in step ? [[name, step]] : [])),
  );
  const collected = collectLoads(compilation, order, feeding);
  const tasks: LoadTask[] = [];
  for (const { settings, tables } of collected) {
    const modes = planModes(settings, compilation);
    if (modes === undefined) continue;
    for (const load of tables) {
      const task = planLoad(load, settings, modes, compilation);
      if (task !== undefined) tasks.push(task);
    }
  }
  const transformed = await compileTransforms(compilation, order, feeding, memory);
  const writes = [...writesOfLoads(collected), ...transformed.writes];
  refuseDuplicateTargets(writes, compilation);
  refuseReservedTargets(writes, compilation);
  const diagnostics = [...expanded.diagnostics, ...compilation.diagnostics.map(expanded.asWritten)].toSorted(
    ({ range: left }, { range: right }) =>
      compareText(left.file, right.file) || left.start.offset - right.start.offset,
  );
  const { relations } = transformed;
  if (hasErrors(diagnostics)) return { diagnostics, locate, relations };
  const { steps } = transformed;
  const work = { steps, tasks: [...tasks, ...transformed.tasks] };
  const { document: meaning } = templated;
  return { plan: makePlan(meaning, input.parameters, work, memory.made), diagnostics, locate, relations };
}

/** Everything of a document that goes through steps: landings, steps, and what they publish. */
async function compileTransforms(
  compilation: Compilation,
  order: StepOrder,
  feeding: ReadonlyMap<string, SourceStep>,
  memory: CompileMemory,
): Promise<{
  readonly steps: readonly PlannedStep[];
  readonly tasks: readonly LoadTask[];
  readonly writes: readonly TableWrite[];
  readonly relations: ReadonlyMap<string, Relation>;
}> {
  const recall = <Result>(
    purpose: string,
    owner: object,
    of: readonly unknown[],
    make: () => Result,
  ): Result => {
    const reported = compilation.diagnostics.length;
    return memory.made.recall(purpose, owner, of, make, () => compilation.diagnostics.length === reported);
  };
  const landings = [...feeding].flatMap(
    ([name, step]) => recall('landing', step, [name], () => planLanding(name, step, compilation)) ?? [],
  );
  const landed = new Map(landings.map(({ relation }) => [relation.ref, relation]));
  const { steps, relations, checks } = await compileSteps(compilation, landed, order, memory);
  const published: LoadTask[] = [];
  const writes: TableWrite[] = [];
  const reads = landings.map(({ task }) => ({
    connection: task.source.connection,
    table: task.source.table.table,
  }));
  for (const [name, step] of compilation.stepsAt(order.writing)) {
    if (!('destination' in step)) continue;
    const relation = relations.get(step.destination.from);
    if (relation === undefined) continue;
    const of = [name, ...formOf(relation), feeding.get(relation.ref)];
    const planned = recall('publish', step, of, () => planPublish(name, step, relation, compilation));
    if (planned === undefined) continue;
    published.push(settle(planned.task, { fingerprint: relation.fingerprint }));
    const path = ['steps', name, 'destination', 'table'];
    const { destination, task } = planned;
    writes.push({ destination, target: task.destination.table, label: `'${name}'`, path, reads });
  }
  const readByLoads = published.map(({ source }) => source.table.table.name);
  const kept = keepSteps(steps, readByLoads, checks, memory.made);
  const keptRefs = memory.made.each('kept ref', kept, ({ ref, keptBecause }) =>
    keptBecause === null ? undefined : ref,
  );
  const keptRelations: DefinedRelation[] = [];
  for (const ref of keptRefs) {
    const relation = ref === undefined ? undefined : relations.get(ref);
    if (relation !== undefined) keptRelations.push(relation);
  }
  const known = memory.made.recall(
    'keeps',
    checks,
    [...landed.keys()],
    () => new MappedList<DefinedRelation, LoadTask>(),
  );
  const keeps = known.map(keptRelations, (relation) => {
    const { ref, fields, fingerprint } = relation;
    const keep = recall('keep', fields, formOf(relation), () => planKeep(relation));
    // Its name is that of the load of its source, whose rows are kept too.
    const id = landed.has(ref) ? `${ref} (checked, kept here)` : keep.id;
    return settle(keep, { fingerprint, id, checks: checks.get(ref) });
  });
  // Where checks set rows aside, the name of the source step is that of the rows that pass.
  const lands = landings.map(({ task, relation: { ref } }) => {
    const unchecked = `${ref}.${UNCHECKED}`;
    const table = checks.has(unchecked) ? unchecked : ref;
    return settle(task, { table, checks: checks.get(table) });
  });
  return { steps: kept, tasks: [...lands, ...keeps, ...published], writes, relations };

  /** A task that was planned for rows of this form, for these rows. */
  function settle(task: LoadTask, { fingerprint, id = task.id, table, checks: plan }: Settled): LoadTask {
    return memory.made.recall('settled', task, [fingerprint, id, table, plan], () => ({
      ...task,
      id,
      ...(fingerprint !== undefined && task.load.kind === 'steps'
        ? { load: { ...task.load, fingerprint } }
        : {}),
      ...(table === undefined ? {} : { destination: { ...task.destination, table: { name: table } } }),
      ...(plan === undefined ? {} : { checks: plan }),
    }));
  }
}

interface Settled {
  readonly fingerprint?: string;
  readonly id?: string;
  /** Its name. */
  readonly table?: string;
  readonly checks?: CheckPlan | undefined;
}

/** All of a relation that a task over it is planned by, but for the identity of its rows. */
function formOf({ ref, fields, key }: Relation): readonly unknown[] {
  return [ref, fields, key];
}

function collectLoads(
  compilation: Compilation,
  order: StepOrder,
  feeding: ReadonlyMap<string, SourceStep>,
): readonly CollectedLoads[] {
  const { steps } = compilation.document;
  const collected: CollectedLoads[] = [];
  for (const [name, step] of compilation.stepsAt(order.writing)) {
    if ('replicate' in step) {
      const loads = collectReplicate(name, step, compilation);
      if (loads !== undefined) collected.push(loads);
    } else if ('destination' in step) {
      const { from } = step.destination;
      const source = Object.hasOwn(steps, from) ? steps[from] : undefined;
      if (source === undefined || !('source' in source) || feeding.has(from)) continue;
      const loads = collectDestination({ source: from, destination: name }, source, step, compilation);
      if (loads !== undefined) collected.push(loads);
    }
  }
  return collected;
}

function reportUnsupported(compilation: Compilation): void {
  const { document } = compilation;
  const key = 'freshness';
  if (document[key] !== undefined) compilation.report('notRunYet', { key }, [key], [], 'key');
}

/** What the loads of steps with tables of their own write. */
function writesOfLoads(collected: readonly CollectedLoads[]): readonly TableWrite[] {
  return collected.flatMap(({ settings, tables }) => {
    const { destination, source, destinationStep, paths } = settings;
    const isReplicated = paths.write.at(-1) === 'replicate';
    const path = [...paths.write, isReplicated ? 'into' : 'table'];
    return tables.map(({ table, target }) => ({
      destination,
      target,
      label: `'${destinationStep}' (${formatTableName(table.table)})`,
      path,
      reads: [{ connection: source.name, table: table.table }],
      ...(isReplicated ? { replicatedBy: destinationStep } : {}),
    }));
  });
}

function makePlan(
  document: PipelineDocument,
  parameters: CompileInput['parameters'],
  work: Pick<Plan, 'tasks' | 'steps'>,
  made: MadeBefore,
): Plan {
  const values = [...(parameters?.values ?? [])].map(([name, { text }]) => [name, text] as const);
  const documentFingerprint = fingerprintDocument(document, values, made);
  return Object.freeze({
    version: 1,
    pipeline: document.name,
    documentFingerprint,
    fingerprint: fingerprintPlan(documentFingerprint, work.tasks, made),
    ...(values.length === 0 ? {} : { parameters: Object.freeze(Object.fromEntries(values)) }),
    tasks: Object.freeze(work.tasks),
    steps: Object.freeze(work.steps),
    ...(document.profile === undefined ? {} : { profile: document.profile }),
  });
}
