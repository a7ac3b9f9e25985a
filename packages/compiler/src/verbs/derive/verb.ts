import { addColumns } from '../../transform/add-columns.ts';
import { keptKey } from '../../transform/columns.ts';
import { defineTransformVerb } from '../../transform/transform-verb.ts';

export const derive = defineTransformVerb({
  name: 'derive',
  async build({ derive: { columns: texts } }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const made = await Promise.all(
      Object.entries(texts).map(async ([name, text]) => ({
        name,
        expression: await context.expression(text, ['columns', name], [input]),
      })),
    );
    const result = addColumns(input, made);
    if (result === undefined) return undefined;
    return [
      {
        ...result,
        uses: [],
        key: keptKey(input, result.columns),
        rows: { keeps: 'each', of: [input.alias] },
        incrementality: { kind: 'rowwise' },
      },
    ];
  },
});
