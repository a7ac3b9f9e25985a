import { formatLogicalType, isSameLogicalType, type DocumentPath, type Field } from '@millrace/spec';
import { duckdbType } from '@millrace/sql';

import type { LineageUse, StepColumn } from '../../plan.ts';
import { isSqlProblem } from '../../sql/sql-analyser.ts';
import { quote } from '../../transform/columns.ts';
import { namedFields } from '../../transform/input-columns.ts';
import { orderTerms, orderUses, totalOrderSql, windowSql } from '../../transform/order-terms.ts';
import type { BuildContext, InputRelation, StepOf } from '../../transform/transform-verb.ts';

type Setting = StepOf<'fill'>['fill']['columns'][string];
type Neighbour = 'previous' | 'next';
type Usual = 'mean' | 'median' | 'mode';

/** How one column is filled. */
export interface Filling {
  readonly column: string;
  readonly sql: string;
  /** What the value is made of, beside the column. */
  readonly reads: StepColumn['from'];
  readonly uses: readonly LineageUse[];
  /** The columns whose values make the group that a value comes from; undefined when it comes from the same row. */
  readonly groups: readonly string[] | undefined;
}

/** Undefined when something is wrong, which is reported. */
export async function filling(
  field: Field,
  setting: Setting,
  path: DocumentPath,
  input: InputRelation,
  context: BuildContext,
): Promise<Filling | undefined> {
  const misfit = misfitOf(setting);
  if (misfit !== undefined) {
    context.report('valueInvalid', misfit, Object.hasOwn(setting, misfit.key) ? [...path, misfit.key] : path);
    return undefined;
  }
  const { value, with: way, order } = setting;
  if (value !== undefined) return valueFilling(field, value, [...path, 'value'], input, context);
  const groups = namedFields(setting.partition ?? [], [...path, 'partition'], input, context);
  if (groups === undefined || way === undefined) return undefined;
  const parts = groups.map(({ name }) => name);
  return way === 'previous' || way === 'next'
    ? neighbourFilling(field, way, order ?? [], parts, [...path, 'order'], input, context)
    : usualFilling(field, way, parts, [...path, 'with'], input, context);
}

function misfitOf({
  value,
  with: way,
  order,
  partition,
}: Setting): { key: string; reason: string } | undefined {
  const isNeighbour = way === 'previous' || way === 'next';
  if (value === undefined && way === undefined)
    return { key: 'value', reason: 'is missing: say value or with' };
  if (value !== undefined && way !== undefined)
    return { key: 'value', reason: 'cannot stand beside with; choose one' };
  if (isNeighbour && order === undefined)
    return { key: 'order', reason: `is missing: which value is the ${way} one depends on it` };
  if (!isNeighbour && order !== undefined) return { key: 'order', reason: 'is for previous and next only' };
  if (value !== undefined && partition !== undefined)
    return { key: 'partition', reason: 'is for values that come from other rows' };
  return undefined;
}

async function valueFilling(
  field: Field,
  text: string,
  path: DocumentPath,
  input: InputRelation,
  context: BuildContext,
): Promise<Filling | undefined> {
  const column = quote(field.name);
  const expression = await context.expression(text, path, [input]);
  if (expression === undefined) return undefined;
  const relations = [{ name: input.alias, fields: input.fields }];
  const from = `FROM ${quote(input.alias)}`;
  const [filled, alone] = await Promise.all([
    context.sql.describe({ relations, sql: `SELECT coalesce(${column}, ${expression.sql}) ${from}` }),
    context.sql.describe({ relations, sql: `SELECT ${expression.sql} ${from}` }),
  ]);
  const type = isSqlProblem(filled) ? null : (filled[0]?.type ?? null);
  if (type === null || !isSameLogicalType(type, field.type)) {
    const valueType = isSqlProblem(alone) ? 'of no type' : typeName(alone[0]);
    context.report(
      'fillTypeDiffers',
      { column: field.name, type: formatLogicalType(field.type), valueType },
      path,
    );
    return undefined;
  }
  return {
    column: field.name,
    sql: `coalesce(${column}, ${expression.sql})`,
    reads: expression.reads.map((read) => ({ ...read, how: 'transformed' })),
    uses: [],
    groups: undefined,
  };
}

function typeName(column: { readonly type: Field['type'] | null; readonly nativeType: string } | undefined) {
  if (column === undefined) return 'of no type';
  return column.type === null ? column.nativeType : formatLogicalType(column.type);
}

async function neighbourFilling(
  field: Field,
  way: Neighbour,
  order: readonly string[],
  groups: readonly string[],
  path: DocumentPath,
  input: InputRelation,
  context: BuildContext,
): Promise<Filling | undefined> {
  const terms = await orderTerms(order, path, input, context);
  if (terms === undefined) return undefined;
  const [call, frame] =
    way === 'previous'
      ? ['last_value', 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW']
      : ['first_value', 'ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING'];
  const window = windowSql(groups, totalOrderSql(terms, input, groups), frame);
  return {
    column: field.name,
    sql: `${call}(${quote(field.name)} IGNORE NULLS) OVER (${window})`,
    reads: [],
    uses: [...groupUses(groups, input), ...orderUses(terms, input, groups)],
    groups,
  };
}

/** The order inside of the call makes the value the same whatever order the rows come in. */
function usualFilling(
  field: Field,
  way: Usual,
  groups: readonly string[],
  path: DocumentPath,
  input: InputRelation,
  context: BuildContext,
): Filling | undefined {
  const column = quote(field.name);
  const isNumber =
    field.type.kind === 'integer' || field.type.kind === 'decimal' || field.type.kind === 'float';
  if (way !== 'mode' && !isNumber) {
    const params = { column: field.name, type: formatLogicalType(field.type), with: way };
    context.report('fillNotNumeric', params, path);
    return undefined;
  }
  const call = { mean: 'avg', median: 'median', mode: 'mode' }[way];
  const isOrdered = way === 'mode' || (way === 'mean' && field.type.kind === 'float');
  const value = `${call}(${column}${isOrdered ? ` ORDER BY ${column}` : ''}) OVER (${windowSql(groups, '')})`;
  const cast = way === 'mode' ? value : `CAST(${value} AS ${duckdbType(field.type)})`;
  return {
    column: field.name,
    sql: `coalesce(${column}, ${cast})`,
    reads: [],
    uses: groupUses(groups, input),
    groups,
  };
}

function groupUses(groups: readonly string[], input: InputRelation): readonly LineageUse[] {
  return groups.map((column) => ({ ref: input.ref, column, how: 'grouped' }));
}
