import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine, type Outcome } from './testing/command-line.ts';

const PIPELINE = `version: 1
name: copies
steps:
  shop:
    replicate:
      from: shop
      load: { mode: full }
      into: { connection: warehouse, schema: raw }
    checks:
      - accepted: { column: status, values: [new, paid], onFailure: quarantine }
      - unique: { columns: [email], onFailure: warn }
      - relationship: { columns: [customer_id], to: { step: people, columns: [id] }, onFailure: quarantine }
    quarantine: { maxRows: 10, maxShare: 0.9 }
  # Nothing but a check reads it.
  people:
    source: { connection: shop, table: customers }
`;

let line: CommandLine;
let db: DatabaseSync;

async function succeed(...args: readonly string[]): Promise<Outcome> {
  const outcome = await line.run(args);
  expect(outcome.exitCode, `millrace ${args.join(' ')}\n${outcome.out}${outcome.err}`).toBe(0);
  return outcome;
}

async function rows(sql: string): Promise<readonly (readonly string[])[]> {
  return JSON.parse((await succeed('query', sql, '--json')).out).rows;
}

beforeAll(async () => {
  line = new CommandLine();
  await succeed('init', '.');
  db = new DatabaseSync(join(line.folder, 'shop.db'));
  db.exec(`
    CREATE TABLE customers (id INTEGER NOT NULL PRIMARY KEY, email TEXT);
    CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, customer_id INTEGER, status TEXT);
    CREATE TABLE invoices (number INTEGER NOT NULL PRIMARY KEY, status TEXT);
    CREATE TABLE logs (line TEXT);
    INSERT INTO customers VALUES (1, 'a@x'), (2, 'a@x');
    INSERT INTO orders VALUES (1, 1, 'new'), (2, 9, 'paid'), (3, 2, 'lost');
    INSERT INTO invoices VALUES (10, 'paid'), (11, 'piad');
    INSERT INTO logs VALUES ('x'), ('y');`);
  await succeed('connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db');
  writeFileSync(join(line.folder, 'pipelines', 'copies.yaml'), PIPELINE);
}, 180_000);

afterAll(() => {
  db.close();
  line[Symbol.dispose]();
});

describe('checks of a replicate step', { timeout: 180_000 }, () => {
  it('are about the tables that have their columns, each with its own rows set aside', async () => {
    await succeed('validate', 'copies');
    const { out } = await succeed('run', 'copies', '--verify');
    expect(out).toMatch(/shop\/orders: 3 rows = 1 passed \+ 2 set aside/);
    expect(out).toMatch(/shop\/invoices: 2 rows = 1 passed \+ 1 set aside/);
    expect(out).toMatch(/check: shop\/customers\.email/);
    expect(await rows('SELECT id FROM raw.orders')).toEqual([['1']]);
    expect(await rows('SELECT number FROM raw.invoices')).toEqual([['10']]);
    expect(await rows('SELECT count(*) FROM raw.customers')).toEqual([['2']]);
    expect(await rows('SELECT line FROM raw.logs ORDER BY line')).toEqual([['x'], ['y']]);
  });

  it('take rows back that were mended', async () => {
    db.exec("UPDATE orders SET status = 'paid' WHERE id = 3; UPDATE orders SET status = 'gone' WHERE id = 1");
    await succeed('run', 'copies', '--verify');
    expect(await rows('SELECT id FROM raw.orders')).toEqual([['3']]);
  });

  it('stop at the tables that they are about', async () => {
    writeFileSync(
      join(line.folder, 'pipelines', 'copies.yaml'),
      PIPELINE.replace('columns: [email], onFailure: warn', 'columns: [email]'),
    );
    db.exec("INSERT INTO logs VALUES ('z')");
    const outcome = await line.run(['run', 'copies']);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.out).toMatch(/customers.* failed/);
    expect(await rows('SELECT count(*) FROM raw.logs')).toEqual([['3']]);
  });
});
