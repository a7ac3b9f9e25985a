import type { TableName } from '@millrace/spec';

/** A table's name as a map key. */
export function tableKey(table: TableName): string {
  return JSON.stringify([table.schema ?? null, table.name]);
}
