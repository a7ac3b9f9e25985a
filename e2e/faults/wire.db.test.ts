import {
  findProgram,
  newSeed,
  runCommand,
  startTcpProxy,
  testServer,
  type TcpProxy,
} from '@millrace/connector-sdk/testing';
import { foldRun, type RunEvent, type RunPoint } from '@millrace/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runHere } from './attempt.ts';
import { queryWarehouse } from './reconcile.ts';
import { discover, openShop, planTask, type Shop } from './shop.ts';

const SEEDS = Number(process.env['FAULT_SEEDS'] ?? 3);
const SEED = Number(process.env['FAULT_SEED'] ?? newSeed());
const server = await testServer('postgres');

describe.skipIf(server === undefined)(`a destination behind a bad wire (seed ${SEED})`, () => {
  let schema = '';
  const connection = { ...server?.connection };
  let shop: Shop;
  let proxy: TcpProxy;
  beforeEach(async () => {
    schema = `wire_${SEED}_${newSeed()}`;
    shop = openShop(SEED, 800);
    proxy = await startTcpProxy({ host: String(connection['host']), port: Number(connection['port']) });
  });
  afterEach(async () => {
    await proxy.close();
    shop.close();
    await query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  });

  async function run(runId: string, onPoint?: (point: RunPoint) => void): Promise<readonly RunEvent[]> {
    const tasks = (await shop.plan())
      .filter((task) => task.id === 'warehouse:orders')
      .map((task) => ({
        ...task,
        destination: { ...task.destination, connector: 'postgres', table: { schema, name: 'orders' } },
      }));
    const warehouse = {
      connector: 'postgres',
      config: { ...connection, host: proxy.host, port: proxy.port, tls: 'disable' },
    };
    return runHere(shop, { runId, tasks, warehouse, ...(onPoint && { onPoint }) });
  }

  async function reconcile(): Promise<{ readonly lost: number; readonly extra: number }> {
    const line =
      "id || '|' || coalesce(CAST(customer AS TEXT), '~') || '|' || coalesce(status, '~') || '|' || changed AS line";
    const there = await query(`SELECT ${line} FROM ${schema}.orders`);
    const left = new Set(there);
    const source = shop.database
      .prepare(`SELECT ${line} FROM orders`)
      .all()
      .map((row) => String(row['line']));
    const lost = source.filter((one) => !left.delete(one)).length;
    return { lost, extra: there.length - (source.length - lost) };
  }

  it(
    'adopts a commit whose reply was lost, and doubles nothing (F3)',
    { timeout: 20_000 * SEEDS },
    async () => {
      for (let index = 0; index < SEEDS; index++) {
        let isArmed = false;
        const events = await run(`r${index}`, (point) => {
          if (point !== 'publish:beforeCommit' || isArmed) return;
          isArmed = true;
          proxy.arm(
            { kind: 'dropReply', how: shop.random.pick(['cut', 'reset']), after: 'COMMIT' },
            { times: 1 },
          );
        });
        expect(proxy.firedFaults).toBe(index + 1);
        expect(foldRun(events).status).toBe('succeeded');
        const published = events.filter((event) => event.type === 'taskPublished');
        expect(published.map((event) => [event.isAdopted, event.record.version])).toEqual([
          [true, index + 1],
        ]);
        expect(await reconcile()).toEqual({ lost: 0, extra: 0 });
        shop.change();
      }
    },
  );

  it('publishes all or nothing when the wire breaks anywhere (F7)', { timeout: 20_000 * SEEDS }, async () => {
    await run('first');
    for (let index = 0; index < SEEDS; index++) {
      shop.change();
      proxy.arm(
        {
          kind: 'breakAt',
          how: shop.random.pick(['cut', 'reset']),
          direction: shop.random.pick(['fromClient', 'fromServer']),
          offset: shop.random.integer(1, 12_000),
        },
        { times: 1 },
      );
      const events = await run(`r${index}`);
      proxy.disarm();
      if (foldRun(events).status !== 'succeeded') await run(`again${index}`);
      expect(await reconcile(), `offset ${index}`).toEqual({ lost: 0, extra: 0 });
    }
  });
});

describe.skipIf(server === undefined)(`a source behind a bad wire (seed ${SEED})`, () => {
  it('loads every row or none when the wire breaks anywhere (F5)', { timeout: 20_000 * SEEDS }, async () => {
    const connection = { ...server?.connection };
    const schema = `source_${SEED}_${newSeed()}`;
    await query(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.lines (id bigint PRIMARY KEY, note text, changed bigint NOT NULL);
      INSERT INTO ${schema}.lines SELECT n, repeat('x', n % 50), n FROM generate_series(1, 20000) AS n`);
    await using proxy = await startTcpProxy({
      host: String(connection['host']),
      port: Number(connection['port']),
    });
    const shop = openShop(SEED, 10);
    try {
      const source = {
        connector: 'postgres',
        config: { ...connection, host: proxy.host, port: proxy.port, tls: 'disable' },
      };
      const [table] = await discover(source, `${schema}.lines`);
      if (table === undefined) throw new Error('The table was not found.');
      const planned = planTask(table, {});
      const task = { ...planned, source: { ...planned.source, connector: 'postgres' } };
      for (let index = 0; index < SEEDS; index++) {
        proxy.arm(
          {
            kind: 'breakAt',
            how: shop.random.pick(['cut', 'reset']),
            direction: 'fromServer',
            offset: shop.random.integer(1, 700_000),
          },
          { times: shop.random.integer(1, 2), onlyNew: true },
        );
        const events = await runHere(shop, {
          runId: `r${index}`,
          tasks: [task],
          source,
          isFullRefresh: true,
        });
        proxy.disarm();
        if (foldRun(events).status !== 'succeeded')
          await runHere(shop, { runId: `again${index}`, tasks: [task], source, isFullRefresh: true });
        const [loaded] = await queryWarehouse(
          shop,
          'SELECT count(*) AS n, sum(id) AS ids, sum(length(note)) AS characters FROM raw.lines',
        );
        expect(loaded).toEqual({ n: '20000', ids: '200010000', characters: '490000' });
      }
    } finally {
      shop.close();
      await query(`DROP SCHEMA ${schema} CASCADE`);
    }
  });
});

/** Lines of one column, as the server's own client prints them. */
async function query(sql: string): Promise<readonly string[]> {
  const at = ['-h', 'host', '-p', 'port', '-U', 'user', '-d', 'database'].map((part) =>
    part.startsWith('-') ? part : String(server?.connection[part]),
  );
  const output = await runCommand(
    findProgram('psql') ?? 'psql',
    [...at, '-v', 'ON_ERROR_STOP=1', '-qAtc', sql],
    { env: { PGPASSWORD: String(server?.connection['password']) } },
    AbortSignal.timeout(30_000),
  );
  return output.split('\n').filter((one) => one !== '');
}
