import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine, normalize } from './testing/command-line.ts';
import type { RunOptions } from './testing/command-line.ts';

let line: CommandLine;

const pipeline = `version: 1
name: orders
steps:
  shop:
    replicate:
      from: shop
      include: [customers, orders]
      load: { mode: incremental, cursor: updated_at }
      into: { connection: warehouse, schema: raw }
`;

beforeAll(async () => {
  line = new CommandLine();
  await line.run(['init', '.', '--name', 'golden']);
  const db = new DatabaseSync(join(line.folder, 'shop.db'));
  db.exec(`
    CREATE TABLE customers (id INTEGER NOT NULL PRIMARY KEY, name TEXT, updated_at TIMESTAMP NOT NULL);
    CREATE INDEX customers_updated_at ON customers (updated_at);
    CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, total DECIMAL(10,2), note TEXT, updated_at TIMESTAMP NOT NULL);
    CREATE INDEX orders_updated_at ON orders (updated_at);
    INSERT INTO customers VALUES (1, 'Zoë', '2026-01-01 00:00:00'), (2, NULL, '2026-01-02 00:00:00.5');
    INSERT INTO orders VALUES (1, '10.10', char(27) || '[31mred', '2026-01-01 00:00:00'), (2, NULL, '', '2026-01-03 00:00:00');`);
  db.close();
  await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
  writeFileSync(join(line.folder, 'pipelines', 'orders.yaml'), pipeline);
  await line.run(['run', 'orders']);
}, 180_000);

afterAll(() => line[Symbol.dispose]());

async function golden(
  name: string,
  args: readonly string[],
  exitCode: number,
  options: RunOptions = {},
): Promise<void> {
  const outcome = await line.run(args, options);
  const shown = `$ millrace ${args.join(' ')}\nexit ${outcome.exitCode}\n--- standard output\n${outcome.out}--- standard error\n${outcome.err}`;
  await expect(normalize(shown, line.folder)).toMatchFileSnapshot(`goldens/${name}.txt`);
  expect(outcome.exitCode).toBe(exitCode);
  if (args.includes('--json')) expect(() => JSON.parse(outcome.out)).not.toThrow();
}

describe('commands', { timeout: 180_000 }, () => {
  it.each([
    ['help', ['--help'], 0],
    ['help-run', ['run', '--help'], 0],
    ['version', ['--version'], 0],
    ['connections-list', ['connections', 'list'], 0],
    ['connections-list-json', ['connections', 'list', '--json'], 0],
    ['secrets-list', ['secrets', 'list'], 0],
    ['help-secrets-set', ['secrets', 'set', '--help'], 0],
    ['connections-test', ['connections', 'test', 'shop'], 0],
    ['connections-test-json', ['connections', 'test', 'shop', '--json'], 0],
    ['discover', ['discover', 'shop', '--columns'], 0],
    ['discover-json', ['discover', 'shop', '--tables', 'customers', '--json'], 0],
    ['help-generate', ['generate', '--help'], 0],
    ['generate', ['generate', '--from', 'shop', '--into', 'warehouse', '--tables', 'customers'], 0],
    ['generate-json', ['generate', '--from', 'shop', '--into', 'warehouse', '--tables', '*s', '--json'], 0],
    ['validate', ['validate'], 0],
    ['validate-json', ['validate', '--json'], 0],
    ['plan', ['plan', 'orders'], 0],
    ['plan-json', ['plan', 'orders', '--tables', 'customers', '--json'], 0],
    ['run', ['run', 'orders', '--tables', 'orders', '--full-refresh', '--verify'], 0],
    ['run-json', ['run', 'orders', '--tables', 'customers', '--json'], 0],
    ['verify', ['verify', 'orders', '--tables', 'orders'], 0],
    ['verify-json', ['verify', 'orders', '--json'], 0],
    ['query', ['query', 'SELECT id, total, note FROM raw.orders ORDER BY id'], 0],
    ['query-json', ['query', 'SELECT id, total, note FROM raw.orders ORDER BY id', '--json'], 0],
    ['query-truncated', ['query', 'FROM range(5)', '--limit', '2'], 0],
    ['completion', ['completion', 'fish'], 0],
  ] as const)('%s', async (name, args, exitCode) => {
    await golden(name, args, exitCode);
  });

  it('plan says that a table would stop, and why', async () => {
    writeFileSync(
      join(line.folder, 'pipelines', 'moved.yaml'),
      'version: 1\nname: moved\nsteps:\n  a: { source: { connection: shop, table: customers, load: { mode: incremental, cursor: id } } }\n  b: { destination: { from: a, connection: warehouse, table: raw.customers, write: merge } }\n',
    );
    await golden('plan-stops', ['plan', 'moved'], 0);
  });

  it('run --verify compares tables without news too', async () => {
    const run = async () => {
      const outcome = await line.run(['run', 'orders', '--verify', '--json']);
      const { tasks } = JSON.parse(outcome.out) as {
        tasks: { table: string; state: string; verified: unknown }[];
      };
      return { exitCode: outcome.exitCode, tasks: tasks.map(({ state, verified }) => ({ state, verified })) };
    };
    const unchanged = { state: 'unchanged', verified: expect.objectContaining({ isEqual: true }) };
    expect(await run()).toEqual({ exitCode: 0, tasks: [unchanged, unchanged] });
    using db = new DatabaseSync(join(line.folder, 'shop.db'));
    db.exec(`UPDATE customers SET name = 'Zoe' WHERE id = 1`);
    const differs = { state: 'unchanged', verified: expect.objectContaining({ differences: 1 }) };
    expect(await run()).toEqual({ exitCode: 1, tasks: [differs, unchanged] });
    db.exec(`UPDATE customers SET name = 'Zoë' WHERE id = 1`);
  });

  it('schema --write brings the schemas of editors up to date', async () => {
    const path = join(line.folder, '.millrace/schemas/project.json');
    const written = readFileSync(path, 'utf8');
    writeFileSync(path, '{}');
    await line.run(['validate']);
    expect(readFileSync(path, 'utf8')).toBe('{}');
    await golden('schema-write', ['schema', '--write'], 0);
    expect(readFileSync(path, 'utf8')).toBe(written);
  });

  it('lists and shows runs', async () => {
    const listed = JSON.parse((await line.run(['runs', '--json'])).out);
    const first = listed.runs.at(-1);
    expect(first).toMatchObject({ pipeline: 'orders', state: 'succeeded', attempts: 1, reason: null });
    const shown = await line.run(['runs', first.runId]);
    expect(normalize(shown.out, line.folder)).toContain('attempt 1  <time>  succeeded');
    expect(JSON.parse((await line.run(['runs', first.runId.slice(0, -1), '--json'])).out)).toMatchObject({
      runId: first.runId,
    });
  });

  it('rollback brings the version of an earlier run back, and is a run itself', async () => {
    writeFileSync(
      join(line.folder, 'pipelines', 'turns.yaml'),
      'version: 1\nname: turns\nsteps:\n  a: { source: { connection: shop, table: turns } }\n  b: { destination: { from: a, connection: warehouse, table: raw.turns } }\n',
    );
    const db = new DatabaseSync(join(line.folder, 'shop.db'));
    db.exec('CREATE TABLE turns (id INTEGER NOT NULL PRIMARY KEY); INSERT INTO turns VALUES (1)');
    await line.run(['run', 'turns']);
    db.exec('INSERT INTO turns VALUES (2), (3)');
    db.close();
    await line.run(['run', 'turns']);
    const count = async () =>
      JSON.parse((await line.run(['query', 'SELECT count(*) FROM raw.turns', '--json'])).out).rows[0][0];
    expect(await count()).toBe('3');
    await golden('rollback', ['rollback', 'raw.turns'], 0);
    expect(await count()).toBe('1');
    const { runs } = JSON.parse((await line.run(['runs', '--json', '--limit', '1'])).out);
    expect(runs[0]).toMatchObject({
      state: 'succeeded',
      reason: expect.stringContaining('Rollback of raw.turns'),
    });
    await golden('error-rollback', ['rollback', 'raw.turn'], 2);
  });

  it('generate writes a document that is valid, and never over another one', async () => {
    const generate = ['generate', '--from', 'shop', '--into', 'warehouse', '--name', 'made', '--write'];
    await golden('generate-write', generate, 0);
    await golden('generate-write-again', generate, 2);
    expect((await line.run(['validate', 'made'])).exitCode).toBe(0);
  });

  it('init makes a project and refuses to make it again', async () => {
    await golden('init', ['init', 'sub/project'], 0);
    expect(readFileSync(join(line.folder, 'sub/project/.gitignore'), 'utf8')).toBe(
      '.millrace/\n*.duckdb\n*.duckdb.wal\n*.duckdb.files/\n',
    );
    await golden('init-again', ['init', 'sub/project'], 2);
  });

  it('schema prints a schema that has the verbs and the connectors', async () => {
    expect((await line.run(['schema'])).out).toContain('"replicate"');
    expect((await line.run(['schema', 'project'])).out).toContain('"sqlite"');
  });
});

describe('completion', () => {
  it.each([
    [['ru'], ['run', 'runs']],
    [
      ['connections', ''],
      ['add', 'list', 'test'],
    ],
    [['run', 'ord'], ['orders']],
    [['run', 'orders', '--fu'], ['--full-refresh']],
    [['discover', 's'], ['shop']],
    [
      ['secrets', ''],
      ['set', 'list', 'remove'],
    ],
    [['query', 'x', '--connection', 'w'], ['warehouse']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
  ])('of %j', async (words, expected) => {
    const { out } = await line.run(['__complete', ...words]);
    expect(out.trim().split('\n')).toEqual(expected);
  });
});

describe('errors', { timeout: 180_000 }, () => {
  it.each([
    ['error-command', ['runn', 'orders'], 2],
    ['error-option', ['run', 'orders', '--verfy'], 2],
    ['error-option-json', ['run', 'orders', '--verfy', '--json'], 2],
    ['error-argument', ['run'], 2],
    ['error-pipeline', ['run', 'order'], 2],
    ['error-connection', ['discover', 'shpo'], 2],
    ['error-generate-from', ['generate', '--into', 'warehouse'], 2],
    ['error-generate-name', ['generate', '--from', 'shop', '--into', 'warehouse', '--name', '../x'], 2],
    ['error-generate-tables', ['generate', '--from', 'shop', '--into', 'warehouse', '--tables', 'z*'], 2],
    ['error-tables', ['run', 'orders', '--tables', 'custmers'], 2],
    ['error-query', ['query', 'SELECT nme FROM raw.customers'], 2],
    ['error-query-write', ['query', 'DROP TABLE raw.customers'], 2],
    ['error-run-unknown', ['runs', '19990101-000000-000000'], 2],
    ['error-connector', ['connections', 'add', 'x', 'mysqll', '--set', 'host=a'], 2],
    ['error-setting', ['connections', 'add', 'x', 'mysql', '--set', 'hots=a', '--set', 'user=b'], 2],
    ['error-limit', ['query', 'SELECT 1', '--limit', 'many'], 2],
  ] as const)('%s', async (name, args, exitCode) => {
    await golden(name, args, exitCode);
  });

  const wrong = (name: string, text: string): void =>
    writeFileSync(join(line.folder, 'pipelines', `${name}.yaml`), text);

  it('an unknown key names its place and the nearest key', async () => {
    wrong(
      'unknown-key',
      pipeline.replace('name: orders', 'name: unknown-key').replace('include:', 'incldue:'),
    );
    await golden('error-unknown-key', ['run', 'unknown-key'], 2);
    await golden('error-unknown-key-json', ['validate', 'unknown-key', '--json'], 2);
  });

  it('a missing table names its place and the nearest table', async () => {
    wrong(
      'missing-table',
      pipeline.replace('name: orders', 'name: missing-table').replace('[customers, orders]', '[custmers]'),
    );
    await golden('error-missing-table', ['run', 'missing-table'], 2);
    wrong(
      'missing-source',
      'version: 1\nname: missing-source\nsteps:\n  a: { source: { connection: shop, table: custmers } }\n  b: { destination: { from: a, connection: warehouse, table: raw.a } }\n',
    );
    await golden('error-missing-source', ['plan', 'missing-source'], 2);
  });

  it('a cursor that is none names its place and candidates', async () => {
    wrong(
      'wrong-cursor',
      'version: 1\nname: wrong-cursor\nsteps:\n  a: { source: { connection: shop, table: orders, load: { mode: incremental, cursor: nope } } }\n  b: { destination: { from: a, connection: warehouse, table: raw.a } }\n',
    );
    await golden('error-wrong-cursor', ['plan', 'wrong-cursor'], 2);
  });

  it('a missing variable and a missing secret name their place', async () => {
    const file = join(line.folder, 'missing');
    mkdirSync(file, { recursive: true });
    writeFileSync(
      join(file, 'millrace.yaml'),
      'version: 1\nname: x\nconnections:\n  shop:\n    type: mysql\n    host: ${env:MISSING_HOST}\n    user: u\n    password: ${secret:MISSING_SECRET}\n',
    );
    await golden('error-references', ['discover', 'shop', '--project', 'missing'], 2);
  });

  it('a dead host is named with its reason', async () => {
    await line.run([
      'connections',
      'add',
      'dead',
      'postgres',
      '--set',
      'host=127.0.0.1',
      '--set',
      'port=1',
      '--set',
      'user=u',
      '--set',
      'database=d',
    ]);
    const outcome = await line.run(['connections', 'test', 'dead']);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.err).toContain('127.0.0.1:1');
  });

  it('no project is no crash, and leaves nothing behind', async () => {
    using empty = new CommandLine();
    const outcome = await empty.run(['runs']);
    expect(outcome).toMatchObject({ exitCode: 2, err: expect.stringContaining('There is no project here') });
  });
});
