import type { Field } from '@millrace/spec';

import type { StepColumn } from '../../plan.ts';
import { copyColumn, expressionColumn, isSameName, keptKey, quote } from '../../transform/columns.ts';
import { resultOf } from '../../transform/known-result.ts';
import { defineTransformVerb, type Expression } from '../../transform/transform-verb.ts';

interface Part {
  readonly sql: string;
  readonly column: StepColumn;
  readonly value: Field | Expression;
}

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
    const parts = new Map<string, Part>(
      input.fields.map((field) => [
        field.name.toLowerCase(),
        { sql: quote(field.name), column: copyColumn(input, field), value: field },
      ]),
    );
    for (const { name, expression } of made) {
      if (expression === undefined) return undefined;
      const known = input.fields.find((field) => isSameName(field.name, name));
      const column = expressionColumn(known?.name ?? name, expression);
      const sql = `${expression.sql} AS ${quote(column.name)}`;
      parts.set(name.toLowerCase(), { sql, column, value: expression });
    }
    const columns = [...parts.values()].map(({ column }) => column);
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql: `SELECT ${[...parts.values()].map(({ sql }) => sql).join(', ')} FROM ${quote(input.alias)}`,
        columns,
        result: resultOf([...parts.values()].map(({ column, value }) => ({ name: column.name, value }))),
        uses: [],
        key: keptKey(input, columns),
        incrementality: { kind: 'rowwise' },
      },
    ];
  },
});
