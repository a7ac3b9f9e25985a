import { copyColumn, expressionColumn, isSameName, keptKey, quote } from '../../transform/columns.ts';
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
    const parts = new Map(
      input.fields.map((field) => [
        field.name.toLowerCase(),
        { sql: quote(field.name), column: copyColumn(input, field) },
      ]),
    );
    for (const { name, expression } of made) {
      if (expression === undefined) return undefined;
      const known = input.fields.find((field) => isSameName(field.name, name));
      const column = expressionColumn(known?.name ?? name, expression);
      parts.set(name.toLowerCase(), { sql: `${expression.sql} AS ${quote(column.name)}`, column });
    }
    const columns = [...parts.values()].map(({ column }) => column);
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql: `SELECT ${[...parts.values()].map(({ sql }) => sql).join(', ')} FROM ${quote(input.alias)}`,
        columns,
        uses: [],
        key: keptKey(input, columns),
        incrementality: { kind: 'rowwise' },
      },
    ];
  },
});
