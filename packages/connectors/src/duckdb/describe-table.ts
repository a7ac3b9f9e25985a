import type { PublishedTable } from '@millrace/connector-sdk';
import type { Field } from '@millrace/spec';

import { mapNativeType } from './native-field.ts';
import { nativeType } from './types.ts';
import type { CatalogColumn, CatalogTable } from './warehouse/catalog.ts';
import { foldName } from './warehouse/names.ts';

/** The table as it is, with the logical types it was published with. */
export function describeTable({ table, columns, estimatedRows, publication }: CatalogTable): PublishedTable {
  const published = new Map(publication?.fields.map((field) => [foldName(field.name), field]));
  return {
    table,
    fields: columns.map((column) => describeColumn(column, published.get(foldName(column.name)))),
    record: publication?.record ?? null,
    estimatedRows: publication?.tableRows ?? estimatedRows,
  };
}

/** What was published counts, unless someone changed the column's type by hand since. */
function describeColumn(column: CatalogColumn, field: Field | undefined): Field {
  if (field !== undefined && nativeType(field.type) === column.nativeType) return field;
  return { name: column.name, type: mapNativeType(column.nativeType).type, nullable: column.isNullable };
}
