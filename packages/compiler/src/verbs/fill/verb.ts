import type { StepColumn } from '../../plan.ts';
import { copyColumn, keptKey, partitionColumn, quote } from '../../transform/columns.ts';
import { defineTransformVerb } from '../../transform/transform-verb.ts';
import { filling, type Filling } from './filling.ts';

export const fill = defineTransformVerb({
  name: 'fill',
  async build({ fill: { columns: settings } }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const made = await Promise.all(
      Object.entries(settings).map(async ([name, setting]) => {
        const field = context.column(name, ['columns', name], input, 'key');
        return field && filling(field, setting, ['columns', name], input, context);
      }),
    );
    if (!made.every((each) => each !== undefined)) return undefined;
    const fillings = new Map(made.map((each) => [each.column, each]));
    const columns = input.fields.map((field): StepColumn => {
      const found = fillings.get(field.name);
      if (found === undefined) return copyColumn(input, field);
      return {
        name: field.name,
        from: [
          { ref: input.ref, column: field.name, how: 'transformed' },
          ...found.reads.filter(({ column }) => column !== field.name),
        ],
        nullable: field.nullable,
      };
    });
    const list = input.fields.map(({ name }) => {
      const found = fillings.get(name);
      return found === undefined ? quote(name) : `${found.sql} AS ${quote(name)}`;
    });
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql: `SELECT ${list.join(', ')} FROM ${quote(input.alias)}`,
        columns,
        uses: made.flatMap(({ uses }) => uses),
        key: keptKey(input, columns),
        rows: { keeps: 'each', of: [input.alias] },
        incrementality: incrementality(made, input.alias),
      },
    ];
  },
});

/** Rows that are in a group by more columns are in one by fewer of them, so what all have in common makes the parts. */
function incrementality(fillings: readonly Filling[], alias: string) {
  const groups = fillings.flatMap(({ groups: each }) => (each === undefined ? [] : [each]));
  const [first] = groups;
  if (first === undefined) return { kind: 'rowwise' as const };
  const parts = first.filter((column) => groups.every((each) => each.includes(column)));
  if (parts.length === 0)
    return { kind: 'whole' as const, reason: 'a value that is filled in can come from any row' };
  return { kind: 'partitioned' as const, by: { [alias]: parts.map(partitionColumn) }, linearIn: [] };
}
