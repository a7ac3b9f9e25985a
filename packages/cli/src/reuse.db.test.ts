import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine, normalize } from './testing/command-line.ts';

let line: CommandLine;

const PROJECT = `version: 1
name: shop
connections:
  shop: { type: sqlite, path: shop.db }
  warehouse: { type: duckdb, path: warehouse.duckdb }
environments:
  development: {}
  production: { parameters: { region: US }, limits: { parallelTables: 2 }, retention: { packages: 1 } }
defaults: { warehouse: warehouse }
`;

const TEMPLATE = `version: 1
name: recent-orders
parameters:
  since: { type: date }
  keep: { type: integer, default: 0, description: The smallest total. }
inputs:
  rows: Orders as they come.
steps:
  real: { filter: { from: rows, where: NOT is_test } }
  recent:
    filter: { from: real, where: 'ordered_on >= \${param:since} AND total >= \${param:keep}' }
    checks:
      - notNull: { columns: [id] }
      - sql: { query: SELECT recent.id FROM recent LEFT JOIN real USING (id) WHERE real.id IS NULL, from: [real] }
output: recent
`;

const PIPELINE = `version: 1
name: sales
parameters:
  region: { type: string, accepted: [EU, US] }
  since: { type: date, default: '2026-01-01' }
steps:
  orders: { source: { connection: shop, table: 'orders_\${param:region}' } }
  recentOrders:
    template: { use: recent-orders, inputs: { rows: orders }, with: { since: '\${param:since}' } }
    checks:
      - unique: { columns: [id] }
  publish: { destination: { from: recentOrders, connection: warehouse, table: mart.orders } }
tests:
  - name: test orders never count
    given: { orders: [{ id: 1, ordered_on: 2026-02-02, total: 5, is_test: true }, { id: 2, ordered_on: 2026-02-02, total: 5, is_test: false }] }
    expect: { recentOrders/real: [{ id: 2 }], recentOrders: [{ id: 2 }] }
`;

function write(path: string, text: string): void {
  writeFileSync(join(line.folder, path), text);
}

beforeAll(async () => {
  line = new CommandLine();
  mkdirSync(join(line.folder, 'pipelines'));
  mkdirSync(join(line.folder, 'transforms'));
  write('millrace.yaml', PROJECT);
  write('pipelines/sales.yaml', PIPELINE);
  write('transforms/recent-orders.yaml', TEMPLATE);
  using db = new DatabaseSync(join(line.folder, 'shop.db'));
  for (const region of ['EU', 'US'])
    db.exec(`
      CREATE TABLE orders_${region} (id INTEGER NOT NULL PRIMARY KEY, ordered_on DATE, total DECIMAL(10,2), is_test BOOLEAN);
      INSERT INTO orders_${region} VALUES (1, '2025-12-31', '1.00', 0), (2, '2026-01-01', '2.00', 0), (3, '2026-02-01', '3.00', 1), (4, '2026-03-01', '4.00', 0);`);
}, 180_000);

afterAll(() => line[Symbol.dispose]());

async function golden(name: string, args: readonly string[], exitCode: number): Promise<string> {
  const outcome = await line.run(args);
  const errors = outcome.err.split('\n').toSorted().join('\n').trim();
  const shown = `$ millrace ${args.join(' ')}\nexit ${outcome.exitCode}\n--- standard output\n${outcome.out}--- standard error\n${errors}`;
  await expect(normalize(shown, line.folder)).toMatchFileSnapshot(`goldens/${name}.txt`);
  expect(outcome.exitCode).toBe(exitCode);
  return outcome.out;
}

async function ids(): Promise<readonly unknown[]> {
  const { out } = await line.run(['query', 'SELECT id FROM mart.orders ORDER BY id', '--json']);
  const { rows } = JSON.parse(out) as { rows: unknown[][] };
  return rows.map(([id]) => id);
}

describe('parameters and templates', { timeout: 180_000 }, () => {
  it.each([
    ['reuse-validate', ['validate'], 0],
    ['reuse-plan', ['plan', 'sales', '--param', 'region=EU'], 0],
    ['reuse-plan-missing', ['plan', 'sales'], 2],
    ['reuse-plan-unknown', ['plan', 'sales', '--param', 'regoin=EU'], 2],
    ['reuse-plan-wrong', ['plan', 'sales', '--param', 'region=EU', '--param', 'since=soon'], 2],
    ['reuse-plan-malformed', ['plan', 'sales', '--param', 'EU'], 2],
    ['reuse-validate-param', ['validate', 'sales', '--param', 'region=EU', '--param', 'since=2026-01-01'], 0],
    ['reuse-validate-param-wrong', ['validate', 'sales', '--param', 'since=soon'], 2],
    ['reuse-validate-param-unknown', ['validate', 'sales', '--param', 'regoin=EU'], 2],
    ['reuse-validate-param-of-none', ['validate', '--param', 'region=EU'], 2],
    ['reuse-lineage', ['lineage', 'recentOrders.total', 'sales'], 0],
    ['reuse-test', ['test', 'sales', '--param', 'region=EU'], 0],
    ['reuse-export-sql', ['export', 'sql', 'sales', '--param', 'region=EU'], 0],
    ['reuse-export-mermaid', ['export', 'mermaid', 'sales', '--param', 'region=EU'], 0],
    ['reuse-export-airflow', ['export', 'airflow', 'sales', '--param', 'region=EU'], 0],
    ['reuse-run', ['run', 'sales', '--param', 'region=EU'], 0],
  ] as const)('%s', async (name, args, exitCode) => {
    await golden(name, args, exitCode);
  });

  it('make what the values say, and runs tell them', async () => {
    await line.run(['run', 'sales', '--param', 'region=EU']);
    expect(await ids()).toEqual(['2', '4']);
    await line.run(['run', 'sales', '--param', 'region=EU', '--param', 'since=2026-02-01']);
    expect(await ids()).toEqual(['4']);
    await line.run(['run', 'sales', '--param', 'region=EU', '--param', 'since=2025-01-01']);
    expect(await ids()).toEqual(['1', '2', '4']);
    const { runs } = JSON.parse((await line.run(['runs', '--json'])).out) as { runs: { runId: string }[] };
    expect(runs[0]).toMatchObject({ parameters: { region: 'EU', since: '2025-01-01' } });
    expect((await line.run(['runs'])).out).toContain('sales (region=EU, since=2025-01-01)');
    expect((await line.run(['runs', runs[0]?.runId ?? ''])).out).toContain(
      'Parameters: region=EU, since=2025-01-01',
    );
  });

  it('come from the environment', async () => {
    const { out, exitCode } = await line.run(['plan', 'sales', '--environment', 'production']);
    expect(out).toContain('Parameters: region=US, since=2026-01-01');
    expect(exitCode).toBe(0);
    const given = await line.run(['plan', 'sales', '--environment', 'production', '--param', 'region=EU']);
    expect(given.out).toContain('Parameters: region=EU');
    expect((await line.run(['plan', 'sales', '--environment', 'development'])).exitCode).toBe(2);
  });

  it('validate says where a template is wrong, and who uses it', async () => {
    write('transforms/recent-orders.yaml', TEMPLATE.replace('NOT is_test', 'NOT is_tset'));
    await golden('reuse-validate-template', ['validate', '--environment', 'production'], 2);
    write('transforms/recent-orders.yaml', TEMPLATE.replace('from: real,', 'from: rael,'));
    await golden('reuse-validate-template-alone', ['validate', '--environment', 'production'], 2);
    write('transforms/recent-orders.yaml', TEMPLATE);
    write('millrace.yaml', PROJECT.replace('region: US', 'regoin: US'));
    await golden('reuse-validate-environment', ['validate', '--environment', 'production'], 0);
    write('millrace.yaml', PROJECT);
  });

  it('leave documents as they are', () => {
    expect(readFileSync(join(line.folder, 'pipelines/sales.yaml'), 'utf8')).toBe(PIPELINE);
  });
});
