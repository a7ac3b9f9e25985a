import type { Field } from '@millrace/spec';
import { canonicalText, duckdbType } from '@millrace/sql';

import { columnSql } from './check-sql.ts';

/** What people decided about rows that the checks of a step set aside: `orders.~decided`. */
export const DECIDED = '~decided';

/** The columns of a relation of decisions: the row, and the check that it was released from; NULL for a row that was discarded. */
export const DECIDED_FIELDS: readonly Field[] = ['row', 'check'].map((name) => ({
  name,
  type: { kind: 'string' },
  nullable: name === 'check',
}));

export const DECIDED_COLUMNS = { row: columnSql('row'), check: columnSql('check') };

/** No decisions: what a relation of them is where nobody decided anything. */
export const NO_DECISIONS = `SELECT ${DECIDED_FIELDS.map(({ name, type }) => `CAST(NULL AS ${duckdbType(type)}) AS ${columnSql(name)}`).join(', ')} WHERE false`;

/** Whether a relation holds what people decided about the rows of a step. */
export function isDecided(ref: string): boolean {
  return ref.endsWith(`.${DECIDED}`);
}

/** Columns that differ from load to load although the row is the same. */
const OF_THE_LOAD: ReadonlySet<string> = new Set(['_millrace_run_id', '_millrace_loaded_at']);

/**
 * The SQL of a text by which a row is recognised in every run: equal for equal rows, and another one after any change of
 * one of its columns.
 */
export function identifyRow(fields: readonly Field[]): string {
  const parts = fields.flatMap(({ name, type }) => {
    if (OF_THE_LOAD.has(name)) return [];
    const column = columnSql(name);
    // Of its own accord DuckDB writes every value exactly, and instants in the time zone of the session.
    const text =
      type.kind === 'timestamp' && type.timezone ? canonicalText(type, column) : `CAST(${column} AS VARCHAR)`;
    return [`coalesce(strlen(${text}) || ':' || ${text}, '~')`];
  });
  return parts.length === 0 ? `'the only row'` : `sha256(concat(${parts.join(', ')}))`;
}
