import {
  parseStepReference,
  stepInputs,
  stepVerb,
  type Field,
  type Step,
  type TransformStep,
  type TransformVerbName,
} from '@millrace/spec';

import type { CheckPlan } from '../checks/check-plan.ts';
import type { Compilation } from '../compilation.ts';
import { fingerprint } from '../fingerprint/fingerprint.ts';
import { MASK_KEY } from '../plan.ts';
import { isSqlProblem } from '../sql/sql-analyser.ts';
import { TRANSFORM_VERBS } from '../verbs/index.ts';
import { StepBuilder } from './build-context.ts';
import { checkedAgainst, checkStep } from './check-step.ts';
import type { CompiledStep, DefinedRelation } from './compiled-step.ts';
import { convertResult, resultColumn, type ResultColumn } from './result-columns.ts';
import type { InputRelation, OutputQuery, TransformVerb } from './transform-verb.ts';

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
): Promise<CompiledSteps> {
  const relations = new Map<string, DefinedRelation>();
  const checks = new Map<string, CheckPlan>();
  const steps: CompiledStep[] = [];
  const add = (step: CompiledStep): void => {
    steps.push(step);
    relations.set(step.ref, relationOf(step));
  };
  for (const level of levels(compilation, landed)) {
    const compiled = await Promise.all(
      level.map(async ([name, step]) => compileNode(name, step, landed.get(name), relations, compilation)),
    );
    for (const node of compiled) {
      if (node === undefined) continue;
      if (node.landed !== undefined) relations.set(node.landed.ref, node.landed);
      for (const step of node.steps) add(step);
      if (node.checks !== undefined) checks.set(node.checks.ref, node.checks.plan);
    }
  }
  return { steps, relations, checks };
}

interface CompiledNode {
  readonly landed?: DefinedRelation;
  readonly steps: readonly CompiledStep[];
  readonly checks?: { readonly ref: string; readonly plan: CheckPlan };
}

const MASK_KEY_FIELDS: readonly Field[] = ['inner_key', 'outer_key'].map((name) => ({
  name,
  type: { kind: 'string' },
  nullable: false,
}));

/** A source step or a transform step, with its checks. */
async function compileNode(
  name: string,
  step: Step,
  landed: DefinedRelation | undefined,
  relations: ReadonlyMap<string, DefinedRelation>,
  compilation: Compilation,
): Promise<CompiledNode | undefined> {
  const made = isTransform(step) ? await compileStep(name, step, relations, compilation) : [];
  const own = made?.find(({ ref }) => ref === name);
  const rows = landed ?? (own && relationOf(own));
  if (made === undefined || rows === undefined) return made && { steps: made };
  const known = new Map(relations);
  for (const one of made) known.set(one.ref, relationOf(one));
  const checked = await checkStep(name, step, rows, known, compilation);
  if (checked === undefined) return { ...(landed && { landed }), steps: made };
  const { plan, checked: ref } = checked;
  return {
    ...(landed && { landed: { ...landed, ref } }),
    steps: [...made.map((one) => (one === own ? { ...one, ref } : one)), ...checked.steps],
    checks: { ref, plan },
  };
}

function relationOf({ ref, columns, key, order, fingerprint: identity }: CompiledStep): DefinedRelation {
  return {
    ref,
    fields: columns.map(({ field }) => field),
    key,
    fingerprint: identity,
    ...(order === undefined ? {} : { order }),
  };
}

async function compileStep(
  name: string,
  step: TransformStep,
  relations: ReadonlyMap<string, DefinedRelation>,
  compilation: Compilation,
): Promise<readonly CompiledStep[] | undefined> {
  const verb = stepVerb(step).name;
  const refs = stepInputs(step).map(({ from }) => from);
  const inputs = nameInputs(refs, compilation.localNames.inputs.get(name) ?? refs, relations);
  if (inputs === undefined || !isTransformVerb(verb)) return undefined;
  const builder = new StepBuilder(compilation, name, verb, inputs);
  const { build }: { readonly build: TransformVerb<never>['build'] } = TRANSFORM_VERBS[verb];
  const queries = await build(step, builder);
  if (queries === undefined) return undefined;
  const known = new Map(relations);
  const compiled: CompiledStep[] = [];
  for (const query of queries) {
    const ref = query.output === undefined ? name : `${name}.${query.output}`;
    const columns = await describeOutput(query, known, builder);
    if (columns === undefined) return undefined;
    const sql = query.code === undefined ? convertResult(query.sql, columns) : query.sql;
    const planned = query.columns.map((column, index) => {
      const described = columns[index];
      if (described?.name !== column.name)
        throw new RangeError(`The query of ${ref} gives ${described?.name ?? 'nothing'} for ${column.name}.`);
      const field: Field = { name: column.name, type: described.type, nullable: column.nullable };
      return { ...column, field };
    });
    const code = query.code?.run;
    const step: CompiledStep = {
      ref,
      step: name,
      verb,
      inputs: query.inputs,
      sql,
      columns: planned,
      uses: query.uses,
      key: query.key,
      incrementality: query.incrementality,
      fingerprint: fingerprint([
        sql,
        query.key,
        query.inputs.map((input) => [input.alias, known.get(input.ref)?.fingerprint]),
        planned.map(({ field }) => [field.name, field.type, field.nullable]),
        ...(query.maskKey === undefined ? [] : [query.maskKey]),
        ...(code === undefined ? [] : [code.source, code.mode, code.reads, code.returns, code.isOnePerRow]),
      ]),
      ...(code === undefined ? {} : { code }),
      ...(query.maskKey === undefined ? {} : { maskKey: query.maskKey }),
      ...(query.reveals === undefined ? {} : { reveals: query.reveals }),
      ...(query.order === undefined ? {} : { order: query.order }),
      ...(query.notes === undefined ? {} : { notes: query.notes }),
    };
    compiled.push(step);
    known.set(ref, relationOf(step));
  }
  return compiled;
}

async function describeOutput(
  query: OutputQuery,
  relations: ReadonlyMap<string, DefinedRelation>,
  builder: StepBuilder,
): Promise<readonly ResultColumn[] | undefined> {
  if (query.code !== undefined) return query.code.fields;
  const described = await builder.sql.describe({
    relations: [
      ...query.inputs.map(({ alias, ref }) => ({ name: alias, fields: relations.get(ref)?.fields ?? [] })),
      ...(query.maskKey === undefined ? [] : [{ name: MASK_KEY, fields: MASK_KEY_FIELDS }]),
    ],
    sql: query.sql,
  });
  if (isSqlProblem(described)) {
    builder.reportProblem({ ...described, offset: null, length: 0 }, query.sql, []);
    return undefined;
  }
  const columns: ResultColumn[] = [];
  for (const column of described) {
    const result = resultColumn(column);
    if (result !== undefined) columns.push(result);
    else {
      builder.report('typeNotHeld', { step: builder.step, column: column.name, type: column.nativeType }, []);
      return undefined;
    }
  }
  return columns;
}

function nameInputs(
  refs: readonly string[],
  names: readonly string[],
  relations: ReadonlyMap<string, DefinedRelation>,
): readonly InputRelation[] | undefined {
  const taken = new Set<string>();
  const inputs: InputRelation[] = [];
  for (const [index, ref] of refs.entries()) {
    const relation = relations.get(ref);
    if (relation === undefined) return undefined;
    const name = names[index] ?? ref;
    let alias = name;
    for (let count = 2; taken.has(alias.toLowerCase()); count++) alias = `${name}_${count}`;
    taken.add(alias.toLowerCase());
    inputs.push({ ...relation, alias });
  }
  return inputs;
}

function isTransformVerb(name: string): name is TransformVerbName {
  return Object.hasOwn(TRANSFORM_VERBS, name);
}

function isTransform(step: Step): step is TransformStep {
  return stepVerb(step).kind === 'transform';
}

/** The steps, those that wait for nothing of the rest first. The graph has no circles. */
function* levels(
  { document }: Compilation,
  landed: ReadonlyMap<string, DefinedRelation>,
): Generator<readonly (readonly [string, Step])[]> {
  const waiting = new Map<string, { readonly step: Step; open: number }>();
  const readers = new Map<string, string[]>();
  const steps = Object.entries(document.steps).filter(
    ([name, step]) => isTransform(step) || landed.has(name),
  );
  const names = new Set(steps.map(([name]) => name));
  for (const [name, step] of steps) {
    const inputs = stepInputs(step).map(({ from }) => parseStepReference(from).step);
    const before = new Set([...inputs, ...checkedAgainst(step)]);
    before.delete(name);
    const open = [...before].filter((other) => names.has(other));
    waiting.set(name, { step, open: open.length });
    for (const other of open) readers.set(other, [...(readers.get(other) ?? []), name]);
  }
  let level: readonly (readonly [string, Step])[] = steps.filter(([name]) => waiting.get(name)?.open === 0);
  while (level.length > 0) {
    yield level;
    const next: (readonly [string, Step])[] = [];
    for (const [name] of level) {
      for (const reader of readers.get(name) ?? []) {
        const entry = waiting.get(reader);
        if (entry === undefined) continue;
        entry.open -= 1;
        if (entry.open === 0) next.push([reader, entry.step]);
      }
    }
    level = next;
  }
}
