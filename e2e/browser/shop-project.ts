import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A project with a shop's database, a warehouse, and pipelines as a test wants them. */
export function writeShopProject(folder: string, pipelines: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, 'pipelines'), { recursive: true });
  writeFileSync(
    join(folder, 'millrace.yaml'),
    `version: 1
name: harbour

connections:
  shop: { type: sqlite, path: ${join(folder, 'shop.db')} }
  warehouse: { type: duckdb, path: ${join(folder, 'warehouse.duckdb')} }

defaults:
  warehouse: warehouse
`,
  );
  using database = new DatabaseSync(join(folder, 'shop.db'));
  database.exec(`
    CREATE TABLE customers (id INTEGER NOT NULL PRIMARY KEY, name TEXT, country TEXT);
    CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, customer_id INTEGER, total DECIMAL(10,2), status TEXT, created_at TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
      INSERT INTO customers SELECT i, 'Customer ' || i, CASE i % 3 WHEN 0 THEN 'DE' WHEN 1 THEN 'FR' ELSE NULL END FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      INSERT INTO orders SELECT i, i % 200 + 1, (i * 37 % 9000) / 100.0, CASE i % 5 WHEN 0 THEN 'cancelled' ELSE 'paid' END,
        '2026-0' || (i % 9 + 1) || '-1' || (i % 10) || ' 10:00:00' FROM n;`);
  for (const [name, text] of Object.entries(pipelines))
    writeFileSync(join(folder, 'pipelines', `${name}.yaml`), text);
}

export const SALES = `version: 1
name: sales
description: Orders with their customers, ready for reporting.

steps:
  # What the till rang up.
  orders:
    source: { connection: shop, table: orders }
    checks:
      - notNull: { columns: [id, customer_id] }
  customers:
    source: { connection: shop, table: customers } # everyone
  paid:
    filter: { from: orders, where: status <> 'cancelled' }
  wide:
    join: { left: paid, right: customers, type: left, on: { customer_id: id }, prefixRight: customer_ }
  byCountry:
    aggregate: { from: wide, by: { country: customer_country }, measures: { orders: count(*), revenue: sum(total) } }
  publishOrders:
    destination: { from: wide, connection: warehouse, table: mart.orders }
  publishByCountry:
    destination: { from: byCountry, connection: warehouse, table: mart.by_country }
`;

/** A pipeline of so many steps: chains of filters behind two sources, joined and published here and there. */
export function largePipeline(steps: number): string {
  const lines = [
    'version: 1',
    'name: large',
    'steps:',
    '  orders:',
    '    source: { connection: shop, table: orders }',
    '  customers:',
    '    source: { connection: shop, table: customers }',
  ];
  for (let index = 1; index <= steps - 2; index += 1) {
    const from = index <= 10 ? 'orders' : `f${index - 10}`;
    if (index > steps - 12)
      lines.push(
        `  p${index}:`,
        `    destination: { from: ${from}, connection: warehouse, table: mart.t${index} }`,
      );
    else lines.push(`  f${index}:`, `    filter: { from: ${from}, where: total > ${index} }`);
  }
  return `${lines.join('\n')}\n`;
}
