import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { newSeed } from '@millrace/connector-sdk/testing';
import { foldRun, type RunEvent, type RunPoint } from '@millrace/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runHere } from './attempt.ts';
import { EQUAL, queryWarehouse, reconcile } from './reconcile.ts';
import { discover, openShop, planTask, type Shop } from './shop.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? newSeed());
const FLIPS = Number(process.env['FAULT_SEEDS'] ?? 2);

let shop: Shop;
beforeEach(() => {
  shop = openShop(SEED);
});
afterEach(() => shop.close());

function statusOf(events: readonly RunEvent[]): string {
  return foldRun(events).status;
}

function errorOf(events: readonly RunEvent[], table: string) {
  return foldRun(events).tasks.get(`warehouse:${table}`)?.error;
}

function eventsOf<Type extends RunEvent['type']>(events: readonly RunEvent[], type: Type) {
  return events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
}

describe(`changed and hostile data (seed ${SEED})`, () => {
  it('publishes nothing when nothing is new, and finds every change', async () => {
    expect(statusOf(await runHere(shop, { runId: 'r1', tasks: await shop.plan() }))).toBe('succeeded');
    const idle = await runHere(shop, { runId: 'r2', tasks: await shop.plan() });
    expect(eventsOf(idle, 'taskUnchanged')).toHaveLength(2);
    expect(existsSync(join(shop.folder, 'scratch'))).toBe(true);
    expect(readdirSync(join(shop.folder, 'scratch'))).toEqual([]);
    for (const runId of ['r3', 'r4', 'r5']) {
      shop.change();
      expect(statusOf(await runHere(shop, { runId, tasks: await shop.plan() }))).toBe('succeeded');
      expect(await reconcile(shop)).toEqual(EQUAL);
    }
  });

  it('finds a row that came late with a value the mark had already, and a change that kept its value', async () => {
    await runHere(shop, { runId: 'r1', tasks: await shop.plan() });
    shop.database.exec('INSERT INTO orders SELECT 900001, 1, NULL, NULL, max(changed) FROM orders');
    await runHere(shop, { runId: 'r2', tasks: await shop.plan() });
    expect(await reconcile(shop)).toEqual(EQUAL);
    shop.database.exec("UPDATE orders SET status = 'late' WHERE id = 900001");
    await runHere(shop, { runId: 'r3', tasks: await shop.plan() });
    expect(await reconcile(shop)).toEqual(EQUAL);
  });

  it('never loads a staged file with a flipped bit (F26)', { timeout: 30_000 * FLIPS }, async () => {
    for (let flip = 0; flip < FLIPS; flip++) {
      const tasks = await shop.plan();
      const runId = `flip${flip}`;
      await runHere(shop, { runId, tasks, isFullRefresh: true, onPoint: stopAt('checked') });
      const folders = readdirSync(join(shop.folder, 'stage', 'shop')).map((task) =>
        join(shop.folder, 'stage', 'shop', task, `${runId}-1`),
      );
      for (const folder of folders) flipBit(join(folder, 'part-00000.parquet'), shop.random.integer(0, 1e9));
      const events = await runHere(shop, { runId, attempt: 2, tasks, isFullRefresh: true });
      expect(eventsOf(events, 'taskStaged').map((event) => event.isReused)).toEqual([false, false]);
      expect(await reconcile(shop)).toEqual(EQUAL);
    }
  });

  it('reuses a sound package of the attempt before', async () => {
    const tasks = await shop.plan();
    await runHere(shop, { runId: 'r1', tasks, onPoint: stopAt('checked') });
    const events = await runHere(shop, { runId: 'r1', attempt: 2, tasks });
    expect(eventsOf(events, 'taskStaged').map((event) => event.isReused)).toEqual([true, true]);
    expect(await reconcile(shop)).toEqual(EQUAL);
  });

  it('quarantines poison and loads every other row (F19)', async () => {
    // SQLite lets any value into any column.
    shop.database.exec("UPDATE orders SET customer = 'not a number' WHERE id IN (2, 3, 5)");
    const events = await runHere(shop, { runId: 'r1', tasks: await typedPlan() });
    expect(statusOf(events)).toBe('succeeded');
    expect(await reconcile(shop, (table, id) => table === 'orders' && ['2', '3', '5'].includes(id))).toEqual(
      EQUAL,
    );
    const folder = join(shop.folder, 'quarantine', 'shop', 'warehouse%3Aorders');
    const lines = readFileSync(join(folder, 'r1-1.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => Buffer.from(line.key.id, 'base64').toString()).sort()).toEqual([
      '2',
      '3',
      '5',
    ]);
    expect(lines.every((line) => line.column === 'customer' && line.reason !== '')).toBe(true);
  });

  it('publishes nothing of a table with more poison than allowed, and loads the others', async () => {
    shop.database.exec("UPDATE orders SET customer = 'not a number' WHERE id IN (2, 3, 5)");
    const events = await runHere(shop, { runId: 'r1', tasks: await typedPlan({ maxRows: 2, maxShare: 1 }) });
    expect(errorOf(events, 'orders')).toMatchObject({ code: 'quarantineOverflow' });
    expect(eventsOf(events, 'taskPublished').map((event) => event.task)).toEqual(['warehouse:customers']);
    expect(
      await queryWarehouse(
        shop,
        "SELECT count(*) AS n FROM information_schema.tables WHERE table_name = 'orders'",
      ),
    ).toEqual([{ n: '0' }]);
  });

  it.for<RunPoint>(['planned', 'extracting', 'staged', 'manifestWritten', 'checked', 'publish:beforeCommit'])(
    'a run cancelled at %s ends within a second, publishes nothing new, and a later run completes (F23)',
    async (point) => {
      const controller = new AbortController();
      let cancelledAt = 0;
      const events = await runHere(shop, {
        runId: 'r1',
        tasks: (await shop.plan()).slice(0, 1),
        signal: controller.signal,
        onPoint: (name) => {
          if (name !== point || cancelledAt > 0) return;
          cancelledAt = performance.now();
          controller.abort();
        },
      });
      expect(performance.now() - cancelledAt).toBeLessThan(1000);
      const state = foldRun(events);
      if (point !== 'publish:beforeCommit') expect(state.status).toBe('cancelled');
      await runHere(shop, { runId: 'r2', tasks: await shop.plan() });
      expect(await reconcile(shop)).toEqual(EQUAL);
    },
  );

  it('stops when the source file was replaced, and says how to go on', async () => {
    const tasks = await shop.plan();
    await runHere(shop, { runId: 'r1', tasks });
    const other = openShop(SEED + 1);
    try {
      const moved = { ...other, warehousePath: shop.warehousePath, nextFenceToken: shop.nextFenceToken };
      const events = await runHere(moved, { runId: 'r2', tasks });
      expect(errorOf(events, 'orders')).toMatchObject({
        code: 'positionLost',
        message: expect.stringContaining('Last good position: changed ='),
      });
      expect(await reconcile(shop)).toEqual(EQUAL);
      expect(
        statusOf(await runHere(moved, { runId: 'r3', tasks: await moved.plan(), isFullRefresh: true })),
      ).toBe('succeeded');
      expect(await reconcile(moved)).toEqual(EQUAL);
    } finally {
      other.close();
    }
  });

  it('stops where a table would go on with the position of another one', async () => {
    await runHere(shop, { runId: 'r1', tasks: await shop.plan() });
    shop.database.exec(
      'CREATE TABLE archive (id INTEGER PRIMARY KEY, customer INTEGER, status TEXT, note BLOB, changed INTEGER NOT NULL); CREATE INDEX archive_changed ON archive (changed); INSERT INTO archive SELECT id + 1000000, customer, status, note, 0 FROM orders',
    );
    const [archive] = await discover({ connector: 'sqlite', config: { path: shop.sourcePath } }, 'archive');
    if (archive === undefined) throw new Error('The table was not found.');
    const planned = planTask(archive, {});
    const task = {
      ...planned,
      destination: { ...planned.destination, table: { schema: 'raw', name: 'orders' } },
    };
    const events = await runHere(shop, { runId: 'r2', tasks: [task] });
    expect(errorOf(events, 'archive')).toMatchObject({
      code: 'positionLost',
      message: expect.stringContaining('its rows came from orders, and its source is archive now'),
    });
    expect(await reconcile(shop)).toEqual(EQUAL);
  });

  it('follows new columns, stops at lost ones, and one bad table never blocks the others (F17, F18)', async () => {
    const planned = await shop.plan();
    await runHere(shop, { runId: 'r1', tasks: planned });
    shop.database.exec(
      "ALTER TABLE orders ADD COLUMN extra TEXT; UPDATE orders SET extra = 'e', changed = 999999",
    );
    const evolved = await runHere(shop, { runId: 'r2', tasks: planned });
    expect(eventsOf(evolved, 'schemaDrift').map((event) => event.changes)).toEqual([
      ['column extra (string) is new'],
    ]);
    expect(statusOf(evolved)).toBe('succeeded');
    expect(
      await queryWarehouse(
        shop,
        "SELECT count(*) FILTER (WHERE extra IS DISTINCT FROM 'e') AS n FROM raw.orders",
      ),
    ).toEqual([{ n: '0' }]);

    shop.database.exec('ALTER TABLE orders DROP COLUMN status; UPDATE customers SET changed = changed + 1');
    const stopped = await runHere(shop, { runId: 'r3', tasks: planned });
    expect(errorOf(stopped, 'orders')).toMatchObject({
      code: 'schemaDrift',
      message: expect.stringContaining('has lost the column status'),
    });
    expect(foldRun(stopped).tasks.get('warehouse:customers')?.status).toBe('published');

    shop.database.exec('DROP TABLE orders');
    const gone = await runHere(shop, { runId: 'r4', tasks: planned });
    expect(errorOf(gone, 'orders')).toMatchObject({ code: 'tableMissing' });
    expect(foldRun(gone).tasks.get('warehouse:customers')?.status).toBe('unchanged');
  });

  it('refuses a key that does not identify a row, with counts and examples', async () => {
    shop.database.exec('UPDATE orders SET customer = 7');
    const events = await runHere(shop, {
      runId: 'r1',
      tasks: await shop.plan({ write: { key: ['changed'] } }),
    });
    expect(errorOf(events, 'orders')).toMatchObject({
      code: 'keyNotUnique',
      message: expect.stringMatching(/share \d+ keys: \(\d+\) \d+ times/),
    });
  });

  it('takes the newest row of a key that comes twice in a delta, and refuses NULL in a key', async () => {
    shop.database
      .exec(`CREATE TABLE visits (id INTEGER, note TEXT, changed INTEGER NOT NULL); CREATE INDEX visits_changed ON visits (changed);
      INSERT INTO visits VALUES (1, 'a', 1), (2, 'b', 2)`);
    const visits = async () => {
      const tables = await discover({ connector: 'sqlite', config: { path: shop.sourcePath } }, 'visits');
      return tables.map((table) => planTask(table, {}));
    };
    expect(statusOf(await runHere(shop, { runId: 'r1', tasks: await visits() }))).toBe('succeeded');
    shop.database.exec(
      "INSERT INTO visits VALUES (3, 'old', 3), (3, 'new', 5), (3, 'middle', 4), (4, 'd', 4)",
    );
    const events = await runHere(shop, { runId: 'r2', tasks: await visits() });
    expect(statusOf(events)).toBe('succeeded');
    expect(await queryWarehouse(shop, 'SELECT id, note FROM raw.visits ORDER BY id')).toEqual([
      { id: '1', note: 'a' },
      { id: '2', note: 'b' },
      { id: '3', note: 'new' },
      { id: '4', note: 'd' },
    ]);
    shop.database.exec("INSERT INTO visits VALUES (NULL, 'nobody', 6)");
    expect(errorOf(await runHere(shop, { runId: 'r3', tasks: await visits() }), 'visits')).toMatchObject({
      code: 'keyNotUnique',
      message: expect.stringContaining('1 rows have NULL in it'),
    });
  });

  it('refuses a cursor that is NULL in fact', async () => {
    const load = { kind: 'incremental', cursor: 'customer', lookback: '0', detectDeletes: false } as const;
    shop.database.exec(
      'UPDATE orders SET customer = NULL WHERE id < 100; CREATE INDEX orders_customer ON orders (customer)',
    );
    const tasks = (await shop.plan({ load })).filter((task) => task.id === 'warehouse:orders');
    expect(errorOf(await runHere(shop, { runId: 'r1', tasks }), 'orders')).toMatchObject({
      code: 'cursorUnfit',
      message: expect.stringMatching(
        /^orders\.customer cannot be a cursor: .* are NULL\. Use load\.mode: full, or choose changed\.$/,
      ),
    });
  });

  it('appends each row of an append table once, ties and late rows included', async () => {
    const options = {
      write: { mode: 'append', key: [], deletes: 'ignore' },
      load: { kind: 'incremental', cursor: 'changed', lookback: '2', detectDeletes: false },
    } as const;
    await runHere(shop, { runId: 'r1', tasks: await shop.plan(options) });
    for (let run = 2; run < 6; run++) {
      shop.database.exec(
        `INSERT INTO orders SELECT 900000 + ${run}, 1, NULL, NULL, max(changed) - 1 FROM orders`,
      );
      shop.database.exec(
        `INSERT INTO orders SELECT 800000 + ${run}, 1, NULL, NULL, max(changed) + ${run % 2} FROM orders`,
      );
      expect(statusOf(await runHere(shop, { runId: `r${run}`, tasks: await shop.plan(options) }))).toBe(
        'succeeded',
      );
      expect(await reconcile(shop)).toEqual(EQUAL);
      expect(await queryWarehouse(shop, 'SELECT count(*) - count(DISTINCT id) AS n FROM raw.orders')).toEqual(
        [{ n: '0' }],
      );
    }
  });

  it('removes what a complete load no longer has', async () => {
    const options = { load: { kind: 'full' } } as const;
    await runHere(shop, { runId: 'r1', tasks: await shop.plan(options) });
    shop.change();
    await runHere(shop, { runId: 'r2', tasks: await shop.plan(options) });
    expect(await reconcile(shop)).toEqual(EQUAL);
  });
});

/** Declares `customer` as a number, whatever this SQLite file holds by now. */
async function typedPlan(quarantine = { maxRows: 10, maxShare: 1 }) {
  const tasks = await shop.plan({ quarantine, load: { kind: 'full' } });
  const type = { kind: 'integer', bits: 64, signed: true } as const;
  return tasks.map((task) => ({
    ...task,
    source: {
      ...task.source,
      fields: task.source.fields.map((field) => (field.name === 'customer' ? { ...field, type } : field)),
    },
    columns: task.columns.map((column) =>
      column.field.name === 'customer' ? { ...column, field: { ...column.field, type } } : column,
    ),
  }));
}

/** Ends the attempt at a point the way a dead process does: nothing after it happens. */
function stopAt(point: RunPoint): (name: RunPoint) => void {
  return (name) => {
    if (name === point) throw new Error(`stopped at ${point}`);
  };
}

function flipBit(path: string, random: number): void {
  const bytes = readFileSync(path);
  const at = random % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (random % 8));
  writeFileSync(path, bytes);
}
