import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { DuckDBInstance } from '@duckdb/node-api';
import { runCommand, testPassword, testServer } from '@millrace/connector-sdk/testing';
import { applyEdits } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine, type Outcome, type RunOptions } from './testing/command-line.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', '..', 'examples');

/** A copy of an example, and the command line in it. */
class Example implements Disposable {
  readonly #line: CommandLine;

  constructor(name: string, environment: Readonly<Record<string, string>> = {}) {
    this.#line = new CommandLine(environment);
    cpSync(join(EXAMPLES, name), this.#line.folder, { recursive: true });
  }

  path(...parts: readonly string[]): string {
    return join(this.#line.folder, ...parts);
  }

  text(...parts: readonly string[]): string {
    return readFileSync(this.path(...parts), 'utf8');
  }

  async succeed(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const outcome = await this.#line.run(args, options);
    expect(outcome.exitCode, `millrace ${args.join(' ')}\n${outcome.out}${outcome.err}`).toBe(0);
    return outcome;
  }

  /** Validates, tests and plans without a word of warning. */
  async inspect(pipeline: string): Promise<void> {
    await this.succeed(['validate', pipeline]);
    await this.succeed(['test', pipeline]);
    const planned = await this.succeed(['plan', pipeline]);
    expect(planned.out).not.toMatch(/warning:|error:|stops:/);
  }

  async rows(sql: string): Promise<readonly (readonly (string | null)[])[]> {
    return JSON.parse((await this.succeed(['query', sql, '--json'])).out).rows;
  }

  [Symbol.dispose](): void {
    this.#line[Symbol.dispose]();
  }
}

describe('example first-pipeline', { timeout: 180_000 }, () => {
  it('copies a table', async () => {
    using first = new Example('first-pipeline');
    using db = new DatabaseSync(first.path('shop.db'));
    db.exec(
      "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO customers VALUES (1, 'Ada'), (2, 'Zoë')",
    );
    await first.inspect('customers');
    await first.succeed(['run', 'customers', '--verify']);
    expect(await first.rows('FROM raw.customers ORDER BY id')).toEqual([
      ['1', 'Ada'],
      ['2', 'Zoë'],
    ]);
  });
});

describe('example shop', { timeout: 300_000 }, () => {
  it('sums up what counts, and follows what changes', async () => {
    using shop = new Example('shop');
    using db = new DatabaseSync(shop.path('shop.db'));
    db.exec(shop.text('seed.sql'));
    // Tests need no key.
    await shop.succeed(['test', 'sales']);
    await shop.succeed(['secrets', 'set', 'MASK_KEY'], { input: randomBytes(32).toString('hex') });
    await shop.inspect('sales');
    const first = await shop.succeed(['run', 'sales', '--verify']);
    expect(first.out).toMatch(/set aside: .*status/);
    expect(first.out).toMatch(/set aside: .*customer_id/);
    expect(first.out).toMatch(/set aside: .*quantity/);
    const monthly = 'SELECT * FROM mart.monthly_sales ORDER BY ALL';
    expect(await shop.rows(monthly)).toEqual([
      ['2026-01-01', 'DE', '2', '4', '80.50'],
      ['2026-01-01', 'IT', '1', '1', '120.00'],
      ['2026-02-01', 'FR', '1', '2', '98.00'],
    ]);
    const people = 'SELECT id, length(email), country, born FROM mart.people ORDER BY id';
    expect(await shop.rows(people)).toEqual([
      ['1', '64', 'DE', '1984-01-01'],
      ['2', '64', 'IT', '1990-01-01'],
      ['3', '64', 'FR', null],
      ['4', null, 'DE', '1971-01-01'],
    ]);

    db.exec(shop.text('changes.sql'));
    await shop.succeed(['run', 'sales', '--verify']);
    expect(await shop.rows(monthly)).toEqual([
      ['2026-01-01', 'DE', '1', '3', '70.00'],
      ['2026-02-01', 'DE', '1', '1', '10.50'],
      ['2026-02-01', 'FR', '1', '2', '98.00'],
      ['2026-02-01', 'IT', '1', '1', '120.00'],
    ]);
    expect(await shop.rows('SELECT order_id, id, revenue FROM mart.sales ORDER BY ALL')).toEqual([
      ['1', '1', '21.00'],
      ['1', '2', '49.00'],
      ['5', '6', '98.00'],
      ['6', '7', '10.50'],
      ['8', '10', '120.00'],
    ]);
    await shop.succeed(['lineage', 'mart.monthly_sales.revenue']);
  });
});

describe('example files-lake', { timeout: 300_000 }, () => {
  it('reads each file once, and lists what there is in manifests', async () => {
    using lake = new Example('files-lake');
    await lake.inspect('lake');
    await lake.succeed(['run', 'lake']);
    const orders = 'SELECT id, email, status, ordered::VARCHAR, amount::VARCHAR FROM orders ORDER BY id';
    const daily = 'SELECT day::VARCHAR, category, orders::INTEGER, amount::VARCHAR FROM daily ORDER BY ALL';
    expect(await published(lake, 'orders', orders)).toEqual([
      [1n, 'ada@example.org', 'paid', '2026-01-01', '1234.50'],
      [2n, 'bruno@example.org', 'paid', '2026-01-01', '49.00'],
      [3n, null, 'new', '2026-01-01', '10.50'],
    ]);
    expect(await published(lake, 'daily', daily)).toEqual([
      ['2026-01-01', 'light', 2, '1245.00'],
      ['2026-01-01', 'seats', 1, '49.00'],
    ]);

    cpSync(lake.path('next'), lake.path('drops'), { recursive: true });
    const second = await lake.succeed(['run', 'lake']);
    expect(second.out).toContain('orders: 9 rows = 6 passed + 3 set aside');
    expect(await published(lake, 'orders', 'SELECT id FROM orders ORDER BY id')).toEqual([
      [1n],
      [2n],
      [3n],
      [5n],
      [8n],
      [9n],
    ]);
    expect(await published(lake, 'daily', daily)).toEqual([
      ['2026-01-01', 'light', 2, '1245.00'],
      ['2026-01-01', 'seats', 2, '50.00'],
      ['2026-01-02', 'light', 1, '10.50'],
      ['2026-01-02', 'tables', 1, '1200.00'],
    ]);
    expect(
      await published(
        lake,
        'cart_lines',
        'SELECT id, line::INTEGER, sku, quantity FROM cart_lines ORDER BY 1, 2',
      ),
    ).toEqual([
      [1n, 1, 'LAMP', 2],
      [1n, 2, 'DESK', 1],
      [3n, 1, 'CHAIR', 4],
    ]);
    const idle = await lake.succeed(['run', 'lake']);
    expect(idle.out).toMatch(/ 0 published, \d+ unchanged/);
  });
});

describe('example web-log', { timeout: 300_000 }, () => {
  it('reads lines by code, and follows what changes', async () => {
    using log = new Example('web-log');
    using db = new DatabaseSync(log.path('shop.db'));
    db.exec(log.text('seed.sql'));
    await log.inspect('visits');
    const first = await log.succeed(['run', 'visits', '--verify']);
    expect(first.out).toContain('requested: 5 rows = 4 passed + 1 set aside');
    const campaigns = 'SELECT * FROM mart.campaigns ORDER BY ALL';
    expect(await log.rows(campaigns)).toEqual([
      ['2026-01-05', 'none', '1', '1', '2048'],
      ['2026-01-05', 'spring', '1', '1', '5120'],
      ['2026-01-06', 'none', '1', '0', '1900'],
      ['2026-01-06', 'spring', '1', '0', '64'],
    ]);
    const words = 'SELECT id, position, word FROM mart.words ORDER BY ALL';
    expect(await log.rows(words)).toEqual([
      ['2', '1', 'desk'],
      ['2', '2', 'lamp'],
      ['3', '1', 'lamp'],
      ['3', '2', 'brass'],
    ]);

    db.exec(log.text('changes.sql'));
    await log.succeed(['run', 'visits', '--verify']);
    expect(await log.rows(campaigns)).toEqual([
      ['2026-01-05', 'none', '1', '1', '2048'],
      ['2026-01-05', 'spring', '1', '1', '5120'],
      ['2026-01-06', 'none', '1', '1', '900'],
      ['2026-01-06', 'spring', '2', '1', '764'],
    ]);
    expect(await log.rows(words)).toEqual([
      ['2', '1', 'desk'],
      ['2', '2', 'lamp'],
      ['7', '1', 'oak'],
      ['7', '2', 'desk'],
    ]);
    await log.succeed(['lineage', 'mart.campaigns.phones']);
  });
});

/** A query over the files that the manifest of a published table lists. */
async function published(example: Example, table: string, sql: string): Promise<readonly unknown[][]> {
  const { files } = JSON.parse(example.text('lake', table, 'manifest.json')) as { files: { path: string }[] };
  const paths = files.map(({ path }) => `'${example.path('lake', table, path)}'`);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`CREATE VIEW ${table} AS FROM read_parquet([${paths.join(', ')}])`);
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const mariadb = await testServer('mariadb');
const postgres = await testServer('postgres');

describe.skipIf(mariadb === undefined || postgres === undefined)(
  'example mysql-warehouse',
  { timeout: 180_000 },
  () => {
    const database = `millrace_t${randomBytes(5).toString('hex')}`;
    const shop = (mariadb?.connection ?? {}) as Record<string, string | number>;
    const reporting = (postgres?.connection ?? {}) as Record<string, string | number>;
    const signal = new AbortController().signal;

    async function inShop(sql: string): Promise<void> {
      const { host, port, user, password } = shop;
      await runCommand(
        'mariadb',
        [
          '--no-defaults',
          `--host=${host}`,
          `--port=${port}`,
          `--user=${user}`,
          `--password=${password}`,
          '--default-character-set=utf8mb4',
        ],
        { input: sql },
        signal,
      );
    }

    /** The rows of a query in PostgreSQL, each as CSV. */
    async function inReporting(
      sql: string,
      name = String(reporting['database']),
    ): Promise<readonly string[]> {
      const url = new URL('postgres://server');
      Object.assign(url, {
        hostname: reporting['host'],
        port: String(reporting['port']),
        username: reporting['user'],
        password: encodeURIComponent(String(reporting['password'])),
        pathname: `/${name}`,
      });
      const out = await runCommand(
        'psql',
        ['--no-psqlrc', '--set=ON_ERROR_STOP=1', '--quiet', '--csv', '--tuples-only', url.href],
        { input: sql },
        signal,
      );
      return out.split('\n').filter((line) => line !== '');
    }

    beforeAll(async () => {
      await inShop(`CREATE DATABASE ${database}`);
      await inReporting(`CREATE DATABASE ${database}`);
    });

    afterAll(async () => {
      await inShop(`DROP DATABASE IF EXISTS ${database}`);
      await inReporting(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    });

    it('keeps a fact and the versions of its dimensions', async () => {
      using example = new Example('mysql-warehouse', {
        SHOP_HOST: String(shop['host']),
        REPORTING_HOST: String(reporting['host']),
      });
      const edited = applyEdits(example.text('millrace.yaml'), [
        ...settings('shop', { port: shop['port'], user: shop['user'], database }),
        ...settings('reporting', { port: reporting['port'], user: reporting['user'], database }),
      ]);
      if (!edited.isApplied) throw new Error(edited.reason);
      writeFileSync(example.path('millrace.yaml'), edited.text);
      for (const file of ['star.yaml', 'copies.yaml']) {
        const text = example.text('pipelines', file).replaceAll(/([ [])shop\./g, `$1${database}.`);
        writeFileSync(example.path('pipelines', file), text);
      }
      for (const name of ['SHOP_PASSWORD', 'REPORTING_PASSWORD'])
        await example.succeed(['secrets', 'set', name], { input: testPassword });
      await inShop(`USE ${database};\n${example.text('seed.sql')}`);

      await example.inspect('star');
      await example.succeed(['run', 'star', '--verify']);
      const sales =
        'SELECT order_id, line_no, customer_id, ordered_on, quantity, amount FROM mart.fact_sales ORDER BY 1, 2';
      expect(await inReporting(sales, database)).toEqual([
        '100,1,1,2026-01-05,2,21.00',
        '100,2,1,2026-01-05,1,49.00',
        '101,1,2,2026-01-20,4,440.00',
        '102,1,3,2026-02-01,1,10.50',
        '102,2,3,2026-02-01,1,120.00',
      ]);

      await inShop(`USE ${database};\n${example.text('changes.sql')}`);
      await example.succeed(['run', 'star', '--verify']);
      expect(await inReporting(sales, database)).toEqual([
        '100,1,1,2026-01-05,2,21.00',
        '102,1,3,2026-02-01,1,10.50',
        '102,2,3,2026-02-01,1,120.00',
        '104,1,2,2026-02-11,5,60.00',
        '104,2,2,2026-02-11,1,45.00',
      ]);
      expect(
        await inReporting(
          'SELECT customer_id, city, is_current, valid_to IS NULL FROM mart.dim_customer ORDER BY customer_id, valid_from',
          database,
        ),
      ).toEqual(['1,Berlin,f,f', '1,Hamburg,t,t', '2,Milano,t,t', '3,,t,t']);
      expect(
        await inReporting(
          'SELECT product_id, list_price, is_current FROM mart.dim_product ORDER BY product_id, valid_from',
          database,
        ),
      ).toEqual(['10,10.50,f', '10,12.00,t', '11,49.00,t', '12,120.00,t']);

      await example.succeed(['run', 'copies', '--verify']);

      // A version that is closed has no successor when its row is gone.
      await inShop(
        `USE ${database}; DELETE FROM customers WHERE id = 3; DELETE FROM order_lines WHERE order_id = 102; DELETE FROM orders WHERE id = 102`,
      );
      await example.succeed(['run', 'star', '--verify']);
      expect(
        await inReporting(
          'SELECT count(*) FROM mart.dim_customer WHERE customer_id = 3 AND is_current',
          database,
        ),
      ).toEqual(['0']);
      expect(await inReporting('SELECT count(*), sum(amount) FROM mart.fact_sales', database)).toEqual([
        '3,126.00',
      ]);

      await example.succeed(['run', 'copies', '--verify']);
      const gone = 'SELECT id, deleted_at IS NOT NULL FROM raw.customers ORDER BY id';
      expect(await inReporting(gone, database)).toEqual(['1,f', '2,f', '3,t']);
    });
  },
);

function settings(connection: string, values: Readonly<Record<string, string | number | undefined>>) {
  return Object.entries(values).map(
    ([key, value]) =>
      ({ kind: 'setField', path: ['connections', connection, key], value: value ?? null }) as const,
  );
}
