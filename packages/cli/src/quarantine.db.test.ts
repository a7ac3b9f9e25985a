import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine, normalize } from './testing/command-line.ts';

let line: CommandLine;

const PIPELINE = `version: 1
name: sales
steps:
  orders:
    source: { connection: shop, table: orders }
    checks:
      - accepted: { column: status, values: [new, paid], onFailure: quarantine, threshold: { maxShare: 1 } }
      - range: { column: total, min: 0, onFailure: quarantine, threshold: { maxShare: 1 } }
  publish:
    destination: { from: orders, connection: warehouse, table: mart.orders }
  events:
    source: { connection: shop, table: events }
    quarantine: { maxShare: 1 }
  publishEvents:
    destination: { from: events, connection: warehouse, table: mart.events }
`;

const PAID = 'SELECT id, status FROM mart.orders ORDER BY id';

beforeAll(async () => {
  line = new CommandLine();
  await line.run(['init', '.', '--name', 'golden']);
  source(`
    CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, total DECIMAL(10,2), status TEXT);
    INSERT INTO orders VALUES (1, '10.10', 'paid'), (2, '5.00', 'refnded'), (3, '-7.25', 'lost'), (4, '-1.00', 'new');
    CREATE TABLE events (id INTEGER NOT NULL PRIMARY KEY, at TIMESTAMP);
    INSERT INTO events VALUES (1, '2026-01-01 00:00:00'), (2, 'yesterday');`);
  await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
  writeFileSync(join(line.folder, 'pipelines', 'sales.yaml'), PIPELINE);
}, 180_000);

afterAll(() => line[Symbol.dispose]());

function source(sql: string): void {
  using db = new DatabaseSync(join(line.folder, 'shop.db'));
  db.exec(sql);
}

async function golden(name: string, args: readonly string[], exitCode: number): Promise<void> {
  const { exitCode: code, out, err } = await line.run(args);
  // Tables are loaded side by side, so that nobody knows whose line comes first.
  const said = err.split('\n').toSorted().join('\n').trim();
  const shown = `$ millrace ${args.join(' ')}\nexit ${code}\n--- standard output\n${out}--- standard error\n${said}`;
  // A table without rows has a duration, but no rate.
  const plain = normalize(shown, line.folder).replaceAll(/\d+\.\d\d {2}–/g, '<seconds>  –');
  await expect(plain).toMatchFileSnapshot(`goldens/${name}.txt`);
  expect(code).toBe(exitCode);
}

async function published(sql = PAID): Promise<unknown> {
  const { out } = await line.run(['query', sql, '--json']);
  return JSON.parse(out).rows;
}

async function idOf(step: string, id: number): Promise<string> {
  const { out } = await line.run(['quarantine', 'show', 'sales', '--step', step, '--json']);
  const { rows } = JSON.parse(out);
  return rows.find((row: { values: string[] }) => row.values[0] === String(id)).row.slice(0, 12);
}

describe('rows in quarantine', { timeout: 300_000 }, () => {
  it('are listed, shown and written to files', async () => {
    await golden('quarantine-never-ran', ['quarantine', 'list', 'sales'], 2);
    expect(await line.run(['run', 'sales'])).toMatchObject({ exitCode: 0 });
    await golden('quarantine-list', ['quarantine', 'list'], 0);
    await golden('quarantine-list-json', ['quarantine', 'list', 'sales', '--kind', 'check', '--json'], 0);
    await golden('quarantine-show', ['quarantine', 'show', 'sales'], 0);
    await golden('quarantine-show-json', ['quarantine', 'show', 'sales', '--kind', 'load', '--json'], 0);
    await golden(
      'quarantine-export',
      ['quarantine', 'export', 'sales', '--step', 'orders', '--to', 'out/bad.csv'],
      0,
    );
    expect(normalize(readFileSync(join(line.folder, 'out', 'bad.csv'), 'utf8'), line.folder))
      .toMatchInlineSnapshot(`
      "id,total,status,__millrace_row,__millrace_checks,__millrace_reasons,__millrace_run,__millrace_origin
      2,5.00,refnded,<fingerprint>,accepted(status),"orders.status has values other than new, paid",<run>,
      3,-7.25,lost,<fingerprint>,accepted(status); range(total),"orders.status has values other than new, paid; orders.total is not at least 0",<run>,
      4,-1.00,new,<fingerprint>,range(total),orders.total is not at least 0,<run>,
      "
    `);
    await golden('quarantine-export-several', ['quarantine', 'export', 'sales', '--to', 'bad.parquet'], 2);
    await golden('quarantine-export-format', ['quarantine', 'export', 'sales', '--to', 'bad.xls'], 2);
    for (const file of ['bad.json', 'bad.jsonl', 'bad.parquet', 'bad.xlsx'])
      expect(
        await line.run(['quarantine', 'export', 'sales', '--step', 'events', '--to', file]),
      ).toMatchObject({
        exitCode: 0,
        out: expect.stringContaining('1 row in'),
      });
  });

  it('pass when they are released, until they change at the source', async () => {
    expect(await published()).toEqual([['1', 'paid']]);
    await golden('quarantine-release-nothing', ['quarantine', 'release', 'sales'], 2);
    await golden('quarantine-release-load', ['quarantine', 'release', 'sales', '--step', 'events'], 2);
    const row = await idOf('orders', 2);
    await golden(
      'quarantine-release',
      ['quarantine', 'release', 'sales', '--row', row, '--note', 'agreed'],
      0,
    );
    const both = [
      ['1', 'paid'],
      ['2', 'refnded'],
    ];
    expect(await published()).toEqual(both);
    // Asked again, and in every later run, the same holds.
    expect(await line.run(['quarantine', 'release', 'sales', '--row', row])).toMatchObject({ exitCode: 0 });
    expect(await line.run(['run', 'sales', '--full-refresh'])).toMatchObject({ exitCode: 0 });
    expect(await published()).toEqual(both);
    // A row that fails two checks passes when it is released from both.
    const other = await idOf('orders', 3);
    await line.run(['quarantine', 'release', 'sales', '--row', other, '--check', 'range(total)']);
    expect(await published()).toEqual(both);
    await line.run(['quarantine', 'release', 'sales', '--row', other]);
    expect(await published()).toEqual([...both, ['3', 'lost']]);
    source("UPDATE orders SET total = '6.00' WHERE id = 2");
    expect(await line.run(['run', 'sales'])).toMatchObject({ exitCode: 0 });
    expect(await published()).toEqual([
      ['1', 'paid'],
      ['3', 'lost'],
    ]);
  });

  it('are dropped when they are discarded, and the decision is written down', async () => {
    const row = await idOf('orders', 4);
    await golden('quarantine-discard-unsure', ['quarantine', 'discard', 'sales', '--row', row], 2);
    await golden('quarantine-discard', ['quarantine', 'discard', 'sales', '--row', row, '--yes'], 0);
    const event = await idOf('events', 2);
    expect(await line.run(['quarantine', 'discard', 'sales', '--row', event, '--yes'])).toMatchObject({
      exitCode: 0,
    });
    await golden('quarantine-left', ['quarantine', 'list', 'sales'], 0);
    const log = readFileSync(join(line.folder, '.millrace/quarantine/sales/decisions.jsonl'), 'utf8');
    expect(
      log
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text))
        .map(({ sequence, decision, step, note, checks }) => [sequence, decision, step, note, checks.length]),
    ).toEqual([
      [1, 'release', 'orders', 'agreed', 1],
      [2, 'release', 'orders', null, 1],
      [3, 'release', 'orders', null, 2],
      [4, 'discard', 'orders', null, 0],
      [5, 'discard', 'events', null, 0],
    ]);
  });

  it('are set aside again when they are restored', async () => {
    const { out } = await line.run(['quarantine', 'decisions']);
    expect(out).toMatch(/^at +by +decision +pipeline +step +rows +note$/m);
    expect(out).toMatch(/Z +\S+ +discard +sales +events +1 +–$/m);
    expect(out).toMatch(/Z +\S+ +release +sales +orders +1 +agreed$/m);
    await golden('quarantine-restore-unclear', ['quarantine', 'restore', 'sales'], 2);
    const decisions = async () =>
      JSON.parse((await line.run(['quarantine', 'decisions', 'sales', '--json'])).out).decisions as {
        decision: string;
        step: string;
        at: string;
      }[];
    const order = (await decisions()).find(
      ({ decision, step }) => decision === 'discard' && step === 'orders',
    );
    await golden('quarantine-restore', ['quarantine', 'restore', 'sales', '--at', order?.at ?? ''], 0);
    expect(await line.run(['quarantine', 'restore', 'sales', '--step', 'events'])).toMatchObject({
      exitCode: 0,
    });
    await golden('quarantine-restored', ['quarantine', 'list', 'sales'], 0);
    expect((await decisions()).filter(({ decision }) => decision === 'discard')).toEqual([]);
    // The rows are those of before; what was restored can be discarded anew, and what never was cannot be restored.
    expect(await idOf('orders', 4)).toMatch(/^[0-9a-f]{12}$/);
    await golden('quarantine-restore-nothing', ['quarantine', 'restore', 'sales', '--row', 'ffffff'], 0);
    await line.run(['quarantine', 'discard', 'sales', '--step', 'orders', '--yes']);
    expect(await line.run(['run', 'sales', '--full-refresh'])).toMatchObject({ exitCode: 0 });
    expect((await line.run(['quarantine', 'list', 'sales', '--step', 'orders'])).out).toContain(
      'Nothing is in quarantine.',
    );
    source("UPDATE orders SET status = 'paid', total = '1.00' WHERE id = 4");
    await line.run(['run', 'sales']);
    expect(await published()).toContainEqual(['4', 'paid']);
  });
});
