import { DuckDBInstance } from '@duckdb/node-api';

import { TABLES, type Shop } from './shop.ts';

export interface Reconciliation {
  readonly onlySource: number;
  readonly onlyDestination: number;
  readonly differing: number;
}

export const EQUAL: Reconciliation = { onlySource: 0, onlyDestination: 0, differing: 0 };

/**
 * Compares every row of source and warehouse by key, as text that each system writes itself; it shares no code with what
 * it checks. A key that is there twice counts as one that is only at the destination.
 */
export async function reconcile(
  shop: Shop,
  skip: (table: string, id: string) => boolean = () => false,
): Promise<Reconciliation> {
  const counts = { onlySource: 0, onlyDestination: 0, differing: 0 };
  const instance = await DuckDBInstance.create(shop.warehousePath, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    for (const table of TABLES) {
      const statement = shop.database.prepare(`SELECT ${columns(table)} FROM ${table}`);
      const source = new Map(statement.all().map((row) => [String(row['id']), String(row['line'])]));
      const reader = await connection.runAndReadAll(`SELECT ${columns(table)} FROM raw.${table}`);
      for (const row of reader.getRowObjectsJson()) {
        const value = row['id'];
        const id = typeof value === 'string' ? value : JSON.stringify(value);
        const line = source.get(id);
        if (line === undefined) counts.onlyDestination++;
        else if (line !== row['line']) counts.differing++;
        source.delete(id);
      }
      for (const id of source.keys()) if (!skip(table, id)) counts.onlySource++;
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return counts;
}

/** Doubles are compared rounded to nine digits; their bits are the business of the connectors' own tests. */
function columns(table: string): string {
  const hexOrNull = (name: string) => `CASE WHEN ${name} IS NOT NULL THEN hex(${name}) END`;
  const values =
    table === 'customers'
      ? ['name', `CAST(CAST(rating * 1000 AS BIGINT) AS TEXT)`, 'changed']
      : ['customer', 'status', hexOrNull('note'), 'changed'];
  return `CAST(id AS TEXT) AS id, ${values.map((value) => `coalesce(CAST(${value} AS TEXT), '~')`).join(" || '|' || ")} AS line`;
}

/** Rows of a query over the warehouse, as text. */
export async function queryWarehouse(shop: Shop, sql: string): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(shop.warehousePath, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
