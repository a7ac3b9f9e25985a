import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CommandLine, normalize } from './testing/command-line.ts';

let line: CommandLine;

const pipeline = (where: string): string => `version: 1
name: sales
steps:
  orders: { source: { connection: shop, table: orders } }
  paid:
    filter:
      from: orders
      where: >-
        ${where}
  publish: { destination: { from: paid, connection: warehouse, table: mart.paid } }
tests:
  - name: only paid orders count
    given: { orders: [{ id: 1, status: paid }, { id: 2, status: open }] }
    expect: { paid: [{ id: 1 }] }
`;

beforeEach(async () => {
  line = new CommandLine();
  await line.run(['init', '.', '--name', 'shop']);
  using db = new DatabaseSync(join(line.folder, 'shop.db'));
  db.exec('CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, status TEXT, total DECIMAL(10,2))');
  await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
  mkdirSync(join(line.folder, 'pipelines'), { recursive: true });
  write("status = 'paid'");
});

afterEach(() => line[Symbol.dispose]());

function write(where: string): void {
  writeFileSync(join(line.folder, 'pipelines', 'sales.yaml'), pipeline(where));
}

function hideSource(): void {
  renameSync(join(line.folder, 'shop.db'), join(line.folder, 'gone.db'));
}

async function validate(...options: readonly string[]): Promise<{ exitCode: number; out: string }> {
  const { exitCode, out, err } = await line.run(['validate', ...options]);
  expect(err).toBe('');
  return { exitCode, out: normalize(out, line.folder) };
}

describe('validate', { timeout: 180_000 }, () => {
  it('finds a wrong column at its character, with the source gone since it was discovered', async () => {
    await line.run(['discover', 'shop']);
    hideSource();
    expect(await validate()).toEqual({ exitCode: 0, out: 'ok  2 documents checked.\n' });
    write("status = 'paid' AND totl > 1.5");
    const { exitCode, out } = await validate('--offline');
    expect(exitCode).toBe(2);
    expect(out).toContain(
      "pipelines/sales.yaml:9:29: error: There is no column 'totl'. Did you mean 'total'?",
    );
    expect(out).toContain('1 error in 2 documents.');
    expect(out).toContain(
      'The tables of "shop" were taken as they were at <minute>. If they changed: millrace discover shop',
    );
  });

  it('finds wrong functions, types and tables too', async () => {
    await line.run(['discover', 'shop']);
    hideSource();
    write("uper(status) = 'PAID'");
    expect((await validate()).out).toContain("There is no function 'uper'. Did you mean 'upper'");
    write('total > DATE 2026');
    expect((await validate()).exitCode).toBe(2);
    writeFileSync(
      join(line.folder, 'pipelines', 'sales.yaml'),
      pipeline('true').replace('table: orders', 'table: ordres'),
    );
    expect((await validate('--offline')).out).toContain("has no table 'ordres'");
  });

  it('asks a source that was never discovered, and keeps the answer', async () => {
    write('totl > 1');
    expect((await validate()).exitCode).toBe(2);
    hideSource();
    expect((await validate('sales', '--offline')).out).toContain("There is no column 'totl'");
  });

  it('offline says what it cannot check, and that is no error', async () => {
    write('totl > 1');
    expect(await validate('--offline')).toEqual({
      exitCode: 0,
      out: 'ok  2 documents checked.\nnot checked  pipelines/sales.yaml: SQL, columns and types, because orders is not known from connection "shop". When it can be reached: millrace discover shop\n',
    });
    const { unchecked } = JSON.parse((await line.run(['validate', '--offline', '--json'])).out);
    expect(unchecked).toMatchObject([{ pipeline: 'sales', file: 'pipelines/sales.yaml' }]);
  });

  it('takes a source that cannot be reached for no fault of the document', async () => {
    hideSource();
    const { exitCode, out } = await validate();
    expect(exitCode).toBe(0);
    expect(out).toContain('orders is not known from connection "shop" (');
    expect(out).toContain('When it can be reached: millrace discover shop');
  });

  it('does not take the tables of one environment for those of another', async () => {
    await line.run(['discover', 'shop']);
    const project = join(line.folder, 'millrace.yaml');
    await line.run(['connections', 'list']);
    writeFileSync(
      project,
      `version: 1
name: shop
connections:
  shop: { type: sqlite, path: shop.db }
  warehouse: { type: duckdb, path: warehouse.db }
environments:
  production: { connections: { shop: { path: '\${env:SHOP_PATH}' } } }
`,
    );
    expect((await validate('--offline')).out).toBe('ok  2 documents checked.\n');
    const production = (await validate('--environment', 'production')).out;
    expect(production).toContain('SHOP_PATH');
    expect(production).toContain('not checked');
  });

  it('is refreshed by plan and run', async () => {
    await line.run(['plan', 'sales']);
    {
      using db = new DatabaseSync(join(line.folder, 'shop.db'));
      db.exec('ALTER TABLE orders ADD COLUMN country TEXT');
    }
    write("country = 'DE'");
    expect((await validate('--offline')).exitCode).toBe(2);
    expect((await line.run(['run', 'sales'])).exitCode).toBe(0);
    expect((await validate('--offline')).exitCode).toBe(0);
  });

  it('lets tests run with the source gone', async () => {
    await line.run(['discover', 'shop', '--tables', 'orders']);
    hideSource();
    const { exitCode, out } = await line.run(['test', 'sales']);
    expect(out).toContain('1 test, 0 failed.');
    expect(exitCode).toBe(0);
  });

  it('says that tests need to know the tables', async () => {
    hideSource();
    const { exitCode, err } = await line.run(['test', 'sales']);
    expect(exitCode).toBe(2);
    expect(err).toContain('The pipeline "sales" cannot be tested without SQL, columns and types, because');
  });
});
