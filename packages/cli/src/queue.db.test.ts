import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine } from './testing/command-line.ts';
import { finished, hasEnded, serveInProcess, until, type ServedProcess } from './testing/served-process.ts';

let line: CommandLine;
let server: ServedProcess | undefined;

beforeAll(async () => {
  line = new CommandLine();
  await line.run(['init', '.', '--name', 'queued']);
  await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
  using shop = new DatabaseSync(join(line.folder, 'shop.db'));
  shop.exec(`
    CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO orders SELECT i, 'order ' || i FROM n;
    CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER);
    INSERT INTO items SELECT id, id FROM orders;`);
  for (const name of ['first', 'second', 'third'])
    writePipeline(
      name,
      `  shop: { replicate: { from: shop, into: { connection: warehouse, schema: ${name} } } }`,
    );
});

afterAll(async () => {
  await server?.stop();
  line[Symbol.dispose]();
});

function writePipeline(name: string, steps: string, head = ''): void {
  mkdirSync(join(line.folder, 'pipelines'), { recursive: true });
  writeFileSync(
    join(line.folder, 'pipelines', `${name}.yaml`),
    `version: 1\nname: ${name}\n${head}steps:\n${steps}\n`,
  );
}

/** The server of the test before, or a new one. */
async function running(): Promise<ServedProcess> {
  if (!server || server.child.exitCode !== null || server.child.signalCode !== null)
    server = await serveInProcess(line.folder);
  return server;
}

const WHOLE = ['20000', '20000', '20000'];

async function rowsOf(schema: string): Promise<unknown> {
  const { out } = await line.run([
    'query',
    `SELECT (SELECT count(DISTINCT id) FROM ${schema}.orders), (SELECT count(*) FROM ${schema}.orders), (SELECT count(*) FROM ${schema}.items)`,
    '--json',
  ]);
  return JSON.parse(out).rows[0];
}

describe('the queue of a server', () => {
  it('answers at once, works runs off, and keeps those of one pipeline in their order', async () => {
    const { call } = await running();
    const asked = [];
    for (const pipeline of ['first', 'first', 'second'])
      asked.push(await call('runs/start-run', { pipeline }));
    expect(asked.map(({ state }) => state)).toEqual(['queued', 'queued', 'queued']);
    const [one, two, other] = await Promise.all(
      asked.map(({ runId }) => finished(server as ServedProcess, runId)),
    );
    expect([one?.state, two?.state, other?.state]).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(Date.parse(two?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(one?.finishedAt ?? ''));
    expect(await rowsOf('first')).toEqual(WHOLE);
  });

  it('says at once what is wrong in a document, and in a run what is wrong beyond its text', async () => {
    const { call } = await running();
    expect((await call('runs/start-run', { pipeline: 'none' })).error?.message).toContain('no pipeline');
    writePipeline(
      'lost',
      '  orders: { source: { connection: shop, table: missing } }\n  out: { destination: { from: orders, connection: warehouse, table: lost.orders } }',
    );
    const { runId } = await call('runs/start-run', { pipeline: 'lost' });
    expect(await finished(await running(), runId)).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^pipelines\/lost\.yaml:\d+: .*missing/),
      tasks: [],
    });
    rmSync(join(line.folder, 'pipelines', 'lost.yaml'));
  });

  it('cancels what waits at once, and what is in work long before it would end', async () => {
    const { call } = await running();
    writePipeline(
      'slow',
      `  orders: { source: { connection: shop, table: orders } }
  slowed:
    code:
      from: orders
      reads: [note]
      columns: { note: string }
      limits: { timeout: 60s }
      source: |
        export default (row: Row) => {
          let turns = 0;
          while (turns < 1e12) turns += 1;
          return { note: turns === 0 ? '' : row.note };
        };
  out: { destination: { from: slowed, connection: warehouse, table: slow.orders, key: [id] } }`,
    );
    const { runId } = await call('runs/start-run', { pipeline: 'slow' });
    const { runId: waiting } = await call('runs/start-run', { pipeline: 'slow' });
    await until(
      () => call('runs/show-run', { run: runId }),
      ({ tasks }) => tasks.some(({ state }) => state === 'running'),
    );
    expect(await call('runs/cancel-run', { run: waiting })).toMatchObject({ state: 'cancelled' });
    const askedAt = Date.now();
    expect(await call('runs/cancel-run', { run: runId })).toMatchObject({ state: 'running' });
    const ended = await finished(await running(), runId);
    expect([ended.state, ended.reason, ended.warnings]).toEqual(['cancelled', 'The run was cancelled.', []]);
    expect(Date.now() - askedAt).toBeLessThan(10_000);
    expect(await call('runs/cancel-run', { run: runId })).toMatchObject({ state: 'cancelled' });
    rmSync(join(line.folder, 'pipelines', 'slow.yaml'));
  });

  it('runs again what a run did not get done, and nothing else', async () => {
    const { call } = await running();
    const steps = (max: number): string => `  orders: { source: { connection: shop, table: orders } }
  items: { source: { connection: shop, table: items } }
  checked:
    filter: { from: items, where: id > 0 }
    checks: [{ range: { column: id, max: ${max} } }]
  out: { destination: { from: orders, connection: warehouse, table: again.orders } }
  rest: { destination: { from: checked, connection: warehouse, table: again.items, key: [id] } }`;
    writePipeline('again', steps(10));
    const { runId: failed } = await call('runs/start-run', { pipeline: 'again' });
    expect(await finished(await running(), failed)).toMatchObject({ state: 'failed' });
    writePipeline('again', steps(20_000));
    const { runId } = await call('runs/retry-run', { run: failed });
    const rerun = await finished(await running(), runId);
    expect(rerun).toMatchObject({ state: 'succeeded', rerunOf: failed });
    const done = rerun.tasks.filter(({ state }) => state === 'published').map(({ table }) => table);
    expect(done).toContain('again.items');
    expect(done).not.toContain('again.orders');
    expect((await call('runs/retry-run', { run: runId })).error?.message).toContain('got everything done');
    rmSync(join(line.folder, 'pipelines', 'again.yaml'));
  });

  it('lets several pipelines write one table', async () => {
    const { call } = await running();
    for (const name of ['left', 'right'])
      writePipeline(
        name,
        '  orders: { source: { connection: shop, table: orders } }\n  out: { destination: { from: orders, connection: warehouse, table: shared.orders, write: replace } }',
      );
    const asked = await Promise.all(
      ['left', 'right'].map((pipeline) => call('runs/start-run', { pipeline })),
    );
    const ended = await Promise.all(asked.map(({ runId }) => finished(server as ServedProcess, runId)));
    expect(ended.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    for (const name of ['left', 'right']) rmSync(join(line.folder, 'pipelines', `${name}.yaml`));
  });

  it('fires a schedule, holds it back and lets it go on', async () => {
    const { call } = await running();
    const steps = '  shop: { replicate: { from: shop, into: { connection: warehouse, schema: third } } }';
    writePipeline('third', steps, 'schedule: { cron: "* * * * *" }\n');
    const known = await until(
      () => call('schedules/list-schedules', {}),
      ({ schedules }) => schedules.length === 1,
    );
    expect(known.schedules).toMatchObject([
      { pipeline: 'third', nextAt: expect.stringMatching(/:00\.000Z$/) },
    ]);
    const makeDue = (): void => {
      using state = new DatabaseSync(join(line.folder, '.millrace', 'state.db'), { timeout: 10_000 });
      state.exec('UPDATE runs SET slot_at = NULL; UPDATE schedules SET next_at = next_at - 60000');
    };
    makeDue();
    const fired = await until(
      () => call('runs/list-runs', { pipeline: 'third' }),
      ({ runs }) => runs.some((run) => hasEnded(run)),
    );
    expect(fired.runs).toMatchObject([{ state: 'succeeded', startedBy: { kind: 'schedule' } }]);
    writePipeline('third', '  shop: { replicat: {} }', 'schedule: { cron: "* * * * *" }\n');
    makeDue();
    const again = await until(
      () => call('runs/list-runs', { pipeline: 'third' }),
      ({ runs }) => runs.length === 2 && runs.every(hasEnded),
    );
    const second = await call('runs/show-run', { run: again.runs[0]?.runId ?? '' });
    expect([second.state, second.warnings]).toEqual([
      'succeeded',
      [expect.stringContaining('takes its last valid text')],
    ]);
    // It can be parsed, and its new schedule too; its table is not there.
    const wrong = '  shop: { replicate: { from: shop, include: [ordres], into: { connection: warehouse } } }';
    writePipeline('third', wrong, 'schedule: { cron: "0 6 * * *" }\n');
    await until(
      () => call('pipelines/list-revisions', { pipeline: 'third' }),
      ({ revisions }) => revisions.length === 4,
    );
    makeDue();
    const last = await until(
      () => call('runs/list-runs', { pipeline: 'third' }),
      ({ runs }) => runs.length === 3 && runs.every(hasEnded),
    );
    const third = await call('runs/show-run', { run: last.runs[0]?.runId ?? '' });
    expect([third.state, third.warnings]).toEqual([
      'succeeded',
      [expect.stringMatching(/wrong now: .*ordres.* takes its last valid text/)],
    ]);
    expect((await call('schedules/list-schedules', {})).schedules).toMatchObject([{ cron: '* * * * *' }]);
    expect(await call('schedules/pause-schedule', { pipeline: 'third' })).toMatchObject({ nextAt: null });
    expect((await call('schedules/resume-schedule', { pipeline: 'third' })).nextAt).not.toBeNull();
    expect((await call('schedules/pause-schedule', { pipeline: 'thrid' })).error?.message).toContain('third');
    writePipeline('third', steps);
    await until(
      () => call('schedules/list-schedules', {}),
      ({ schedules }) => schedules.length === 0,
    );
  });

  it('hands over what is in work when its server is stopped', async () => {
    const stopped = await running();
    const { runId } = await stopped.call('runs/start-run', { pipeline: 'first', isFullRefresh: true });
    await until(
      () => stopped.call('runs/show-run', { run: runId }),
      ({ state }) => state === 'running',
    );
    await stopped.stop('SIGTERM');
    expect(readFileSync(join(line.folder, 'millrace.yaml'), 'utf8')).toContain('queued');
    expect(await finished(await running(), runId)).toMatchObject({ state: 'succeeded' });
  });
});
