import type { Field } from '@millrace/spec';

import type { StepColumn } from '../plan.ts';
import { copyColumn, expressionColumn, isSameName, quote } from './columns.ts';
import { resultOf } from './known-result.ts';
import type { Expression, InputRelation, OutputQuery } from './transform-verb.ts';

interface Part {
  readonly sql: string;
  readonly column: StepColumn;
  readonly value: Field | Expression;
}

/**
 * All columns of an input with those that expressions make: in the place of the column that has the name already, whatever
 * its case, else at the end. Undefined when an expression is wrong.
 */
export function addColumns(
  input: InputRelation,
  made: readonly { readonly name: string; readonly expression: Expression | undefined }[],
): Pick<OutputQuery, 'inputs' | 'sql' | 'columns' | 'result'> | undefined {
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
  const all = [...parts.values()];
  return {
    inputs: [{ alias: input.alias, ref: input.ref }],
    sql: `SELECT ${all.map(({ sql }) => sql).join(', ')} FROM ${quote(input.alias)}`,
    columns: all.map(({ column }) => column),
    result: resultOf(all.map(({ column, value }) => ({ name: column.name, value }))),
  };
}
