import { isSameLogicalType, parseLogicalType, type Field, type LogicalType } from '@millrace/spec';
import { duckdbType } from '@millrace/sql';

import { copyColumn, duplicateNames, isSameName, keptKey, quote } from '../../transform/columns.ts';
import { matchingFields } from '../../transform/input-columns.ts';
import {
  defineTransformVerb,
  type BuildContext,
  type InputRelation,
  type ResultColumn,
} from '../../transform/transform-verb.ts';

export const select = defineTransformVerb({
  name: 'select',
  async build({ select: settings }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const kept = keptFields(settings, input, context);
    const names = renamed(settings.rename ?? {}, input, context);
    const types = casts(settings.cast ?? {}, input, context);
    if (kept === undefined || names === undefined || types === undefined) return undefined;
    const columns = kept.map((field) => {
      const name = names.get(field.name) ?? field.name;
      const type = types.get(field.name);
      const isCast = type !== undefined && !isSameLogicalType(type, field.type);
      const from = quote(field.name);
      const value = isCast ? `CAST(${from} AS ${duckdbType(type)})` : from;
      const copied = copyColumn(input, field, name);
      return {
        sql: value === quote(name) ? value : `${value} AS ${quote(name)}`,
        // Whether a conversion is possible at all is DuckDB's to say.
        result: isCast ? undefined : copied.field,
        column: isCast
          ? { ...copied, from: [{ ref: input.ref, column: field.name, how: 'transformed' as const }] }
          : copied,
      };
    });
    const ordered = inOrder(columns, settings.order ?? [], context);
    if (ordered === undefined) return undefined;
    const [twice] = duplicateNames(ordered.map(({ column }) => column.name));
    if (twice !== undefined) {
      context.report('columnTwice', { step: context.step, column: twice }, ['rename']);
      return undefined;
    }
    const outputs = ordered.map(({ column }) => column);
    const result = ordered.flatMap((part) => part.result ?? []);
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql: `SELECT ${ordered.map(({ sql }) => sql).join(', ')} FROM ${quote(input.alias)}`,
        columns: outputs,
        result: result.length === outputs.length ? result : undefined,
        uses: [],
        key: keptKey(input, outputs),
        rows: { keeps: 'each', of: [input.alias] },
        incrementality: { kind: 'rowwise' },
      },
    ];
  },
});

function keptFields(
  {
    keep,
    drop,
  }: { readonly keep?: readonly string[] | undefined; readonly drop?: readonly string[] | undefined },
  input: InputRelation,
  context: BuildContext,
): readonly Field[] | undefined {
  const kept = keep === undefined ? new Set(input.fields) : matchingFields(keep, ['keep'], input, context);
  const dropped = matchingFields(drop ?? [], ['drop'], input, context);
  if (kept === undefined || dropped === undefined) return undefined;
  const left = input.fields.filter((field) => kept.has(field) && !dropped.has(field));
  if (left.length > 0) return left;
  const key = keep === undefined ? 'drop' : 'keep';
  context.report('stepColumnsEmpty', { step: context.step, key }, [key]);
  return undefined;
}

function renamed(
  rename: Readonly<Record<string, string>>,
  input: InputRelation,
  context: BuildContext,
): ReadonlyMap<string, string> | undefined {
  const names = new Map<string, string>();
  let isSound = true;
  for (const [from, to] of Object.entries(rename)) {
    const field = context.column(from, ['rename', from], input, 'key');
    if (field === undefined) isSound = false;
    else names.set(field.name, to);
  }
  return isSound ? names : undefined;
}

function casts(
  cast: Readonly<Record<string, string>>,
  input: InputRelation,
  context: BuildContext,
): ReadonlyMap<string, LogicalType> | undefined {
  const types = new Map<string, LogicalType>();
  let isSound = true;
  for (const [column, text] of Object.entries(cast)) {
    const field = context.column(column, ['cast', column], input, 'key');
    const type = parseLogicalType(text);
    if (field === undefined || type === undefined) isSound = false;
    else types.set(field.name, type);
  }
  return isSound ? types : undefined;
}

interface Planned {
  readonly sql: string;
  readonly result: ResultColumn | undefined;
  readonly column: ReturnType<typeof copyColumn>;
}

function inOrder(
  columns: readonly Planned[],
  order: readonly string[],
  context: BuildContext,
): readonly Planned[] | undefined {
  const result = {
    ref: context.step,
    key: [],
    fields: columns.map(({ column }): Field => ({
      name: column.name,
      type: { kind: 'string' },
      nullable: true,
    })),
  };
  const first: Planned[] = [];
  let isSound = true;
  order.forEach((name, index) => {
    const field = context.column(name, ['order', index], result);
    const planned = columns.find(({ column }) => field !== undefined && isSameName(column.name, field.name));
    if (planned === undefined) isSound = false;
    else first.push(planned);
  });
  return isSound ? [...new Set([...first, ...columns])] : undefined;
}
