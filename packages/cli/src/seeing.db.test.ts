import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runCommand, startPrivateServer, testPassword } from '@millrace/connector-sdk/testing';
import type { StepPreview, TableDiff } from '@millrace/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine } from './testing/command-line.ts';

// Counts the rows that it reads of each table.
const started = await startPrivateServer('mariadb', { userstat: '1' });
const mariadb = 'skipped' in started ? undefined : started;
const ORDERS = 200_000;
const CUSTOMERS = 50_000;

const database = `millrace_t${randomBytes(5).toString('hex')}`;
const PIPELINE = `version: 1
name: sales
steps:
  orders:
    source: { connection: shop, table: ${database}.orders }
    checks:
      - notNull: { columns: [customer_id], onFailure: stop }
  customers:
    source: { connection: shop, table: ${database}.customers }
  regions:
    source: { connection: shop, table: ${database}.regions }
  safe:
    mask: { from: customers, columns: { email: { method: redact } } }
  paid:
    filter: { from: orders, where: status = 'paid' }
  enriched:
    join:
      left: paid
      right: safe
      on: { customer_id: id }
      prefixRight: customer_
      and: [{ right: regions, on: { customer_region: id }, prefixRight: region_ }]
  byRegion:
    aggregate: { from: enriched, by: { region: region_name }, measures: { orders: count(*), revenue: sum(total) } }
  publishEnriched:
    destination: { from: enriched, connection: warehouse, table: mart.orders, write: merge, deletes: hard }
  publishByRegion:
    destination: { from: byRegion, connection: warehouse, table: mart.by_region }
`;

describe.skipIf(mariadb === undefined)('seeing before and after', { timeout: 180_000 }, () => {
  const line = new CommandLine();
  const document = join(line.folder, 'pipelines', 'sales.yaml');

  async function execute(sql: string): Promise<string> {
    const { host, port, user, password } = (mariadb?.connection ?? {}) as Record<string, unknown>;
    const settings = [
      `--host=${String(host)}`,
      `--port=${String(port)}`,
      `--user=${String(user)}`,
      `--password=${String(password)}`,
    ];
    return runCommand(
      'mariadb',
      ['--no-defaults', ...settings, '--batch', '--skip-column-names'],
      { input: sql },
      new AbortController().signal,
    );
  }

  const readBefore = new Map<string, number>();

  /** Rows that the server read of each table since the last call. */
  async function rowsRead(): Promise<ReadonlyMap<string, number>> {
    const out = await execute(
      `SELECT TABLE_NAME, ROWS_READ FROM information_schema.TABLE_STATISTICS WHERE TABLE_SCHEMA = '${database}'`,
    );
    return new Map(
      out
        .trim()
        .split('\n')
        .map((row) => {
          const [table = '', count] = row.split('\t');
          const before = readBefore.get(table) ?? 0;
          readBefore.set(table, Number(count));
          return [table, Number(count) - before];
        }),
    );
  }

  async function succeed(...args: readonly string[]): Promise<string> {
    const outcome = await line.run(args, { input: testPassword });
    expect(outcome.exitCode, `millrace ${args.join(' ')}\n${outcome.out}${outcome.err}`).toBe(0);
    return outcome.out;
  }

  const preview = async (...args: readonly string[]): Promise<StepPreview> =>
    JSON.parse(await succeed('preview', 'sales', ...args, '--json'));
  const diff = async (...args: readonly string[]): Promise<readonly TableDiff[]> =>
    JSON.parse(await succeed('diff', 'sales', ...args, '--json')).tables;

  beforeAll(async () => {
    await execute(`
      CREATE DATABASE ${database}; USE ${database};
      CREATE TABLE regions (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL);
      CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(120), region INT NOT NULL);
      CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT NOT NULL, status VARCHAR(20) NOT NULL, total DECIMAL(12,2) NOT NULL);
      INSERT INTO regions SELECT seq, CONCAT('region ', seq) FROM seq_1_to_8;
      INSERT INTO customers SELECT seq, CONCAT('c', seq, '@example.com'), 1 + (seq DIV 10) % 8 FROM seq_1_to_${CUSTOMERS};
      INSERT INTO orders SELECT seq, 1 + (seq * 7919) % ${CUSTOMERS}, IF(seq % 4 = 0, 'new', 'paid'), seq % 1000 / 4 FROM seq_1_to_${ORDERS};
      ANALYZE TABLE regions, customers, orders;`);
    await line.run(['init', '.']);
    const { host, port, user } = mariadb?.connection ?? {};
    const settings = Object.entries({ host, port, user, database }).flatMap(([key, value]) => [
      '--set',
      `${key}=${String(value)}`,
    ]);
    await succeed('connections', 'add', 'shop', 'mysql', ...settings, '--secret-stdin', 'password');
    writeFileSync(document, PIPELINE);
  }, 300_000);

  afterAll(async () => {
    await mariadb?.stop();
    line[Symbol.dispose]();
  });

  it('shows a step on samples whose joins have rows, and reads no table to its end', async () => {
    await rowsRead();
    const cold = await preview('enriched', '--rows', '3');
    const read = await rowsRead();
    for (const table of ['orders', 'customers']) {
      expect(read.get(table)).toBeGreaterThan(0);
      expect(read.get(table)).toBeLessThanOrEqual(5_100);
    }
    const [enriched] = cold.outputs;
    expect(cold.inputs.map(({ name }) => name)).toEqual(['paid', 'safe', 'regions']);
    expect(enriched).toMatchObject({ name: 'enriched', rows: [{ length: 7 }, {}, {}] });
    // Every paid order of the sample has its customer.
    expect(enriched?.sampledRows).toBe(3_750);
    expect(Math.abs((enriched?.estimatedRows ?? 0) / (ORDERS * 0.75) - 1)).toBeLessThan(0.2);
    expect(cold.sources.map(({ note }) => note)).toEqual([null, null, null]);

    const warm = await preview('enriched', '--rows', '3');
    expect(warm).toEqual({ ...cold, isWarm: true });
    expect([...(await rowsRead()).values()].reduce((sum, rows) => sum + rows, 0)).toBeLessThan(50);
    expect((await preview('enriched', '--fresh')).isWarm).toBe(false);
  });

  it('tells how many rows there are in truth, about', async () => {
    const [paid] = (await preview('paid')).outputs;
    expect(paid?.estimatedRows).toBeGreaterThan(ORDERS * 0.75 * 0.8);
    expect(paid?.estimatedRows).toBeLessThan(ORDERS * 0.75 * 1.2);
    const [byRegion] = (await preview('byRegion')).outputs;
    expect(byRegion).toMatchObject({ sampledRows: 8, estimatedRows: 8 });
  });

  it('shows nothing of what is masked later', async () => {
    const { inputs, outputs } = await preview('safe', '--rows', '2');
    const email = inputs[0]?.columns.findIndex(({ name }) => name === 'email') ?? -1;
    expect(inputs[0]?.columns[email]).toMatchObject({ isHidden: true, min: null, max: null, nulls: 0 });
    expect(inputs[0]?.rows.map((row) => row[email])).toEqual([null, null]);
    expect(outputs[0]?.rows.map((row) => row[email])).toEqual(['[redacted]', '[redacted]']);
    for (const step of ['customers', 'safe', 'enriched'])
      expect(await succeed('preview', 'sales', step)).not.toContain('@example.com');
  });

  it('proposes a test that passes, without what is masked', async () => {
    const test = await succeed('test', 'sales', '--generate');
    expect(test).not.toMatch(/c\d+@example\.com/);
    writeFileSync(
      document,
      `${PIPELINE}${test}  - name: an order without customer is noticed
    given: { orders: [{ id: 1, customer_id: null }] }
    expectFailures: { orders: [notNull(customer_id)] }
  - name: a check that does not fail
    given: { orders: [{ id: 1, customer_id: 1 }] }
    expectFailures: { orders: [notNull(customer_id)] }
  - name: a check that fails unexpectedly
    given: { orders: [{ id: 1, customer_id: null }] }
    expectFailures: { orders: [] }
  - name: an unknown check
    given: { orders: [] }
    expectFailures: { orders: [unique(id)] }
  - name: a step without checks
    given: { orders: [] }
    expectFailures: { paid: [] }
`,
    );
    const { out, exitCode } = await line.run(['test', 'sales']);
    writeFileSync(document, PIPELINE);
    expect(exitCode).toBe(1);
    expect(out.replace(/\s+\([\d.]+ s\)$/gm, '').split('\n')).toEqual([
      'passed  rows of the sample',
      'passed  an order without customer is noticed',
      'failed  a check that does not fail',
      '  orders: - expected to fail: notNull(customer_id)',
      'failed  a check that fails unexpectedly',
      expect.stringContaining('  orders: + failed: orders.customer_id is NULL in 1 of 1 rows.'),
      'failed  an unknown check',
      '  orders has no check "unique(id)"; it has notNull(customer_id).',
      'failed  a step without checks',
      '  "paid" has no checks that could fail.',
      '',
      '6 tests, 4 failed.',
      '',
    ]);
  });

  it('tests checks that set rows aside by the rows before they are', async () => {
    writeFileSync(
      document,
      `${PIPELINE.replace('onFailure: stop', 'onFailure: quarantine, threshold: { maxShare: 1 }')}tests:
  - name: an order without customer is set aside
    given: { orders: [{ id: 1, customer_id: null }, { id: 2, customer_id: 7 }] }
    expect: { orders: [{ id: 2 }] }
    expectFailures: { orders: [notNull(customer_id)] }
  - name: a column that is not there
    given: { orders: [{ id: 1, customerid: null }] }
  - name: a step that is not there
    given: { order: [] }
`,
    );
    const { out } = await line.run(['test', 'sales']);
    writeFileSync(document, PIPELINE);
    expect(out).toContain('passed  an order without customer is set aside');
    expect(out).toContain('  orders has no column "customerid". Did you mean "customer_id"?');
    expect(out).toContain('"order" is no step whose rows other steps read or make. Did you mean "orders"?');
  });

  it('compares what a run would make with what is published, and publishes nothing', async () => {
    expect((await diff()).map(({ difference }) => difference?.added)).toEqual([150_000, 8]);
    await succeed('run', 'sales');
    const kept = () =>
      readdirSync(join(line.folder, '.millrace', 'stage', 'sales'), { recursive: true })
        .map(String)
        .toSorted((left, right) => left.localeCompare(right));
    const before = kept();
    const none = { added: 0, removed: 0, changed: 0, columns: [], addedColumns: [], removedColumns: [] };
    expect(await diff()).toMatchObject([{ difference: none }, { difference: none }]);

    await execute(`USE ${database};
      UPDATE orders SET total = total + 1 WHERE id = 1;
      DELETE FROM orders WHERE id = 2;
      INSERT INTO orders VALUES (900001, 1, 'paid', 5);
      UPDATE regions SET name = 'elsewhere' WHERE id = 1`);
    const [orders, byRegion] = await diff();
    const renamed = await execute(
      `SELECT count(*) FROM ${database}.orders o JOIN ${database}.customers c ON c.id = o.customer_id WHERE region = 1 AND status = 'paid' AND o.id <> 900001`,
    );
    expect(orders?.difference).toMatchObject({
      rowsBefore: 150_000,
      rowsAfter: 150_000,
      added: 1,
      removed: 1,
      columns: [
        { column: 'region_name', rows: Number(renamed) },
        { column: 'total', rows: 1 },
      ],
    });
    expect(orders?.difference?.samples.changed[0]).toEqual({
      key: ['1'],
      values: expect.arrayContaining([{ column: 'total', before: '0.25', after: '1.25' }]),
    });
    expect(orders?.difference?.samples.added).toEqual([expect.arrayContaining(['900001', '5.00'])]);
    expect(byRegion?.difference).toMatchObject({ added: 1, removed: 1, rowsBefore: 8, rowsAfter: 8 });
    const text = await succeed('diff', 'sales', '--tables', 'mart.by_region');
    expect(text).toMatch(/^\s+\+\s+elsewhere /m);
    expect(text).toContain('Nothing was published.');
    expect(kept()).toEqual(before);
    const count = await succeed('query', 'SELECT count(*) FROM mart.orders WHERE id = 900001', '--json');
    expect(JSON.parse(count).rows).toEqual([['0']]);

    // The next run does just what was shown.
    await succeed('run', 'sales');
    expect((await diff()).map(({ difference }) => difference)).toMatchObject([none, none]);
  });

  it('says in a diff which columns come and go', async () => {
    writeFileSync(document, PIPELINE.replace('revenue: sum(total)', 'most: max(total)'));
    const [, byRegion] = await diff();
    writeFileSync(document, PIPELINE);
    expect(byRegion?.difference).toMatchObject({
      addedColumns: ['most'],
      removedColumns: ['revenue'],
      changed: 0,
    });
  });

  it('tells what stops a table instead of comparing it', async () => {
    writeFileSync(
      document,
      PIPELINE.replace(
        'notNull: { columns: [customer_id], onFailure: stop }',
        'rowCount: { max: 10, onFailure: stop }',
      ),
    );
    const outcome = await line.run(['diff', 'sales']);
    writeFileSync(document, PIPELINE);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.out).toContain('mart.orders: orders (kept here): There are 200,000 rows, more than 10.');
  });

  it('names the nearest step', async () => {
    const { err, exitCode } = await line.run(['preview', 'sales', 'enrichd']);
    expect([exitCode, err]).toEqual([
      2,
      'error: The pipeline "sales" has no step "enrichd" to preview. Did you mean enriched?\n',
    ]);
    expect(readFileSync(document, 'utf8')).toBe(PIPELINE);
  });
});
