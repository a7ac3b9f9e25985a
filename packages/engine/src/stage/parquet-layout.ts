import { duckdbDialect, quoteText } from '@millrace/sql';

/** Rows of a Parquet row group; DuckDB's default. */
export const MAX_GROUP_ROWS = 122_880;
/**
 * DuckDB holds a row group three times before it is written: as rows, as pages, compressed. Groups of long values are
 * bounded by this: what one group leaves is memory for the next, where larger pieces go back to the system and cost page faults.
 */
const MAX_GROUP_BYTES = 24 * 1024 * 1024;
/** Rows of a DuckDB vector, which row groups are made of. */
const VECTOR_ROWS = 2048;

export interface ParquetLayout {
  /** Such rows get no dictionary: it keeps one of 0.0 and -0.0 for both. */
  readonly hasNegativeZero: boolean;
  readonly groupRows: number;
}

/** Rows of a group when each takes so many bytes. */
export function rowsPerGroup(rowBytes: number): number {
  const vectors = Math.floor(MAX_GROUP_BYTES / rowBytes / VECTOR_ROWS);
  return Math.min(MAX_GROUP_ROWS, Math.max(1, vectors) * VECTOR_ROWS);
}

/** The statement that writes a query's rows as one Parquet file. */
export function copyToParquet(
  path: string,
  query: string,
  { hasNegativeZero, groupRows }: ParquetLayout,
): string {
  const dictionary = hasNegativeZero ? ', DICTIONARY_SIZE_LIMIT 0' : '';
  return (
    `COPY (${query}) TO ${quoteText(duckdbDialect, path)} ` +
    `(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${groupRows}${dictionary})`
  );
}
