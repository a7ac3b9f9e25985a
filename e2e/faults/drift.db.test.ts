import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

import { DEFAULT_CONTRACT, type LoadTask } from '@millrace/compiler';
import { testServer } from '@millrace/connector-sdk/testing';
import { foldRun, type ResolvedConnection, type RunEvent, type RunPoint } from '@millrace/engine';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { runHere } from './attempt.ts';
import { queryWarehouse } from './reconcile.ts';
import { discover, openShop, planTask, type Shop } from './shop.ts';

const ROWS = 60_000;

interface System {
  readonly name: 'mariadb' | 'postgres';
  readonly connector: 'mysql' | 'postgres';
  readonly widen: string;
  readonly rows: string;
  /** A program that runs one statement: the test waits for it in the middle of a run, which no promise can. */
  readonly program: string;
}

const SYSTEMS: readonly System[] = [
  {
    name: 'mariadb',
    connector: 'mysql',
    widen: 'MODIFY amount BIGINT NOT NULL',
    rows: `SELECT seq, seq, 'a note', seq FROM seq_1_to_${ROWS}`,
    program: `
      import { createConnection } from 'mysql2/promise';
      const connection = await createConnection(JSON.parse(process.argv[1]));
      await connection.query(process.argv[2]);
      await connection.end();`,
  },
  {
    name: 'postgres',
    connector: 'postgres',
    widen: 'ALTER amount TYPE bigint',
    rows: `SELECT i, i, 'a note', i FROM generate_series(1, ${ROWS}) AS i`,
    program: `
      import pg from 'pg';
      const client = new pg.Client(JSON.parse(process.argv[1]));
      await client.connect();
      await client.query(process.argv[2]);
      await client.end();`,
  },
];

describe.each(SYSTEMS)('a table that is altered while $name reads it', (system) => {
  let shop: Shop;
  let source: ResolvedConnection | undefined;
  let settings: Readonly<Record<string, unknown>> = {};
  let table = '';
  let count = 0;

  beforeAll(async () => {
    const server = await testServer(system.name);
    if (server === undefined) return;
    settings = server.connection;
    source = { connector: system.connector, config: settings };
  });
  beforeEach(() => {
    shop = openShop(1, 1);
    table = `drift_${process.pid}_${(count += 1)}`;
    if (source === undefined) return;
    alter(
      `CREATE TABLE ${table} (id INT PRIMARY KEY, amount INT NOT NULL, note VARCHAR(20), changed INT NOT NULL)`,
    );
    alter(`INSERT INTO ${table} ${system.rows}`);
  });
  afterEach(() => {
    shop.close();
    if (source !== undefined) alter(`DROP TABLE ${table}`);
  });

  /** Arguments of a process that runs the statement. */
  function client(sql: string): readonly [string[], { readonly cwd: URL }] {
    const { host, port, user, password, database } = settings;
    const address = JSON.stringify({ host, port, user, password, database });
    const cwd = new URL('../../packages/connectors', import.meta.url);
    return [['--input-type=module', '--eval', system.program, address, sql], { cwd }];
  }

  function alter(sql: string): void {
    execFileSync(process.execPath, ...client(sql));
  }

  async function plan(): Promise<readonly LoadTask[]> {
    if (source === undefined) return [];
    const found = await discover(source, `*.${table}`);
    const contract = { ...DEFAULT_CONTRACT, missingColumns: 'evolve' } as const;
    return found.map((one) =>
      planTask(one, { contract, load: { kind: 'full' }, write: { mode: 'replace' } }),
    );
  }

  /** Runs with a statement that comes in between once the table was looked at and before it is read. */
  async function loadAfter(sql: string): Promise<readonly RunEvent[]> {
    let isDone = false;
    const onPoint = (point: RunPoint): void => {
      if (point !== 'extracting' || isDone) return;
      isDone = true;
      alter(sql);
    };
    return runHere(shop, { runId: 'r1', tasks: await plan(), onPoint, ...(source && { source }) });
  }

  const published = async (columns: string): Promise<unknown> =>
    (await queryWarehouse(shop, `SELECT ${columns} FROM raw.${table}`))[0];
  const retryOf = (events: readonly RunEvent[]) =>
    events.flatMap((event) => (event.type === 'taskRetrying' ? [event.error] : []));

  it('is read again when a column went away', async () => {
    if (source === undefined) return;
    const events = await loadAfter(`ALTER TABLE ${table} DROP COLUMN note`);
    expect(retryOf(events)).toMatchObject([
      {
        code: 'schemaDrift',
        message: expect.stringMatching(
          /changed while it was read: column note is gone .*Nothing of that read was published/,
        ),
      },
    ]);
    expect(foldRun(events).status).toBe('succeeded');
    expect(await published('count(*) AS rows, count(note) AS notes')).toEqual({
      rows: String(ROWS),
      notes: '0',
    });
  });

  it('is read again when a type became wider, although every value was understood', async () => {
    if (source === undefined) return;
    const events = await loadAfter(`ALTER TABLE ${table} ${system.widen}`);
    expect(retryOf(events)).toMatchObject([
      { code: 'schemaDrift', message: expect.stringContaining('column amount widens from int32 to int64') },
    ]);
    expect(foldRun(events).status).toBe('succeeded');
    expect(await published('typeof(any_value(amount)) AS type, count(*) AS rows')).toEqual({
      type: 'BIGINT',
      rows: String(ROWS),
    });
  });

  it('is whole and consistent when the change comes while rows arrive', async () => {
    if (source === undefined) return;
    let ended: Promise<unknown> | undefined;
    const onPoint = (point: RunPoint): void => {
      if (point === 'extracting')
        ended ??= promisify(execFile)(process.execPath, ...client(`ALTER TABLE ${table} DROP COLUMN note`));
    };
    const tasks = await plan();
    const first = await runHere(shop, { runId: 'r1', tasks, onPoint, source });
    await ended;
    expect(foldRun(first).status).toBe('succeeded');
    for (const error of retryOf(first)) expect(error.code).toBe('schemaDrift');
    const { notes } = (await published('count(note) AS notes')) as { notes: string };
    expect(['0', String(ROWS)]).toContain(notes);
    const second = await runHere(shop, { runId: 'r2', tasks, source });
    expect(foldRun(second).status).toBe('succeeded');
    expect(await published('count(*) AS rows, count(note) AS notes')).toEqual({
      rows: String(ROWS),
      notes: '0',
    });
  });
});
