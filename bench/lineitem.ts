import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

/** Rows of TPC-H's lineitem at scale factor 1, near enough. */
const ROWS_AT_SCALE_1 = 6_000_000;

export const LINEITEM_COLUMNS = [
  'l_orderkey',
  'l_partkey',
  'l_suppkey',
  'l_linenumber',
  'l_quantity',
  'l_extendedprice',
  'l_discount',
  'l_tax',
  'l_returnflag',
  'l_linestatus',
  'l_shipdate',
  'l_commitdate',
  'l_receiptdate',
  'l_shipinstruct',
  'l_shipmode',
  'l_comment',
] as const;

/** The columns in the SQL that MySQL, MariaDB and PostgreSQL share. */
export const LINEITEM_DDL = `
  l_orderkey bigint NOT NULL, l_partkey int NOT NULL, l_suppkey int NOT NULL, l_linenumber int NOT NULL,
  l_quantity decimal(15,2) NOT NULL, l_extendedprice decimal(15,2) NOT NULL, l_discount decimal(15,2) NOT NULL, l_tax decimal(15,2) NOT NULL,
  l_returnflag char(1) NOT NULL, l_linestatus char(1) NOT NULL, l_shipdate date NOT NULL, l_commitdate date, l_receiptdate date NOT NULL,
  l_shipinstruct varchar(25) NOT NULL, l_shipmode varchar(10) NOT NULL, l_comment varchar(44)`;

/** The columns as DuckDB types, for loaders that must declare them. */
export const LINEITEM_DUCKDB_DDL = LINEITEM_DDL.replaceAll('char(1)', 'varchar').replaceAll(
  /varchar\(\d+\)/g,
  'varchar',
);

/**
 * A lineitem-shaped table, deterministic for a scale: four lines an order on average, sorted by order, prices that follow
 * from quantity and part, dates within seven years, comments of 10 to 43 characters from a vocabulary, 2 % NULL
 * commit dates and 1 % NULL comments. Written as tab-separated text with \N for NULL, which all servers load as it is.
 */
export async function lineitemText(folder: string, scale: number): Promise<{ path: string; rows: number }> {
  const rows = Math.round(ROWS_AT_SCALE_1 * scale);
  const path = join(folder, `lineitem-${rows}.tsv`);
  if (existsSync(path)) return { path, rows };
  mkdirSync(folder, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const pick = (salt: number, modulus: number | string) => `(hash(i * 31 + ${salt}) % ${modulus})::BIGINT`;
  const words = `['furiously', 'carefully', 'quickly', 'blithely', 'slyly', 'deposits', 'requests', 'accounts', 'packages', 'ideas', 'theodolites', 'foxes', 'pinto beans', 'instructions', 'sleep', 'haggle', 'nag', 'above the', 'among', 'final', 'regular', 'express', 'bold', 'ironic', 'even', 'unusual']`;
  const word = (salt: number) => `${words}[1 + ${pick(salt, 26)}]`;
  await connection.run(`
    COPY (
      SELECT i // 4 * 8 + (i // 4) % 8 + 1 AS l_orderkey, partkey, partkey % 10000 + 1 AS suppkey, i % 4 + 1 AS linenumber,
        quantity::DECIMAL(15,2), (quantity * (90000 + partkey % 200 * 100 + partkey // 10 % 20001) / 100)::DECIMAL(15,2),
        (${pick(3, 11)} / 100)::DECIMAL(15,2), (${pick(4, 9)} / 100)::DECIMAL(15,2),
        CASE WHEN shipdate < DATE '1995-06-17' THEN ['R', 'A'][1 + ${pick(5, 2)}] ELSE 'N' END, CASE WHEN shipdate < DATE '1995-06-17' THEN 'F' ELSE 'O' END,
        shipdate, CASE WHEN ${pick(6, 50)} = 0 THEN NULL ELSE shipdate + (${pick(7, 91)} - 45)::INTEGER END, shipdate + (1 + ${pick(8, 30)})::INTEGER,
        ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'][1 + ${pick(9, 4)}], ['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'][1 + ${pick(10, 7)}],
        CASE WHEN ${pick(11, 100)} = 0 THEN NULL ELSE left(${word(12)} || ' ' || ${word(13)} || ' ' || ${word(14)} || ' ' || ${word(15)}, 10 + ${pick(16, 34)}) END
      FROM (SELECT i, 1 + ${pick(1, 200000)} AS partkey, 1 + ${pick(2, 50)} AS quantity, DATE '1992-01-02' + ${pick(17, 2526)}::INTEGER AS shipdate FROM range(${rows}) r(i))
    ) TO '${path}.partial' (FORMAT csv, DELIMITER '\t', HEADER false, NULLSTR '\\N', QUOTE '', ESCAPE '')`);
  connection.closeSync();
  instance.closeSync();
  renameSync(`${path}.partial`, path);
  return { path, rows };
}
