import { copyColumns, quote, usesOf } from '../../transform/columns.ts';
import { defineTransformVerb } from '../../transform/transform-verb.ts';

export const filter = defineTransformVerb({
  name: 'filter',
  async build({ filter: { where } }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const condition = await context.expression(where, ['where'], [input], { isCondition: true });
    if (condition === undefined) return undefined;
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql: `SELECT * FROM ${quote(input.alias)} WHERE ${condition.sql}`,
        columns: copyColumns(input),
        result: input.fields,
        uses: usesOf(condition, 'filtered'),
        key: input.key,
        rows: { keeps: 'some', of: [input.alias] },
        incrementality: { kind: 'rowwise' },
      },
    ];
  },
});
