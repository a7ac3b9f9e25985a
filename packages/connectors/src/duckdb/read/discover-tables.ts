import { selectTables, type DiscoverRequest } from '@millrace/connector-sdk';
import { formatTableName, type CursorCandidate, type SourceField, type SourceTable } from '@millrace/spec';

import { describeTable } from '../describe-table.ts';
import { mapNativeType } from '../native-field.ts';
import type { Catalog, CatalogTable } from '../warehouse/catalog.ts';

/** Tables and views that match, sorted by name; DuckDB's and Millrace's own are not among them. */
export function discoverTables(catalog: Catalog, request: DiscoverRequest): readonly SourceTable[] {
  const tables = new Map(catalog.tables.map((table) => [formatTableName(table.table), table]));
  const names = [...tables.values()].map(({ table }) => table);
  return selectTables(names, request)
    .flatMap((name) => tables.get(formatTableName(name)) ?? [])
    .map(toSourceTable)
    .toSorted((left, right) => compare(formatTableName(left.table), formatTableName(right.table)));
}

function toSourceTable(table: CatalogTable): SourceTable {
  const described = describeTable(table);
  const fields = described.fields.map((field, index): SourceField => {
    const nativeType = table.columns[index]?.nativeType ?? '';
    const { mapping } = mapNativeType(nativeType);
    return { ...field, nativeType, ...(mapping === undefined ? {} : { mapping }) };
  });
  const cursors = fields.filter(({ type }) => isOrdered(type.kind));
  return {
    table: table.table,
    // What Millrace publishes as a view over files is a table to its readers.
    kind: table.kind === 'view' && table.publication === null ? 'view' : 'table',
    fields,
    key: table.key,
    // Every column has the least and the greatest value of each row group, which is what a range needs.
    indexedColumns: cursors.map(({ name }) => name),
    estimatedRows: described.estimatedRows,
    estimatedBytes: null,
    cursorCandidates: cursors.map(toCandidate).toSorted((left, right) => right.score - left.score),
    notes: [],
  };
}

function isOrdered(kind: SourceField['type']['kind']): boolean {
  return kind === 'integer' || kind === 'date' || kind === 'timestamp';
}

const CHANGE_NAME = /updat|modif|chang|version|last_?seen/iu;

function toCandidate(field: SourceField): CursorCandidate {
  const changes = CHANGE_NAME.test(field.name);
  const isTime = field.type.kind !== 'integer';
  return {
    column: field.name,
    isIndexed: true,
    isNullable: field.nullable,
    score: (changes ? 60 : 0) + (isTime ? 30 : 10) - (field.nullable ? 10 : 0),
    reason: changes
      ? 'its name says that it changes with the row'
      : isTime
        ? 'a time, of unknown meaning'
        : 'a number; updates are seen only if it grows with them',
  };
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
