import { copyColumns, partitionColumn, quote } from '../../transform/columns.ts';
import { namedFields } from '../../transform/input-columns.ts';
import { orderTerms, orderUses, reversed, totalOrderSql, windowSql } from '../../transform/order-terms.ts';
import { defineTransformVerb } from '../../transform/transform-verb.ts';

export const dedupe = defineTransformVerb({
  name: 'dedupe',
  async build({ dedupe: settings }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    if (settings.keep === 'last' && settings.order === undefined) {
      const params = { step: context.step, what: 'Which row is the last', key: 'order' };
      context.report('orderMissing', params, ['keep']);
      return undefined;
    }
    const key = namedFields(settings.key, ['key'], input, context);
    const terms = await orderTerms(settings.order ?? [], ['order'], input, context);
    if (key === undefined || terms === undefined) return undefined;
    const names = key.map(({ name }) => name);
    const order = totalOrderSql(settings.keep === 'last' ? reversed(terms) : terms, input, names);
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql: `SELECT * FROM ${quote(input.alias)} QUALIFY row_number() OVER (${windowSql(names, order)}) = 1`,
        columns: copyColumns(input),
        uses: [
          ...names.map((column) => ({ ref: input.ref, column, how: 'grouped' as const })),
          ...orderUses(terms, input, names),
        ],
        key: names,
        rows: { keeps: 'some', of: [input.alias] },
        incrementality: {
          kind: 'partitioned',
          by: { [input.alias]: names.map(partitionColumn) },
          linearIn: [],
        },
      },
    ];
  },
});
