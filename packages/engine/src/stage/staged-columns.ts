import type { PlannedColumn } from '@millrace/compiler';
import type { Field, SourceField } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteIdentifier, quoteText } from '@millrace/sql';

/** A column of a staged file: the published field, and where its values come from. */
export interface StagedColumn {
  readonly field: Field;
  readonly origin: PlannedColumn['origin'];
}

/** Values of metadata columns, constant for a load. */
export interface LoadMetadata {
  readonly runId: string;
  /** ISO 8601 UTC. */
  readonly loadedAt: string;
}

/** The select list that turns columns as read into staged columns; `nameOf` gives the SQL of a source column. */
export function selectStaged(
  columns: readonly StagedColumn[],
  fields: readonly SourceField[],
  metadata: LoadMetadata,
  nameOf: (field: SourceField, index: number) => string,
): string {
  return columns
    .map((column) => {
      const name = quoteIdentifier(duckdbDialect, column.field.name);
      const type = duckdbType(column.field.type);
      if (column.origin.kind === 'metadata') {
        return `CAST(${quoteText(duckdbDialect, metadata[column.origin.value])} AS ${type}) AS ${name}`;
      }
      const origin = column.origin.column;
      const index = fields.findIndex((field) => field.name === origin);
      const field = fields[index];
      // A column that the source no longer has is filled with NULL, where the contract says so.
      if (field === undefined) return `CAST(NULL AS ${type}) AS ${name}`;
      const value = nameOf(field, index);
      return duckdbType(field.type) === type ? `${value} AS ${name}` : `CAST(${value} AS ${type}) AS ${name}`;
    })
    .join(', ');
}

/** The column that keeps a field's values; undefined where none does. */
export function stagedColumn(
  columns: readonly StagedColumn[],
  field: Pick<SourceField, 'name'>,
): StagedColumn | undefined {
  return columns.find(({ origin }) => origin.kind === 'source' && origin.column === field.name);
}

/** True unless the column keeps values of a field as another type. */
export function isKeptAsRead({ field, origin }: StagedColumn, fields: readonly SourceField[]): boolean {
  if (origin.kind !== 'source') return true;
  const read = fields.find(({ name }) => name === origin.column);
  return read === undefined || duckdbType(read.type) === duckdbType(field.type);
}
