import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

import { StagingDatabase } from './staging-database.ts';

/**
 * The rows of staged files with each key once, as a table expression: the row with the highest value of `order`, or
 * where there is no such column the one that was read last.
 */
export function latestByKey(
  paths: readonly string[],
  columns: readonly string[],
  key: readonly string[],
  order?: string,
): string {
  const names = (list: readonly string[]) =>
    list.map((name) => quoteIdentifier(duckdbDialect, name)).join(', ');
  // Rows lie in the files as they were read, and the files are numbered.
  const readOrder = 'filename DESC, file_row_number DESC';
  const ranking =
    order === undefined
      ? readOrder
      : `${quoteIdentifier(duckdbDialect, order)} DESC NULLS LAST, ${readOrder}`;
  return (
    `(SELECT ${names(columns)} FROM ${StagingDatabase.parquetOf(paths)} ` +
    `QUALIFY row_number() OVER (PARTITION BY ${names(key)} ORDER BY ${ranking}) = 1)`
  );
}
