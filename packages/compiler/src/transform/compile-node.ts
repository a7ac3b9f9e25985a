import {
  stepInputs,
  stepVerb,
  type DocumentPath,
  type Field,
  type Step,
  type TransformStep,
  type TransformVerbName,
} from '@millrace/spec';

import type { Compilation } from '../compilation.ts';
import { MASK_KEY } from '../plan.ts';
import { isSqlProblem } from '../sql/sql-analyser.ts';
import { TRANSFORM_VERBS } from '../verbs/index.ts';
import { StepBuilder } from './build-context.ts';
import { checkStep, hasChecks } from './check-step.ts';
import type { CompiledNode, CompiledStep, DefinedRelation, Relations } from './compiled-step.ts';
import { convertResult, resultColumn } from './result-columns.ts';
import { digestDefinition, fingerprintStep } from './step-identity.ts';
import type { InputRelation, OutputQuery, ResultColumn, TransformVerb } from './transform-verb.ts';

const MASK_KEY_FIELDS: readonly Field[] = ['inner_key', 'outer_key'].map((name) => ({
  name,
  type: { kind: 'string' },
  nullable: false,
}));

/** Compiles a step with its checks; undefined when something is wrong with it, which was reported. */
export async function compileNode(
  name: string,
  step: Step,
  landed: DefinedRelation | undefined,
  relations: Relations,
  compilation: Compilation,
): Promise<CompiledNode | undefined> {
  const made = isTransform(step)
    ? await compileStep(name, step, relations, compilation)
    : { steps: [], definitions: [] };
  if (made === undefined) return undefined;
  if (!hasChecks(step)) return landed === undefined ? made : { landed, ...made };
  const own = made.steps.find(({ ref }) => ref === name);
  const rows = landed ?? (own && relationOf(own));
  if (rows === undefined) return made;
  const known = new RelationScope(relations);
  for (const one of made.steps) known.add(relationOf(one));
  const checked = await checkStep(name, step, rows, known, compilation);
  if (checked === undefined) return { ...(landed && { landed }), ...made };
  const { plan, checked: ref } = checked;
  return {
    ...(landed && { landed: { ...landed, ref } }),
    steps: [...made.steps.map((one) => (one === own ? { ...one, ref } : one)), ...checked.steps],
    definitions: [],
    checks: { ref, plan },
  };
}

export function relationOf({ ref, columns, key, order, fingerprint }: CompiledStep): DefinedRelation {
  return {
    ref,
    fields: columns.map(({ field }) => field),
    key,
    fingerprint,
    ...(order === undefined ? {} : { order }),
  };
}

export function isTransform(step: Step): step is TransformStep {
  return stepVerb(step).kind === 'transform';
}

/** Relations, and those that one step adds to them for itself. */
class RelationScope implements Relations {
  readonly #outer: Relations;
  readonly #own: DefinedRelation[] = [];

  constructor(outer: Relations) {
    this.#outer = outer;
  }

  add(relation: DefinedRelation): void {
    this.#own.push(relation);
  }

  get(ref: string): DefinedRelation | undefined {
    return this.#own.findLast((relation) => relation.ref === ref) ?? this.#outer.get(ref);
  }
}

async function compileStep(
  name: string,
  step: TransformStep,
  relations: Relations,
  compilation: Compilation,
): Promise<Pick<CompiledNode, 'steps' | 'definitions'> | undefined> {
  const verb = stepVerb(step).name;
  const refs = stepInputs(step).map(({ from }) => from);
  const inputs = nameInputs(refs, compilation.localNames.inputs.get(name) ?? refs, relations);
  if (inputs === undefined || !isTransformVerb(verb)) return undefined;
  const builder = new StepBuilder(compilation, name, verb, inputs);
  const { build }: { readonly build: TransformVerb<never>['build'] } = TRANSFORM_VERBS[verb];
  const queries = await build(step, builder);
  if (queries === undefined) return undefined;
  const known = new RelationScope(relations);
  const steps: CompiledStep[] = [];
  const definitions: string[] = [];
  for (const query of queries) {
    const ref = query.output === undefined ? name : `${name}.${query.output}`;
    const columns =
      query.code?.fields ??
      query.result ??
      (await describeOutput(query, known, builder, settingsOf(step, verb)));
    if (columns === undefined) return undefined;
    const planned = query.columns.map((column, index) => {
      const described = columns[index];
      if (described?.name !== column.name)
        throw new RangeError(`The query of ${ref} gives ${described?.name ?? 'nothing'} for ${column.name}.`);
      if ('field' in column && column.field === described && isField(described, column.nullable))
        return column;
      const { name, nullable, from } = column;
      const field = isField(described, nullable) ? described : { name, type: described.type, nullable };
      return { name, from, nullable, field };
    });
    const { inputs: read, key, maskKey } = query;
    const code = query.code?.run;
    const sql = query.code === undefined ? convertResult(query.sql, columns) : query.sql;
    const definition = digestDefinition({ sql, key, inputs: read, columns: planned, maskKey, code });
    const compiled: CompiledStep = {
      ref,
      step: name,
      verb,
      inputs: read,
      sql,
      columns: planned,
      uses: query.uses,
      key,
      incrementality: query.incrementality,
      ...(query.rows === undefined ? {} : { rows: query.rows }),
      ...(code === undefined ? {} : { code }),
      ...(maskKey === undefined ? {} : { maskKey }),
      ...(query.reveals === undefined ? {} : { reveals: query.reveals }),
      ...(query.order === undefined ? {} : { order: query.order }),
      ...(query.notes === undefined ? {} : { notes: query.notes }),
      keptBecause: null,
      fingerprint: fingerprintStep(definition, read, (input) => known.get(input)?.fingerprint),
    };
    definitions.push(definition);
    steps.push(compiled);
    if (queries.length > 1) known.add(relationOf(compiled));
  }
  return { steps, definitions };
}

/** Columns that are handed on as they are stay the same objects: large pipelines have hundreds of thousands. */
function isField(column: ResultColumn | Field, nullable: boolean): column is Field {
  return 'nullable' in column && column.nullable === nullable;
}

/** The columns of a query of which they are not known yet; undefined when something is wrong with it, which is reported. */
async function describeOutput(
  query: OutputQuery,
  relations: Relations,
  builder: StepBuilder,
  settings: unknown,
): Promise<readonly ResultColumn[] | undefined> {
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
      const { name, nativeType } = column;
      const at = placeOf(name, settings);
      builder.report('typeNotHeld', { step: builder.step, column: name, type: nativeType }, at);
      return undefined;
    }
  }
  return columns;
}

function settingsOf(step: TransformStep, verb: string): unknown {
  return Object.entries(step).find(([key]) => key === verb)?.[1];
}

/** Where the settings of a step make a column: in a map of them by name; the whole step where there is none. */
function placeOf(column: string, settings: unknown): DocumentPath {
  if (typeof settings !== 'object' || settings === null) return [];
  for (const [key, value] of Object.entries(settings))
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, column)) return [key, column];
  return [];
}

function nameInputs(
  refs: readonly string[],
  names: readonly string[],
  relations: Relations,
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
