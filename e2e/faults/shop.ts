import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { fingerprintTable, type LoadTask } from '@millrace/compiler';
import { registry } from '@millrace/connectors';
import { seededRandom, temporaryFolder, type Random } from '@millrace/connector-sdk/testing';
import type { SourceTable } from '@millrace/spec';

/** A small shop in an SQLite file, and the tasks that load it into a DuckDB warehouse beside it. */
export interface Shop {
  readonly folder: string;
  readonly random: Random;
  readonly database: DatabaseSync;
  readonly sourcePath: string;
  readonly warehousePath: string;
  /** Rises with each attempt, as leases do. */
  nextFenceToken(): number;
  /** Inserts, updates and deletes that an incremental load has to find. */
  change(): void;
  /** The tasks for the tables as they are now, planned anew. */
  plan(options?: PlanOptions): Promise<readonly LoadTask[]>;
  close(): void;
}

export type PlanOptions = Partial<Pick<LoadTask, 'load' | 'contract' | 'quarantine'>> & {
  readonly write?: Partial<Pick<LoadTask['destination'], 'mode' | 'deletes' | 'key'>>;
};

export const TABLES = ['customers', 'orders'] as const;

export function openShop(seed: number, rows = 3000): Shop {
  const random = seededRandom(seed);
  const temporary = temporaryFolder('faults');
  const folder = temporary.path;
  const sourcePath = join(folder, 'shop.db');
  const database = new DatabaseSync(sourcePath);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, rating REAL, changed INTEGER NOT NULL);
    CREATE INDEX customers_changed ON customers (changed);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, status TEXT, note BLOB, changed INTEGER NOT NULL);
    CREATE INDEX orders_changed ON orders (changed)`);
  let clock = 0;
  let nextId = 0;
  let fenceToken = 0;
  function write(count: number): void {
    const customer = database.prepare('INSERT OR REPLACE INTO customers VALUES (?, ?, ?, ?)');
    const order = database.prepare('INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?)');
    for (let index = 0; index < count; index++) {
      // Ties at one cursor value are the rule.
      if (random.next() < 0.2) clock++;
      const id = nextId > 0 && random.next() < 0.4 && index > 0 ? random.integer(1, nextId) : ++nextId;
      customer.run(
        id,
        `name ${random.integer(0, 1e9)} ${'é'.repeat(random.integer(0, 9))}`,
        random.next() < 0.1 ? null : random.integer(0, 1e6) / 4,
        clock,
      );
      order.run(
        id,
        random.integer(1, 99),
        random.pick(['new', 'paid', '', null]),
        random.bytes(random.integer(0, 40)),
        clock,
      );
    }
  }
  database.exec('BEGIN');
  write(rows);
  database.exec('COMMIT');
  return {
    folder,
    random,
    database,
    sourcePath,
    warehousePath: join(folder, 'warehouse.duckdb'),
    nextFenceToken: () => ++fenceToken,
    change() {
      database.exec('BEGIN');
      write(Math.ceil(rows / 20));
      for (let index = 0; index < 10; index++) {
        for (const table of TABLES)
          database.exec(`DELETE FROM ${table} WHERE id = ${random.integer(1, nextId)}`);
      }
      database.exec('COMMIT');
    },
    async plan(options = {}) {
      const tables = await discover({ connector: 'sqlite', config: { path: sourcePath } }, ...TABLES);
      return tables.map((table) => planTask(table, options));
    },
    close() {
      database.close();
      temporary[Symbol.dispose]();
    },
  };
}

/** The tables of a connection that match, as its connector sees them. */
export async function discover(
  connection: { readonly connector: string; readonly config: unknown },
  ...include: readonly string[]
): Promise<readonly SourceTable[]> {
  const definition = await registry[connection.connector]?.();
  if (definition?.openSource === undefined)
    throw new Error(`The registry has no source ${connection.connector}.`);
  const signal = new AbortController().signal;
  const source = await definition.openSource(definition.config.parse(connection.config), signal);
  try {
    return await source.discover({ include, exclude: [] }, signal);
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

/** A task that loads the table incrementally by its column `changed`. */
export function planTask(table: SourceTable, { write, ...options }: PlanOptions): LoadTask {
  return {
    kind: 'load',
    id: `warehouse:${table.table.name}`,
    sourceStep: table.table.name,
    destinationStep: 'warehouse',
    source: {
      connection: 'shop',
      connector: 'sqlite',
      table,
      fields: table.fields,
      schemaFingerprint: fingerprintTable(table),
    },
    load: { kind: 'incremental', cursor: 'changed', lookback: '0', detectDeletes: true },
    columns: table.fields.map(({ name, type, nullable }) => ({
      field: { name, type, nullable },
      origin: { kind: 'source', column: name },
    })),
    contract: {
      newTables: 'evolve',
      missingTables: 'evolve',
      newColumns: 'evolve',
      typeChanges: 'evolve',
      missingColumns: 'freeze',
    },
    quarantine: { maxRows: 1000, maxShare: 0.5 },
    destination: {
      connection: 'warehouse',
      connector: 'duckdb',
      table: { schema: 'raw', name: table.table.name },
      mode: 'merge',
      deletes: 'hard',
      key: ['id'],
      ...write,
    },
    ...options,
  };
}
