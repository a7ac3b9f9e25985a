import { formatLogicalType, type Field } from '@millrace/spec';

import { literalSql } from '../../checks/literal.ts';
import type { LineageUse, StepColumn } from '../../plan.ts';
import { isSqlProblem } from '../../sql/sql-analyser.ts';
import {
  copyColumn,
  duplicateNames,
  expressionColumn,
  partitionColumn,
  quote,
} from '../../transform/columns.ts';
import { namedFields } from '../../transform/input-columns.ts';
import {
  defineTransformVerb,
  type BuildContext,
  type Expression,
  type InputRelation,
  type StepOf,
} from '../../transform/transform-verb.ts';

type Settings = StepOf<'pivot'>['pivot'];

interface Measure {
  readonly name: string;
  readonly expression: Expression;
  /** The query of what it gives over no rows; undefined when that is NULL. */
  readonly overNothing: string | undefined;
}

/** Measures are computed for each value first, so that they can be any expression over aggregates. */
export const pivot = defineTransformVerb({
  name: 'pivot',
  async build({ pivot: settings }, context) {
    const [input] = context.inputs;
    if (input === undefined) return undefined;
    const by = namedFields(settings.by, ['by'], input, context);
    const column = context.column(settings.column, ['column'], input);
    const values = column && valuesOf(settings.values, column, context);
    if (by === undefined || column === undefined || values === undefined) return undefined;
    const measures = await measuresOf(settings, by, column, input, context);
    if (measures === undefined) return undefined;
    const cells = values.flatMap(({ name, literal }) =>
      measures.map((measure, index) => ({
        name: measures.length === 1 ? name : `${name}_${measure.name}`,
        sql: cellSql(`"m${index}"`, literal, measure.overNothing),
        expression: measure.expression,
      })),
    );
    const [twice] = duplicateNames([...by, ...cells].map(({ name }) => name));
    if (twice !== undefined) {
      context.report('columnTwice', { step: context.step, column: twice }, ['values']);
      return undefined;
    }
    const groups = [...by, column].map(({ name }) => quote(name));
    const inner = [
      ...by.map(({ name }, index) => `${quote(name)} AS "k${index}"`),
      `${quote(column.name)} AS "value"`,
      ...measures.map(({ expression }, index) => `${expression.sql} AS "m${index}"`),
    ].join(', ');
    const outer = [
      ...by.map(({ name }, index) => `"k${index}" AS ${quote(name)}`),
      ...cells.map(({ name, sql }) => `${sql} AS ${quote(name)}`),
    ].join(', ');
    const columns: readonly StepColumn[] = [
      ...by.map((field) => copyColumn(input, field)),
      ...cells.map(({ name, expression }) => expressionColumn(name, expression)),
    ];
    const uses: readonly LineageUse[] = [...by, column].map(({ name }) => ({
      ref: input.ref,
      column: name,
      how: 'grouped',
    }));
    return [
      {
        inputs: [{ alias: input.alias, ref: input.ref }],
        sql: `SELECT ${outer} FROM (SELECT ${inner} FROM ${quote(input.alias)} GROUP BY ${groups.join(', ')}) AS "cells" GROUP BY ${by.map((_, index) => `"k${index}"`).join(', ')}`,
        columns,
        uses,
        key: by.map(({ name }) => name),
        incrementality: {
          kind: 'partitioned',
          by: { [input.alias]: by.map(({ name }) => partitionColumn(name)) },
          linearIn: [],
        },
      },
    ];
  },
});

function valuesOf(
  values: Settings['values'],
  column: Field,
  context: BuildContext,
): readonly { readonly name: string; readonly literal: string }[] | undefined {
  const literals = values.map((value, index) => {
    const literal = literalSql(value, column.type);
    if (literal !== undefined) return { name: String(value), literal };
    const params = {
      column: column.name,
      type: formatLogicalType(column.type),
      value: JSON.stringify(value),
    };
    context.report('valueUnfit', params, ['values', index]);
    return undefined;
  });
  return literals.every((literal) => literal !== undefined) ? literals : undefined;
}

/** The measure over the rows of one value: none is a number of rows, too. */
function cellSql(measure: string, literal: string, overNothing: string | undefined): string {
  const value = `any_value(${measure}) FILTER (WHERE "value" = ${literal})`;
  return overNothing === undefined
    ? value
    : `CASE WHEN bool_or("value" = ${literal}) THEN ${value} ELSE (${overNothing}) END`;
}

async function measuresOf(
  { measures }: Settings,
  by: readonly Field[],
  column: Field,
  input: InputRelation,
  context: BuildContext,
): Promise<readonly Measure[] | undefined> {
  const groups = [...by, column].map(({ name }) => quote(name)).join(', ');
  const made = await Promise.all(
    Object.entries(measures).map(async ([name, text]): Promise<Measure | undefined> => {
      const expression = await context.expression(text, ['measures', name], [input], {
        allows: ['aggregate'],
        frame: { before: 'SELECT ', after: ` FROM ${quote(input.alias)} GROUP BY ${groups}` },
      });
      return (
        expression && { name, expression, overNothing: await overNothing(text, expression, input, context) }
      );
    }),
  );
  return made.every((measure) => measure !== undefined) ? made : undefined;
}

/** Aggregates that give NULL for no rows. */
const NULL_OVER_NOTHING: ReadonlySet<string> = new Set(
  'any_value arg_max arg_min avg first last max median min mode string_agg sum'.split(' '),
);

async function overNothing(
  text: string,
  { sql, parsed }: Expression,
  input: InputRelation,
  context: BuildContext,
): Promise<string | undefined> {
  const [only = '', ...others] = parsed.functions;
  if (others.length === 0 && NULL_OVER_NOTHING.has(only) && /^\s*\w+\s*\([^()]*\)\s*$/u.test(text))
    return undefined;
  const query = `SELECT ${sql} FROM ${quote(input.alias)} WHERE false`;
  const described = await context.sql.describe({
    relations: [{ name: input.alias, fields: input.fields }],
    sql: query,
  });
  // One that names the columns it is grouped by has no value without them.
  return isSqlProblem(described) ? undefined : query;
}
