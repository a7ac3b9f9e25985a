import { copyColumns, duplicateNames, quote, usesOf } from '../../transform/columns.ts';
import { defineTransformVerb } from '../../transform/transform-verb.ts';

export const split = defineTransformVerb({
  name: 'split',
  async build({ split: { outputs, otherwise, mode = 'first' } }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const [twice] = duplicateNames([
      ...Object.keys(outputs),
      ...(otherwise === undefined ? [] : [otherwise]),
    ]);
    if (twice !== undefined) {
      const reason = `names the output '${twice}' a second time; give it another name`;
      context.report('valueInvalid', { key: 'otherwise', reason }, [
        otherwise === undefined ? 'outputs' : 'otherwise',
      ]);
      return undefined;
    }
    const conditions = await Promise.all(
      Object.entries(outputs).map(async ([output, text]) => {
        const condition = await context.expression(text, ['outputs', output], [input], { isCondition: true });
        return condition && { output, condition };
      }),
    );
    if (!conditions.every((each) => each !== undefined)) return undefined;
    const parts = conditions.map(({ output, condition }, index) => {
      // What takes a row decides about it, and so does each condition before that.
      const before = mode === 'first' ? conditions.slice(0, index) : [];
      const tests = [...before.map((other) => `${other.condition.sql} IS NOT TRUE`), condition.sql];
      return { output, tests, read: [...before.map((other) => other.condition), condition] };
    });
    if (otherwise !== undefined) {
      parts.push({
        output: otherwise,
        tests: conditions.map(({ condition }) => `${condition.sql} IS NOT TRUE`),
        read: conditions.map(({ condition }) => condition),
      });
    }
    return parts.map(({ output, tests, read }) => ({
      output,
      inputs: [{ alias: input.alias, ref: input.ref }],
      sql: `SELECT * FROM ${quote(input.alias)} WHERE ${tests.join(' AND ')}`,
      columns: copyColumns(input),
      result: input.fields,
      uses: [
        ...new Map(
          read.flatMap((each) => usesOf(each, 'filtered')).map((use) => [JSON.stringify(use), use]),
        ).values(),
      ],
      key: input.key,
      rows: { keeps: 'some', of: [input.alias] },
      incrementality: { kind: 'rowwise' as const },
    }));
  },
});
