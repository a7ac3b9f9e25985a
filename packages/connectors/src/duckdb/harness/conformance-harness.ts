import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  canonicalFromText,
  createBoundariesOverSql,
  ordersOverSql,
  quoteTableOf,
  type ConnectorHarness,
  type HarnessInstance,
  type SqlProbe,
  type TextRow,
} from '@millrace/connector-sdk/conformance';
import { temporaryFolder } from '@millrace/connector-sdk/testing';
import type { Field, LogicalType } from '@millrace/spec';

import { duckdbConfig } from '../config.ts';
import { decodeText } from '../warehouse/exact-text.ts';
import { identifier, text } from '../warehouse/names.ts';
import { openWarehouse } from '../warehouse/open-warehouse.ts';
import { conformanceBoundaries } from './conformance-boundaries.ts';
import { changeFile, noSignal } from './test-warehouse.ts';

/** A database file in a folder of its own. It has one owner, so the harness shares the connector's instance. */
export const harness: ConnectorHarness = {
  variants: ['file'],
  start: async () => startInstance(),
};

async function startInstance(): Promise<HarnessInstance> {
  const folder = temporaryFolder('duckdb-conformance');
  const config = { path: join(folder.path, 'shop.duckdb') };
  await changeFile(duckdbConfig.parse(config), 'CREATE SCHEMA shop');
  const broken = join(folder.path, 'broken.duckdb');
  writeFileSync(broken, 'no database at all, but long enough to be read as the header of one'.repeat(100));
  const hold = async () => {
    const lease = await openWarehouse(
      duckdbConfig.parse(config),
      { blame: 'source', isCreated: false },
      noSignal,
    );
    return { lease, session: await lease.warehouse.session('source', noSignal) };
  };
  let held = await hold();
  const release = (): void => {
    held.session[Symbol.dispose]();
    held.lease[Symbol.dispose]();
  };
  const probe: SqlProbe = {
    schema: 'shop',
    async run(sql) {
      await held.session.run(sql, noSignal);
      await held.lease.warehouse.reload(noSignal);
    },
    async rows(sql) {
      const select = `SELECT encode(CAST(COLUMNS(*) AS VARCHAR)) FROM (${sql})`;
      const result = await held.session.run(select, noSignal);
      return (await result.getRows()).map((row) => row.map(decodeText));
    },
    quote: identifier,
    literal: text,
  };
  const readRows = async (relation: string, fields: readonly Field[]): Promise<readonly TextRow[]> => {
    const columns = fields.map(
      ({ name, type }, index) => `${duckdbText(identifier(name), type)} AS c${index}`,
    );
    const rows = await probe.rows(`SELECT ${columns.join(', ')} FROM ${relation}`);
    return rows.map((row) => row.map((cell, index) => decode(cell, fields[index]?.type)));
  };
  return {
    config,
    secrets: [],
    wrongConfigs: [
      {
        name: 'no such file',
        config: { path: join(folder.path, 'nowhere.duckdb') },
        code: 'configInvalid',
        message: /nowhere\.duckdb does not exist/,
      },
      {
        name: 'not a database',
        config: { path: broken },
        code: 'configInvalid',
        message: /broken\.duckdb.*not a valid DuckDB database file/s,
      },
    ],
    source: {
      ...ordersOverSql(probe, {
        integer: 'BIGINT',
        text: 'VARCHAR',
        decimal: 'DECIMAL(12,2)',
        timestamp: 'TIMESTAMP',
        time: (time) => `TIMESTAMP ${text(time)}`,
      }),
      async createLarge(name, rows) {
        await probe.run(
          `CREATE TABLE shop.${identifier(name)} AS SELECT i AS id, lpad(CAST(i AS VARCHAR), 200, '0') AS payload FROM range(1, ${rows + 1}) r(i)`,
        );
        return { schema: 'shop', name };
      },
      insertLarge: (table, id) =>
        probe.run(`INSERT INTO ${quoteTableOf(probe, table)} VALUES (${id}, 'late')`),
      createBoundaries: (name) =>
        createBoundariesOverSql(probe, name, conformanceBoundaries, { idType: 'BIGINT', textOf: duckdbText }),
      refusesName: (name) =>
        name === 'case' || name === 'CASE' ? 'names that differ in case only are one name' : undefined,
      readParquet: (file, fields) =>
        readRows(`read_parquet(${text(file.path)}, hive_partitioning = false)`, fields),
    },
    destination: {
      schema: 'shop',
      readRows: (table, fields) => readRows(quoteTableOf(probe, table), fields),
      // A file has one owner: another process waits until this one has let go.
      async withoutHolding(work) {
        release();
        try {
          return await work();
        } finally {
          held = await hold();
        }
      },
    },
    async [Symbol.asyncDispose]() {
      release();
      folder.remove();
    },
  };
}

/** Bytes as hexadecimal digits, and the era at the end, where the other systems write it. */
function duckdbText(column: string, type: LogicalType): string {
  if (type.kind === 'bytes') return `hex(${column})`;
  if (type.kind !== 'date' && type.kind !== 'timestamp') return column;
  return `regexp_replace(CAST(${column} AS VARCHAR), ' \\(BC\\)(.*)$', '\\1 BC')`;
}

function decode(cell: string | null | undefined, type: LogicalType | undefined): string | null {
  if (cell === null || cell === undefined || type === undefined) return null;
  return canonicalFromText(type, cell);
}
