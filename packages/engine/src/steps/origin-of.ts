import type { LoadTask } from '@millrace/compiler';
import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

/** The column of the step that becomes a column of the destination, as SQL. */
export function originOf(task: LoadTask, column: string): string {
  const planned = task.columns.find(({ field }) => field.name === column);
  const name = planned?.origin.kind === 'source' ? planned.origin.column : column;
  return quoteIdentifier(duckdbDialect, name);
}
