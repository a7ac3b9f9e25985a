import { nearestNames } from '@millrace/spec';

import { followColumn, type LineageDirection } from './follow-column.ts';
import { columnId, type Lineage, type LineageColumn } from './trace-plan.ts';

/** Columns that a text can mean, or those whose names are near. */
export type FoundColumns =
  | { readonly columns: readonly LineageColumn[] }
  | { readonly columns: null; readonly nearest: readonly string[] };

/**
 * Finds columns by `column`, `table.column` or `connection:schema.table.column`, whatever the case; `table` may be a step.
 */
export function findColumns(lineage: Lineage, text: string): FoundColumns {
  const wanted = text.toLowerCase();
  const columns = lineage.columns.filter((column) =>
    columnNames(column).some((name) => name.toLowerCase() === wanted),
  );
  if (columns.length > 0) return { columns };
  const names = lineage.columns.flatMap(columnNames);
  return { columns: null, nearest: nearestNames(text, [...new Set(names)]) };
}

/** Of columns that are found at once, those from which the others are met in a direction. */
export function startColumns(
  lineage: Lineage,
  columns: readonly LineageColumn[],
  direction: LineageDirection,
): readonly LineageColumn[] {
  const met = new Set(
    columns.flatMap((column) =>
      followColumn(lineage, column, direction).edges.map((edge) =>
        columnId(direction === 'upstream' ? edge.from : edge.to),
      ),
    ),
  );
  return columns.filter((column) => !met.has(columnId(column)));
}

/** `warehouse:mart.orders.total`; the shortest full name, by which exactly this column is found. */
export function formatLineageColumn({ connection, name, column }: LineageColumn): string {
  return `${connection === null ? '' : `${connection}:`}${name}.${column}`;
}

function columnNames(column: LineageColumn): readonly string[] {
  const { connection, name, column: own } = column;
  const table = name.slice(name.lastIndexOf('.') + 1);
  return [
    own,
    `${name}.${own}`,
    ...(connection === null ? [] : [formatLineageColumn(column), `${table}.${own}`]),
  ];
}
