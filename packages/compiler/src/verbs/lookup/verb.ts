import type { Field } from '@millrace/spec';

import type { StepColumn } from '../../plan.ts';
import { errorSql, shown } from '../../sql/convert-value.ts';
import {
  copyColumn,
  copyColumns,
  duplicateNames,
  partitionColumn,
  quote,
  quoteColumn,
} from '../../transform/columns.ts';
import { equalColumns, type EqualColumns } from '../../transform/equal-columns.ts';
import { orderTerms, orderUses, totalOrderSql, type OrderTerm } from '../../transform/order-terms.ts';
import {
  defineTransformVerb,
  type BuildContext,
  type InputRelation,
  type StepOf,
} from '../../transform/transform-verb.ts';

type Settings = StepOf<'lookup'>['lookup'];

interface Taken {
  readonly name: string;
  readonly field: Field;
}

/** The matching row of each group of `in`, put beside the rows of `from`. */
export const lookup = defineTransformVerb({
  name: 'lookup',
  async build({ lookup: settings }, context) {
    const [from, table] = context.inputs;
    if (from === undefined || table === undefined) return undefined;
    const { onSeveral = 'fail', onMissing = 'null' } = settings;
    const pairs = equalColumns(from, table, settings.on, ['on'], context);
    const taken = takenColumns(settings, table, context);
    if ((onSeveral === 'first') !== (settings.order !== undefined)) {
      const reason =
        onSeveral === 'first'
          ? 'is missing: onSeveral: first needs to know which row is the first'
          : 'is for onSeveral: first only';
      context.report('valueInvalid', { key: 'order', reason }, ['order']);
      return undefined;
    }
    const order = await orderTerms(settings.order ?? [], ['order'], table, context);
    if (pairs === undefined || taken === undefined || order === undefined) return undefined;
    const columns: readonly StepColumn[] = [
      ...copyColumns(from),
      ...taken.map(({ name, field }) => {
        const column = copyColumn(table, field, name);
        const isFilled = onMissing === 'fail' && onSeveral !== 'null';
        return { ...column, nullable: !isFilled || field.nullable };
      }),
    ];
    const [twice] = duplicateNames(columns.map(({ name }) => name));
    if (twice !== undefined) {
      context.report('columnTwice', { step: context.step, column: twice }, ['columns']);
      return undefined;
    }
    const isUnique =
      table.key.length > 0 && table.key.every((column) => pairs.some(({ right }) => right.name === column));
    const matches = matchesSql(pairs, taken, order, isUnique, table);
    const match = (name: string) => quoteColumn(MATCH, name);
    const problem = (several: boolean) => lookupError(several, pairs, from, table, context);
    const failures = [
      ...(onMissing === 'fail' ? [`WHEN ${match('n')} IS NULL THEN ${problem(false)}`] : []),
      ...(onSeveral === 'first' || isUnique
        ? []
        : [`WHEN ${match('n')} > 1 THEN ${onSeveral === 'fail' ? problem(true) : 'NULL'}`]),
    ];
    const list = [
      ...from.fields.map(({ name }) => quoteColumn(from.alias, name)),
      ...taken.map(({ name }, index) => {
        const value = match(`v${index}`);
        const guarded = failures.length === 0 ? value : `CASE ${failures.join(' ')} ELSE ${value} END`;
        return `${guarded} AS ${quote(name)}`;
      }),
    ];
    const on = pairs
      .map(({ left }, index) => `${quoteColumn(from.alias, left.name)} = ${match(`k${index}`)}`)
      .join(' AND ');
    return [
      {
        inputs: [
          { alias: from.alias, ref: from.ref },
          { alias: table.alias, ref: table.ref },
        ],
        sql: `SELECT ${list.join(', ')} FROM ${quote(from.alias)} LEFT JOIN (${matches}) AS ${quote(MATCH)} ON ${on}`,
        columns,
        uses: [
          ...pairs.flatMap(({ left, right }) => [
            { ref: from.ref, column: left.name, how: 'joined' as const },
            { ref: table.ref, column: right.name, how: 'joined' as const },
          ]),
          ...(settings.onSeveral === 'first'
            ? orderUses(
                order,
                table,
                pairs.map(({ right }) => right.name),
              )
            : []),
        ],
        key: from.key,
        rows: { keeps: 'each', of: [from.alias] },
        incrementality: {
          kind: 'partitioned',
          by: {
            [from.alias]: pairs.map(({ left }) => partitionColumn(left.name)),
            [table.alias]: pairs.map(({ right }) => partitionColumn(right.name)),
          },
          linearIn: [from.alias],
        },
      },
    ];
  },
});

/** No step can be called so. */
const MATCH = 'the match';

function takenColumns(
  { columns }: Settings,
  table: InputRelation,
  context: BuildContext,
): readonly Taken[] | undefined {
  const taken = Array.isArray(columns)
    ? columns.map((name, index) => {
        const field = context.column(name, ['columns', index], table);
        return field && { name: field.name, field };
      })
    : Object.entries(columns).map(([name, column]) => {
        const field = context.column(column, ['columns', name], table);
        return field && { name, field };
      });
  return taken.every((each) => each !== undefined) ? taken : undefined;
}

/** One row for each key of the table: k0, k1, … the values to take v0, v1, … and n, how many rows have it. */
function matchesSql(
  pairs: readonly EqualColumns[],
  taken: readonly Taken[],
  order: readonly OrderTerm[],
  isUnique: boolean,
  table: InputRelation,
): string {
  const groups = [...new Set(pairs.map(({ right }) => right.name))];
  const keys = pairs.map(({ right }) => quote(right.name));
  const isGrouped = !isUnique && order.length === 0;
  const list = [
    ...keys.map((key, index) => `${key} AS k${index}`),
    ...taken.map(
      ({ field }, index) => `${isGrouped ? `first(${quote(field.name)})` : quote(field.name)} AS v${index}`,
    ),
    `${isGrouped ? 'count(*)' : '1'} AS n`,
  ];
  const rows = `SELECT ${list.join(', ')} FROM ${quote(table.alias)}`;
  if (isUnique) return rows;
  if (isGrouped) return `${rows} GROUP BY ${keys.map((_, index) => index + 1).join(', ')}`;
  return `${rows} QUALIFY row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY ${totalOrderSql(order, table, groups)}) = 1`;
}

function lookupError(
  several: boolean,
  pairs: readonly EqualColumns[],
  from: InputRelation,
  table: InputRelation,
  { step }: BuildContext,
): string {
  const name = (fields: readonly Field[]) => fields.map((field) => field.name).join(', ');
  const left = name(pairs.map((pair) => pair.left));
  const right = name(pairs.map((pair) => pair.right));
  const values = pairs.flatMap((pair, index) => [
    ...(index === 0 ? [] : [', ']),
    shown(quoteColumn(from.alias, pair.left.name)),
  ]);
  const found = several ? 'Several rows of' : 'No row of';
  const advice = several
    ? `Make ${right} unique there, or set onSeveral of step '${step}'.`
    : `Add it there, or set onMissing of step '${step}'.`;
  return errorSql([
    `${found} ${table.ref} ${several ? 'have' : 'has'} ${right} = `,
    ...values,
    `, which ${from.ref}.${left} looks up. ${advice}`,
  ]);
}
