import { nearestNames, widenLogicalType, type Field } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteText } from '@millrace/sql';

import type { StepColumn } from '../../plan.ts';
import { isSameName, quote } from '../../transform/columns.ts';
import {
  defineTransformVerb,
  type BuildContext,
  type InputRelation,
  type ResultColumn,
} from '../../transform/transform-verb.ts';

export const union = defineTransformVerb({
  name: 'union',
  async build({ union: { columns: mode = 'same', label } }, context) {
    const { inputs } = context;
    const names = unionNames(inputs, mode);
    if (mode === 'same' && !haveSameColumns(inputs, names, context)) return undefined;
    if (names.length === 0) {
      context.report('stepColumnsEmpty', { step: context.step, key: 'columns' }, ['columns']);
      return undefined;
    }
    if (label !== undefined && names.some((name) => isSameName(name, label))) {
      context.report('columnTwice', { step: context.step, column: label }, ['label']);
      return undefined;
    }
    const columns: StepColumn[] = [];
    const casts = new Map<string, string>();
    const result: ResultColumn[] = [];
    for (const name of names) {
      const found = inputs.map((input) => fieldOf(input, name));
      const type = commonType(found.flatMap((field) => (field === undefined ? [] : [field])));
      if (type === undefined) {
        const types = inputs.flatMap((input, index) => {
          const field = found[index];
          return field === undefined ? [] : [`${input.ref}: ${duckdbType(field.type)}`];
        });
        context.report('typesDiffer', { step: context.step, column: name, types }, ['from']);
        return undefined;
      }
      casts.set(name, duckdbType(type));
      result.push({ name, type });
      columns.push({
        name,
        from: inputs.flatMap((input, index) => {
          const field = found[index];
          return field === undefined ? [] : [{ ref: input.ref, column: field.name, how: 'copied' as const }];
        }),
        nullable: found.some((field) => field === undefined || field.nullable),
      });
    }
    const parts = inputs.map((input) => {
      const list = names.map((name) => {
        const field = fieldOf(input, name);
        return `CAST(${field === undefined ? 'NULL' : quote(field.name)} AS ${casts.get(name)}) AS ${quote(name)}`;
      });
      if (label !== undefined) list.push(`${quoteText(duckdbDialect, input.ref)} AS ${quote(label)}`);
      return `SELECT ${list.join(', ')} FROM ${quote(input.alias)}`;
    });
    if (label !== undefined) {
      columns.push({ name: label, from: [], nullable: false });
      result.push({ name: label, type: { kind: 'string' } });
    }
    return [
      {
        inputs: inputs.map(({ alias, ref }) => ({ alias, ref })),
        sql: parts.join(' UNION ALL '),
        columns,
        result,
        uses: [],
        key: label === undefined ? [] : labelledKey(inputs, names, label),
        rows: { keeps: 'each', of: inputs.map(({ alias }) => alias) },
        incrementality: { kind: 'rowwise' },
      },
    ];
  },
});

function fieldOf(input: InputRelation, name: string): Field | undefined {
  return input.fields.find((field) => isSameName(field.name, name));
}

function unionNames(inputs: readonly InputRelation[], mode: 'same' | 'all' | 'common'): readonly string[] {
  const names = new Map<string, string>();
  for (const { fields } of inputs) {
    for (const { name } of fields) if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  }
  const all = [...names.values()];
  return mode === 'common' ? all.filter((name) => inputs.every((input) => fieldOf(input, name))) : all;
}

function haveSameColumns(
  inputs: readonly InputRelation[],
  names: readonly string[],
  context: BuildContext,
): boolean {
  let isSame = true;
  inputs.forEach((input, index) => {
    const missing = names.filter((name) => fieldOf(input, name) === undefined);
    if (missing.length === 0) return;
    isSame = false;
    const nearest = missing.flatMap((name) =>
      nearestNames(
        name,
        input.fields.map((field) => field.name),
      ),
    );
    const fixes = [{ kind: 'setField', path: context.at(['columns']), value: 'all' } as const];
    context.report(
      'unionLacks',
      { step: context.step, input: input.ref, missing, nearest },
      ['from', index],
      fixes,
    );
  });
  return isSame;
}

/** The smallest type that keeps all values. */
function commonType(fields: readonly Field[]): Field['type'] | undefined {
  return fields
    .map(({ type }) => type)
    .reduce<Field['type'] | undefined>(
      (common, type) => common && widenLogicalType(common, type),
      fields[0]?.type,
    );
}

/** Steps with the same key keep it together with the label. */
function labelledKey(
  inputs: readonly InputRelation[],
  names: readonly string[],
  label: string,
): readonly string[] {
  const refs = new Set(inputs.map(({ ref }) => ref));
  const [first] = inputs;
  if (first === undefined || first.key.length === 0 || refs.size < inputs.length) return [];
  const key = first.key.map((column) => column.toLowerCase()).toSorted();
  const isShared = inputs.every(
    (input) =>
      JSON.stringify(input.key.map((column) => column.toLowerCase()).toSorted()) === JSON.stringify(key),
  );
  if (!isShared) return [];
  return [label, ...names.filter((name) => key.includes(name.toLowerCase()))];
}
