import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { runCommand, testPassword, testServer } from '@millrace/connector-sdk/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createShop } from './demo/shop.ts';
import { CommandLine } from './testing/command-line.ts';

let line: CommandLine;

beforeAll(async () => {
  line = new CommandLine();
  await line.run(['init', '.']);
});

afterAll(() => line[Symbol.dispose]());

async function succeed(...args: readonly string[]): Promise<string> {
  const outcome = await line.run(args, { input: testPassword });
  expect(outcome.exitCode, `millrace ${args.join(' ')}\n${outcome.out}${outcome.err}`).toBe(0);
  return outcome.out;
}

const documentOf = (name: string): string =>
  readFileSync(join(line.folder, 'pipelines', `${name}.yaml`), 'utf8');

/** Adds a connection to a shared server. */
async function connect(
  name: string,
  type: string,
  connection: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { host, port, user, database } = connection;
  const settings = Object.entries({ host, port, user, database }).flatMap(([key, value]) => [
    '--set',
    `${key}=${String(value)}`,
  ]);
  await succeed('connections', 'add', name, type, ...settings, '--secret-stdin', 'password');
}

describe('a generated pipeline', { timeout: 180_000 }, () => {
  it('of the sample shop is valid, for both goals', async () => {
    createShop(join(line.folder, 'sample.db'));
    await succeed('connections', 'add', 'sample', 'sqlite', '--set', 'path=sample.db');
    for (const goal of ['raw', 'star']) {
      await succeed(
        'generate',
        '--from',
        'sample',
        '--into',
        'warehouse',
        '--goal',
        goal,
        '--name',
        goal,
        '--write',
      );
      await succeed('validate', goal);
    }
    expect(documentOf('raw')).toContain('cursor: updated_at');
    expect(documentOf('star')).toContain('table: mart.fact_order_lines');
    expect(documentOf('star')).toMatch(
      /mask: \{ from: customers, key: "\$\{secret:MASK_KEY\}", columns: \{ name: \{ method: redact \}, email: \{ method: hash \}/,
    );
  });
});

const mariadb = await testServer('mariadb');

describe.skipIf(mariadb === undefined)('a pipeline generated from MariaDB', { timeout: 180_000 }, () => {
  const database = `millrace_t${randomBytes(5).toString('hex')}`;
  const connection = { ...mariadb?.connection, database };

  async function execute(sql: string): Promise<void> {
    const { host, port, user, password } = (mariadb?.connection ?? {}) as Record<string, unknown>;
    const settings = [
      `--host=${String(host)}`,
      `--port=${String(port)}`,
      `--user=${String(user)}`,
      `--password=${String(password)}`,
    ];
    await runCommand(
      'mariadb',
      ['--no-defaults', ...settings, '--default-character-set=utf8mb4'],
      { input: sql },
      new AbortController().signal,
    );
  }

  beforeAll(async () => {
    await execute(`
      CREATE DATABASE ${database}; USE ${database};
      CREATE TABLE customers (id INT PRIMARY KEY, full_name VARCHAR(80) NOT NULL, email VARCHAR(120), country CHAR(2) NOT NULL);
      CREATE TABLE orders (
        id INT PRIMARY KEY AUTO_INCREMENT, customer_id INT NOT NULL, status VARCHAR(20) NOT NULL, total DECIMAL(12,2) NOT NULL,
        created_at DATETIME(6) NOT NULL, updated_at DATETIME(6) NOT NULL ON UPDATE CURRENT_TIMESTAMP(6),
        KEY by_change (updated_at), CONSTRAINT ordered_by FOREIGN KEY (customer_id) REFERENCES customers (id));
      CREATE TABLE order_notes (id INT PRIMARY KEY, order_id INT, text VARCHAR(200));
      INSERT INTO customers SELECT seq, CONCAT('Anna ', CHAR(65 + seq % 26), 'berg'), CONCAT('c', seq, '@example.com'), IF(seq % 3, 'DE', 'PL') FROM seq_1_to_500;
      INSERT INTO orders SELECT seq, 1 + seq % 500, ELT(1 + seq % 3, 'new', 'paid', 'shipped'), seq / 7,
        '2026-01-01' + INTERVAL seq MINUTE, '2026-01-01' + INTERVAL seq + seq % 3 MINUTE FROM seq_1_to_120000;
      INSERT INTO order_notes SELECT seq, seq * 3, CONCAT('note ', seq) FROM seq_1_to_300;
      ANALYZE TABLE customers, orders, order_notes;`);
    await connect('shop', 'mysql', connection);
  });

  afterAll(() => execute(`DROP DATABASE IF EXISTS ${database}`));

  it('is valid, runs and verifies, reads on by the proven cursor', async () => {
    await succeed('generate', '--from', 'shop', '--into', 'warehouse', '--name', 'copied', '--write');
    expect(documentOf('copied')).toContain('customer_id refers to');
    expect(documentOf('copied')).toContain('Personal data in email: e-mail addresses');
    expect(documentOf('copied')).toContain('relationship');
    await succeed('validate', 'copied');
    expect(documentOf('copied')).toMatch(
      /updated_at is proven: NOT NULL, indexed, [^]*the server sets it on every update\n\s*load: \{ mode: incremental, cursor: updated_at/,
    );
    await succeed('plan', 'copied');
    await succeed('run', 'copied');
    await execute(
      `UPDATE ${database}.orders SET status = 'paid' WHERE id = 77; DELETE FROM ${database}.orders WHERE id = 78`,
    );
    await succeed('run', 'copied', '--verify');
    await succeed('verify', 'copied');
  });

  it('of facts and dimensions is valid, and its rows add up', async () => {
    const star = ['--goal', 'star', '--name', 'sales', '--write'];
    await succeed('generate', '--from', 'shop', '--into', 'warehouse', ...star);
    await succeed('validate', 'sales');
    const refused = await line.run(['run', 'sales']);
    expect(refused.err).toContain('millrace secrets set MASK_KEY');
    await line.run(['secrets', 'set', 'MASK_KEY'], { input: '6f2d'.repeat(16) });
    await succeed('run', 'sales');
    const asked = await succeed(
      'query',
      'SELECT count(*), sum(total), count(DISTINCT created_day) = (SELECT count(*) FROM mart.dim_date) FROM mart.fact_orders JOIN mart.dim_customers AS c ON c.id = customer_id',
      '--json',
    );
    const copied = await succeed(
      'query',
      `SELECT count(*), sum(total), true FROM raw.orders WHERE deleted_at IS NULL`,
      '--json',
    );
    expect(JSON.parse(asked).rows).toEqual(JSON.parse(copied).rows);
    const people = await succeed(
      'query',
      'SELECT count(*), count(DISTINCT email), min(length(email)), any_value(full_name) FROM mart.dim_customers',
      '--json',
    );
    expect(JSON.parse(people).rows).toEqual([['500', '500', '64', '[redacted]']]);
  });
});

const postgres = await testServer('postgres');

describe.skipIf(postgres === undefined)('a pipeline generated from PostgreSQL', { timeout: 180_000 }, () => {
  const schema = `millrace_t${randomBytes(5).toString('hex')}`;

  async function execute(sql: string): Promise<void> {
    const { host, port, user, password, database } = (postgres?.connection ?? {}) as Record<string, unknown>;
    const url = new URL('postgres://server');
    Object.assign(url, {
      hostname: String(host),
      port: String(port),
      username: String(user),
      password: encodeURIComponent(String(password)),
      pathname: `/${String(database)}`,
    });
    await runCommand(
      'psql',
      ['--no-psqlrc', '--set=ON_ERROR_STOP=1', '--quiet', url.href],
      { input: sql },
      new AbortController().signal,
    );
  }

  beforeAll(async () => {
    await execute(`
      CREATE SCHEMA ${schema}; SET search_path = ${schema};
      CREATE TABLE product (product_id int PRIMARY KEY, title text NOT NULL, price numeric(10,2) NOT NULL);
      CREATE TABLE sale (sale_no bigint PRIMARY KEY, product_id int NOT NULL REFERENCES product, quantity int NOT NULL, sold_at timestamptz NOT NULL);
      INSERT INTO product SELECT i, 'Product ' || i, i / 3.0 FROM generate_series(1, 200) AS i;
      INSERT INTO sale SELECT i, 1 + i % 200, 1 + i % 7, '2026-01-01Z'::timestamptz + i * interval '1 hour' FROM generate_series(1, 3000) AS i;`);
    await connect('pg', 'postgres', postgres?.connection ?? {});
  });

  afterAll(() => execute(`DROP SCHEMA IF EXISTS ${schema} CASCADE`));

  it('is valid and verifies, and knows what is declared', async () => {
    const tables = ['--from', 'pg', '--into', 'warehouse', '--tables', `${schema}.*`];
    await succeed('generate', ...tables, '--name', 'declared', '--schema', 'sales', '--write');
    await succeed('validate', 'declared');
    expect(documentOf('declared')).toContain('the source declares the foreign key');
    await succeed('run', 'declared', '--verify');
    await succeed('generate', ...tables, '--goal', 'star', '--name', 'sold', '--write');
    await succeed('validate', 'sold');
    expect(documentOf('sold')).toContain('sold_at says when it happened');
  });
});
