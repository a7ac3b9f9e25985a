import type { Field } from '@millrace/spec';

import { duplicateNames, expressionColumn, partition, quote, usesOf } from '../../transform/columns.ts';
import { resultOf } from '../../transform/known-result.ts';
import {
  defineTransformVerb,
  type BuildContext,
  type Expression,
  type InputRelation,
  type StepOf,
} from '../../transform/transform-verb.ts';

type Settings = StepOf<'aggregate'>['aggregate'];

export const aggregate = defineTransformVerb({
  name: 'aggregate',
  async build({ aggregate: settings }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const groups = await buildGroups(settings, input, context);
    if (groups === undefined) return undefined;
    const grouping = groups.map(({ expression }) => expression.sql).join(', ');
    const from = ` FROM ${quote(input.alias)}${grouping === '' ? '' : ` GROUP BY ${grouping}`}`;
    const measures = await buildMeasures(settings, from, input, context);
    if (measures === undefined) return undefined;
    const made = [...groups, ...measures];
    const [twice] = duplicateNames(made.map(({ name }) => name));
    if (twice !== undefined) {
      context.report('columnTwice', { step: context.step, column: twice }, ['measures']);
      return undefined;
    }
    const list = made.map(({ name, expression }) => `${expression.sql} AS ${quote(name)}`).join(', ');
    const having = await buildHaving(settings, list, from, made, input, context);
    if (having === 'wrong') return undefined;
    // HAVING reads the names of the result, which a filter over it can do and DuckDB's own HAVING only in part.
    const grouped = `SELECT ${list}${from}`;
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql:
          having === undefined
            ? grouped
            : `SELECT * FROM (${grouped}) AS ${quote('groups')} WHERE ${having.sql}`,
        columns: made.map(({ name, expression }) => expressionColumn(name, expression)),
        result:
          having === undefined
            ? resultOf(made.map(({ name, expression }) => ({ name, value: expression })))
            : undefined,
        uses: [
          ...groups.flatMap(({ expression }) => usesOf(expression, 'grouped')),
          ...(having === undefined
            ? []
            : measures.flatMap(({ expression }) => usesOf(expression, 'filtered'))),
        ],
        key: groups.map(({ name }) => name),
        incrementality:
          groups.length === 0
            ? { kind: 'whole', reason: 'all rows are one group' }
            : {
                kind: 'partitioned',
                by: { [input.alias]: groups.map(({ expression }) => partition(expression)) },
                linearIn: [],
              },
      },
    ];
  },
});

interface Named {
  readonly name: string;
  readonly expression: Expression;
}

async function buildGroups(
  { by }: Settings,
  input: InputRelation,
  context: BuildContext,
): Promise<readonly Named[] | undefined> {
  if (by === undefined) return [];
  const texts = Array.isArray(by)
    ? by.map((column, index) => ({ name: column, text: quote(column), path: ['by', index] }))
    : Object.entries(by).map(([name, text]) => ({ name, text, path: ['by', name] }));
  const groups = await Promise.all(
    texts.map(async ({ name, text, path }) => {
      if (Array.isArray(by)) {
        const field = context.column(name, path, input);
        if (field === undefined) return undefined;
        const expression = await context.expression(quote(field.name), path, [input]);
        return expression && { name: field.name, expression };
      }
      const expression = await context.expression(text, path, [input]);
      return expression && { name, expression };
    }),
  );
  return isComplete(groups) ? groups : undefined;
}

async function buildMeasures(
  { measures }: Settings,
  from: string,
  input: InputRelation,
  context: BuildContext,
): Promise<readonly Named[] | undefined> {
  const made = await Promise.all(
    Object.entries(measures).map(async ([name, text]) => {
      const expression = await context.expression(text, ['measures', name], [input], {
        allows: ['aggregate'],
        frame: { before: 'SELECT ', after: from },
      });
      return expression && { name, expression };
    }),
  );
  return isComplete(made) ? made : undefined;
}

async function buildHaving(
  { having }: Settings,
  list: string,
  from: string,
  made: readonly Named[],
  input: InputRelation,
  context: BuildContext,
): Promise<Expression | 'wrong' | undefined> {
  if (having === undefined) return undefined;
  const beside = made.map(({ name }): Field => ({ name, type: { kind: 'string' }, nullable: true }));
  const expression = await context.expression(having, ['having'], [{ ...input, fields: [] }], {
    beside,
    isCondition: true,
    frame: { before: 'SELECT ', after: ` FROM (SELECT ${list}${from}) AS "groups"` },
  });
  return expression ?? 'wrong';
}

function isComplete<T>(items: readonly (T | undefined)[]): items is readonly T[] {
  return items.every((item) => item !== undefined);
}
