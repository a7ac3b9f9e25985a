import type { LineageUse } from '../../plan.ts';
import { copyColumns, partitionColumn, quote } from '../../transform/columns.ts';
import { namedFields } from '../../transform/input-columns.ts';
import { orderTerms, orderUses, totalOrderSql, windowSql } from '../../transform/order-terms.ts';
import { defineTransformVerb } from '../../transform/transform-verb.ts';

export const limit = defineTransformVerb({
  name: 'limit',
  async build({ limit: { rows, offset = 0, by, per } }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    if (by === undefined && input.order === undefined) {
      const params = { step: context.step, what: 'Which rows are the first', key: 'by' };
      context.report('orderMissing', params, ['by']);
      return undefined;
    }
    const groups = namedFields(per ?? [], ['per'], input, context)?.map(({ name }) => name);
    const terms = await orderTerms(by ?? [], ['by'], input, context);
    if (groups === undefined || terms === undefined) return undefined;
    const order = by === undefined ? (input.order ?? '') : totalOrderSql(terms, input, groups);
    const from = `SELECT * FROM ${quote(input.alias)}`;
    const uses: readonly LineageUse[] = [
      ...groups.map((column) => ({ ref: input.ref, column, how: 'grouped' as const })),
      ...(by === undefined ? [] : orderUses(terms, input, groups)),
    ];
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql:
          groups.length === 0
            ? `${from} ORDER BY ${order} LIMIT ${rows}${offset === 0 ? '' : ` OFFSET ${offset}`}`
            : `${from} QUALIFY row_number() OVER (${windowSql(groups, order)}) BETWEEN ${offset + 1} AND ${offset + rows}`,
        columns: copyColumns(input),
        uses,
        key: input.key.length === 0 && rows === 1 ? groups : input.key,
        rows: { keeps: 'some', of: [input.alias] },
        incrementality:
          groups.length === 0
            ? { kind: 'whole', reason: 'a row that comes or goes can move another one in or out' }
            : {
                kind: 'partitioned',
                by: { [input.alias]: groups.map(partitionColumn) },
                linearIn: [],
              },
        ...(groups.length === 0 ? { order } : {}),
      },
    ];
  },
});
