import { newSeed, startTcpProxy, type TcpProxy } from '@millrace/connector-sdk/testing';
import { findTable } from '@millrace/connector-sdk/conformance';
import { foldRun, type ResolvedConnection, type RunEvent } from '@millrace/engine';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findSystems, never, startSystems, type RunningSystem } from '../conformance/systems.ts';
import { runHere } from './attempt.ts';
import { queryWarehouse } from './reconcile.ts';
import { openShop, planTask, type Shop } from './shop.ts';

const SEEDS = Number(process.env['FAULT_SEEDS'] ?? 1);
const isSoak = SEEDS > 1;
/** Each of these lasts until a run has given up. */
const ROUNDS = Math.ceil(SEEDS / 10);
const SEED = Number(process.env['FAULT_SEED'] ?? newSeed());
/** With the timeouts of the harnesses; the defaults are 10 s to connect and 60 s of silence. */
const LONGEST_MS = 60_000;
const ROWS = 20_000;

const systems = await findSystems();
const { running, skipped } = await startSystems(systems);
const onWires = running.filter((system) => system.instance.network !== undefined);
afterAll(async () => {
  for (const { instance } of running) await instance[Symbol.asyncDispose]();
});

it.for(skipped)('needs %s', (missing, { skip }) => skip(missing));

describe.for(onWires)(`a wire that falls silent between us and $title (F6, seed ${SEED})`, (system) => {
  let shop: Shop;
  let proxy: TcpProxy;
  beforeEach(async () => {
    shop = openShop(SEED, 500);
    const { host = '', port = 0 } = system.instance.network ?? {};
    proxy = await startTcpProxy({ host, port });
  });
  afterEach(async () => {
    await proxy.close();
    shop.close();
  });

  const connection = (): ResolvedConnection => ({
    connector: system.connector,
    config: system.instance.network?.through(proxy),
  });

  it.runIf(system.instance.source)(
    'when it is read: every row arrives in another try, or the run fails in time and says why',
    { timeout: LONGEST_MS * (SEEDS + 2 * ROUNDS) },
    async () => {
      const load = await largeTable(system);
      const readOnce = (runId: string) =>
        inTime(runHere(shop, { runId, tasks: [load], source: connection() }));
      for (let index = 0; index < SEEDS; index++) {
        const offset = shop.random.integer(1, 4_000_000);
        proxy.arm({ kind: 'breakAt', how: 'halfOpen', direction: 'fromServer', offset }, { times: 1 });
        const events = await readOnce(`once${index}`);
        proxy.disarm();
        expect(foldRun(events).status, `offset ${offset}`).toBe('succeeded');
        await expectWhole(shop, load.destination.table.name);
      }
      for (let index = 0; index < ROUNDS; index++) {
        const offset = shop.random.integer(1, 1_000_000);
        const faults = [
          { kind: 'breakAt', how: 'halfOpen', direction: 'fromServer', offset },
          { kind: 'latency', latencyMs: 3_600_000 },
          { kind: 'refuse' },
        ] as const;
        for (const fault of isSoak ? faults : [shop.random.pick(faults)]) {
          proxy.arm(fault);
          const events = await readOnce(`dead${index}${fault.kind}`);
          proxy.disarm();
          const [task] = foldRun(events).tasks.values();
          expect(task, `offset ${offset}`).toMatchObject({ status: 'failed', error: { blame: 'source' } });
          expect(['connectionTimeout', 'connectionLost', 'connectionRefused']).toContain(task?.error?.code);
          await expectWhole(shop, load.destination.table.name);
        }
      }
      const healed = await readOnce('healed');
      expect(foldRun(healed).status).toBe('succeeded');
      await expectWhole(shop, load.destination.table.name);
    },
  );

  it.runIf(system.instance.destination)(
    'when it is written: all rows are there once, or none of them',
    { timeout: 2 * LONGEST_MS * (SEEDS + ROUNDS) },
    async () => {
      const { destination } = system.instance;
      if (destination === undefined) throw new Error(`${system.title} is no destination.`);
      const table = {
        ...(destination.schema !== undefined && { schema: destination.schema }),
        name: 'silent',
      };
      const publish = async (runId: string): Promise<readonly RunEvent[]> => {
        const tasks = (await shop.plan())
          .filter((task) => task.id === 'warehouse:orders')
          .map((task) => ({
            ...task,
            destination: { ...task.destination, connector: system.connector, table },
          }));
        return await inTime(runHere(shop, { runId, tasks, warehouse: connection() }));
      };
      const expectEqual = async (what: string): Promise<void> => {
        const [task] = (await shop.plan()).filter((each) => each.id === 'warehouse:orders');
        const fields = (task?.columns ?? [])
          .map(({ field }) => field)
          .filter(({ name }) => ['id', 'customer', 'status', 'changed'].includes(name));
        const there = await destination.readRows(table, fields);
        const source = shop.database
          .prepare(
            'SELECT CAST(id AS TEXT), CAST(customer AS TEXT), status, CAST(changed AS TEXT) FROM orders',
          )
          .all()
          .map((row) => Object.values(row));
        const sorted = (rows: readonly unknown[]): unknown =>
          rows.map((row) => JSON.stringify(row)).toSorted();
        expect(sorted(there), what).toEqual(sorted(source));
      };
      expect(foldRun(await publish('first')).status).toBe('succeeded');
      for (let index = 0; index < SEEDS; index++) {
        shop.change();
        const offset = shop.random.integer(1, 12_000);
        const direction = shop.random.pick(['fromClient', 'fromServer'] as const);
        proxy.arm({ kind: 'breakAt', how: 'halfOpen', direction, offset }, { times: 1 });
        const events = await publish(`once${index}`);
        proxy.disarm();
        if (foldRun(events).status !== 'succeeded') await publish(`again${index}`);
        await expectEqual(`${direction} ${offset}`);
      }
      for (let index = 0; index < ROUNDS; index++) {
        await expectEqual('before');
        shop.change();
        proxy.arm({ kind: 'latency', latencyMs: 3_600_000 });
        const events = await publish(`dead${index}`);
        proxy.disarm();
        const [task] = foldRun(events).tasks.values();
        expect(task).toMatchObject({ status: 'failed', error: { blame: 'destination' } });
        await publish(`healed${index}`);
        await expectEqual('after');
      }
    },
  );
});

async function largeTable(system: RunningSystem): Promise<ReturnType<typeof planTask>> {
  const { openSource, config } = system.definition;
  const created = await system.instance.source?.createLarge('silent_source', ROWS);
  if (openSource === undefined || created === undefined) throw new Error(`${system.title} is no source.`);
  const source = await openSource(config.parse(system.instance.config), never);
  try {
    const planned = planTask(await findTable(source, created, never), { load: { kind: 'full' } });
    return { ...planned, source: { ...planned.source, connector: system.connector } };
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

async function inTime(running: Promise<readonly RunEvent[]>): Promise<readonly RunEvent[]> {
  const started = performance.now();
  const events = await running;
  expect(performance.now() - started).toBeLessThan(LONGEST_MS);
  return events;
}

async function expectWhole(shop: Shop, table: string): Promise<void> {
  const [loaded] = await queryWarehouse(shop, `SELECT count(*) AS n, sum(id) AS ids FROM raw.${table}`);
  expect(loaded).toEqual({ n: String(ROWS), ids: String((ROWS * (ROWS + 1)) / 2) });
}
