import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';

import {
  type ConnectorHarness,
  canonicalFromText,
  createBoundariesOverSql,
  type HarnessInstance,
  ordersOverSql,
  quoteTableOf,
  type SqlProbe,
  type TextRow,
} from '@millrace/connector-sdk/conformance';
import { temporaryFolder } from '@millrace/connector-sdk/testing';
import type { LogicalType } from '@millrace/spec';

import { boundaryValues } from './boundary-values.ts';

/** A database file in a folder of its own; SQLite itself is part of Node. */
export const harness: ConnectorHarness = {
  variants: ['file'],
  start: async () => startInstance(),
};

function startInstance(): HarnessInstance {
  const folder = temporaryFolder('sqlite-conformance');
  const path = join(folder.path, 'shop.db');
  const database = new DatabaseSync(path, { readBigInts: true, returnArrays: true, timeout: 10_000 });
  // Writers and readers at the same time, as the sources that matter have it.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
  const probe: SqlProbe = {
    run: async (sql) => database.exec(sql),
    rows: async (sql) => rowsOf(database.prepare(sql).all()),
    quote: (name) => `"${name.replaceAll('"', '""')}"`,
    literal: (text) => `'${text.replaceAll("'", "''")}'`,
  };
  const orders = ordersOverSql(probe, {
    integer: 'INTEGER',
    text: 'TEXT',
    decimal: 'DECIMAL(12, 2)',
    timestamp: 'TIMESTAMP',
    time: (text) => `'${text}'`,
  });
  return {
    config: { path },
    secrets: [],
    wrongConfigs: [
      {
        name: 'no such file',
        config: { path: join(folder.path, 'nowhere.db') },
        code: 'connectionRefused',
        message: /nowhere\.db does not exist/,
      },
      {
        name: 'a folder',
        config: { path: folder.path },
        code: 'connectionRefused',
        message: /is not a file/,
      },
    ],
    source: {
      ...orders,
      async createLarge(name, rows) {
        await probe.run(`CREATE TABLE ${probe.quote(name)} (id INTEGER PRIMARY KEY, payload TEXT NOT NULL);
          WITH RECURSIVE ids (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < ${rows})
          INSERT INTO ${probe.quote(name)} SELECT id, printf('%0200d', id) FROM ids`);
        return { name };
      },
      insertLarge: (table, id) => probe.run(`INSERT INTO ${probe.quote(table.name)} VALUES (${id}, 'late')`),
      createBoundaries: (name) =>
        createBoundariesOverSql(probe, name, boundaryValues, { idType: 'INTEGER', textOf: sqlText }),
      // SQLite takes names that differ in case only for the same one.
      refusesName: (name) =>
        name === 'case' || name === 'CASE' ? 'names that differ in case only are one name' : undefined,
    },
    destination: {
      async readRows(table, fields) {
        const columns = fields.map((field) => sqlText(probe.quote(field.name), field.type));
        const rows = await probe.rows(`SELECT ${columns.join(', ')} FROM ${quoteTableOf(probe, table)}`);
        return rows.map((row) =>
          row.map((cell, index) => {
            const type = fields[index]?.type;
            return cell === null || type === undefined ? null : canonicalFromText(type, cell);
          }),
        );
      },
    },
    async [Symbol.asyncDispose]() {
      database.close();
      folder.remove();
    },
  };
}

/** Text goes as bytes, because text ends at U+0000 on its way through the driver. */
function sqlText(column: string, type: LogicalType): string {
  // SQLite takes the digits of NULL for an empty text.
  if (type.kind === 'bytes') return `CASE WHEN ${column} IS NOT NULL THEN hex(${column}) END`;
  return type.kind === 'string' || type.kind === 'json' ? `CAST(${column} AS BLOB)` : column;
}

function rowsOf(rows: unknown): readonly TextRow[] {
  // The typings of node:sqlite do not know `returnArrays`.
  return (rows as readonly (readonly SQLOutputValue[])[]).map((row) => row.map(textOf));
}

function textOf(value: SQLOutputValue): string | null {
  if (value === null) return null;
  return typeof value === 'object' ? Buffer.from(value).toString('utf8') : String(value);
}
