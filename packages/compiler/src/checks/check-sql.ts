import { duckdbDialect, quoteIdentifier, quoteText } from '@millrace/sql';

import type { CheckedRelation } from './checked-relation.ts';
import type { CheckExamples } from './check-plan.ts';

const EXAMPLES = 3;
const EXAMPLE_CHARACTERS = 80;

/** A name as DuckDB reads it. */
export function columnSql(name: string): string {
  return quoteIdentifier(duckdbDialect, name);
}

export function textSql(text: string): string {
  return quoteText(duckdbDialect, text);
}

/** `orders.id`, `orders.(order_id, line)`; for people. */
export function subjectOf(ref: string, columns: readonly string[]): string {
  return columns.length === 1 ? `${ref}.${columns[0]}` : `${ref}.(${columns.join(', ')})`;
}

/** The first few rows of a condition, in the order in which they are stored: their key, and the columns that show what is wrong. */
export function examplesOf(
  relation: CheckedRelation,
  shown: readonly string[],
  condition: string,
  relations: readonly string[] = [],
): CheckExamples {
  const columns = [...new Set([...relation.key, ...shown])];
  const list = columns.map(
    (name) => `left(CAST(${columnSql(name)} AS VARCHAR), ${EXAMPLE_CHARACTERS}) AS ${columnSql(name)}`,
  );
  const from = columnSql(relation.ref);
  return {
    sql:
      list.length === 0
        ? `SELECT NULL AS "none" FROM ${from} LIMIT 0`
        : `SELECT ${list.join(', ')} FROM ${from} WHERE ${condition} LIMIT ${EXAMPLES}`,
    shown,
    relations,
  };
}
