import { copyColumns, quote } from '../../transform/columns.ts';
import { orderTerms, orderUses, totalOrderSql } from '../../transform/order-terms.ts';
import { defineTransformVerb } from '../../transform/transform-verb.ts';

export const sort = defineTransformVerb({
  name: 'sort',
  async build({ sort: { by } }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const terms = await orderTerms(by, ['by'], input, context);
    if (terms === undefined) return undefined;
    const order = totalOrderSql(terms, input);
    // A name of the input means nothing to the steps after this one.
    const isQualified = terms.some(({ expression }) =>
      expression.parsed.columns.some(({ table }) => table !== null),
    );
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql: `SELECT * FROM ${quote(input.alias)} ORDER BY ${order}`,
        columns: copyColumns(input),
        uses: orderUses(terms, input),
        key: input.key,
        rows: { keeps: 'each', of: [input.alias] },
        incrementality: { kind: 'whole', reason: 'one row that changes moves others' },
        ...(isQualified ? {} : { order }),
      },
    ];
  },
});
