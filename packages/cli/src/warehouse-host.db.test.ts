import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { seededRandom } from '@millrace/connector-sdk/testing';
import {
  cancelQuery,
  contextOf,
  describeDataset,
  listDatasets,
  listQueries,
  openExport,
  openProjectHost,
  profileDataset,
  queryWarehouse,
  readRows,
  removeQuery,
  rollbackTable,
  Runner,
  runPipeline,
  sampleDataset,
  saveQuery,
  showDataset,
  showExport,
  startExport,
  traceDataset,
  uploadFile,
  verifyPipeline,
  type OperationContext,
  type ProjectHost,
} from '@millrace/control-plane';
import { HostedDestination, type RunEvent } from '@millrace/engine';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { createShop } from './demo/shop.ts';
import { registry } from './registry.ts';
import { startRunner, startWarehouseHost } from './testing/start-processes.ts';
import { CommandLine } from './testing/command-line.ts';

const noSignal = new AbortController().signal;
let line: CommandLine;
let host: ProjectHost;
const events: RunEvent[] = [];

beforeAll(async () => {
  line = new CommandLine();
  await line.run(['init', '.', '--name', 'hosted']);
  await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
  createShop(join(line.folder, 'shop.db'));
  host = openProjectHost({
    projectFolder: line.folder,
    environment: { XDG_CONFIG_HOME: join(line.folder, '.config') },
    registry,
    startRunner: () => new Runner(startRunner(line.folder)),
    startWarehouseHost: (address) => startWarehouseHost(line.folder, address),
  });
}, 180_000);

afterAll(async () => {
  await host[Symbol.asyncDispose]();
  line[Symbol.dispose]();
});

/** What a server makes for a request. */
function openContext(): OperationContext {
  return contextOf(host, {
    workingFolder: line.folder,
    environmentName: undefined,
    watch: (event) => events.push(event),
  });
}

function writePipeline(name: string): void {
  writeFileSync(
    join(line.folder, 'pipelines', `${name}.yaml`),
    `version: 1\nname: ${name}\nsteps:\n  shop: { replicate: { from: shop, include: [orders, products, customers], into: { connection: warehouse, schema: ${name} } } }\n`,
  );
}

/** The file of an export, once it is there. */
async function exported(
  context: OperationContext,
  sql: string,
  format: 'csv' | 'xlsx',
): Promise<{ readonly rows: number; readonly content: Buffer }> {
  const wanted = startExport.input.parse({ sql, format });
  const { exportId } = await startExport.handler(context, wanted, noSignal);
  const done = await vi.waitUntil(
    async () => {
      const shown = await showExport.handler(context, { exportId }, noSignal);
      return shown.state === 'running' ? undefined : shown;
    },
    { timeout: 30_000, interval: 50 },
  );
  expect(done).toMatchObject({ state: 'succeeded', progress: 1, download: `/api/exports/${exportId}` });
  const file = await openExport(context, exportId);
  return { rows: done.rows ?? 0, content: await buffer(file.content) };
}

async function ask(context: OperationContext, sql: string): Promise<readonly (readonly (string | null)[])[]> {
  const input = queryWarehouse.input.parse({ sql });
  return (await queryWarehouse.handler(context, input, noSignal)).rows;
}

describe('with a warehouse host', () => {
  it('answers questions while runs publish, and rolls back', async () => {
    writePipeline('busy');
    const context = openContext();
    const running = runPipeline.handler(context, runPipeline.input.parse({ pipeline: 'busy' }), noSignal);
    let isRunning = true;
    void running.finally(() => (isRunning = false));
    let answers = 0;
    for (; isRunning; answers++) expect(await ask(context, 'SELECT 1')).toEqual([['1']]);
    expect((await running).state).toBe('succeeded');
    expect(answers).toBeGreaterThan(3);
    const before = await ask(context, 'SELECT count(*) FROM busy.orders');
    const again = openContext();
    const input = runPipeline.input.parse({ pipeline: 'busy', isFullRefresh: true });
    expect((await runPipeline.handler(again, input, noSignal)).state).toBe('succeeded');
    const rolledBack = await rollbackTable.handler(again, { table: 'busy.orders' }, noSignal);
    expect(rolledBack.version).toBe(3);
    expect(await ask(again, 'SELECT count(*) FROM busy.orders')).toEqual(before);
  }, 120_000);

  it('keeps a catalogue of what runs published', async () => {
    const context = openContext();
    const { datasets, facets } = await listDatasets.handler(context, listDatasets.input.parse({}), noSignal);
    expect(datasets.map(({ name }) => name)).toEqual(['busy.customers', 'busy.orders', 'busy.products']);
    expect(facets.freshness).toEqual([{ value: 'upToDate', count: 3 }]);
    const ref = { connection: 'warehouse', name: 'busy.orders' };
    const said = { ...ref, owner: 'sales', tags: ['money'] };
    await describeDataset.handler(context, said, noSignal);
    const found = await listDatasets.handler(
      context,
      listDatasets.input.parse({ search: 'MONEY ord' }),
      noSignal,
    );
    expect(found.datasets).toMatchObject([{ name: 'busy.orders', owner: 'sales', tags: ['money'] }]);
    const shown = showDataset.output.parse(await showDataset.handler(context, ref, noSignal));
    expect(shown.versions.map(({ version, isCurrent }) => [version, isCurrent])).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ]);
    expect(shown.versions[0]?.restoredRun).toBe(shown.versions[2]?.runId);
    const [[counted] = []] = await ask(context, 'SELECT count(*) FROM busy.orders');
    expect(shown.rows).toBe(Number(counted));
    expect(shown.columns.filter(({ isKey }) => isKey)).toMatchObject([{ name: 'id' }]);
    expect(shown.measures).toHaveLength(2);
    expect(shown.usage.queries).toBeGreaterThan(0);
    const sample = await sampleDataset.handler(context, { ...ref, limit: 5 }, noSignal);
    expect(sample.rows).toHaveLength(5);
    const taken = await profileDataset.handler(context, ref, noSignal);
    expect(taken).toMatchObject({ scope: 'published', runId: shown.versions[0]?.runId });
    expect(taken.profile.rows).toBe(counted);
    expect(taken.profile.columns.map(({ name }) => name)).toEqual(shown.columns.map(({ name }) => name));
    expect(taken.profile.columns.find(({ name }) => name === 'id')?.distinct?.count).toBe(counted);
    expect(profileDataset.output.parse(await profileDataset.handler(context, ref, noSignal))).toEqual(taken);
    expect((await showDataset.handler(context, ref, noSignal)).profile).toEqual(taken);
    expect(readdirSync(join(context.projectFolder, '.millrace', 'profiles'))).toEqual([]);
    const lineage = await traceDataset.handler(context, traceDataset.input.parse(ref), noSignal);
    expect(lineage.nodes.map(({ name, distance }) => [name, distance])).toEqual([
      ['busy.orders', 0],
      ['orders', -1],
    ]);
    await expect(
      showDataset.handler(context, { connection: 'warehouse', name: 'busy.oders' }, noSignal),
    ).rejects.toThrow('Did you mean busy.orders?');
  }, 60_000);

  it('keeps queries, cancels them, reads long answers by pages and exports', async () => {
    const context = openContext();
    const queryId = randomUUID();
    const sql = 'SELECT i FROM range(25000) r(i)';
    const input = queryWarehouse.input.parse({ sql, queryId, firstRows: 10, maxRows: 100_000 });
    const answer = queryWarehouse.output.parse(await queryWarehouse.handler(context, input, noSignal));
    expect(answer).toMatchObject({ rowCount: 25_000, isTruncated: false });
    expect(answer.rows).toHaveLength(10);
    const page = await readRows.handler(context, { queryId, from: 23_990, count: 2000 }, noSignal);
    expect(page.rows).toHaveLength(1010);
    expect(page.rows[0]).toEqual(['23990']);
    const endless = queryWarehouse.input.parse({
      sql: 'SELECT count(*) FROM range(100000000000) a, range(1000) b',
      queryId: randomUUID(),
    });
    const running = queryWarehouse.handler(context, endless, noSignal);
    setTimeout(() => void cancelQuery.handler(context, { queryId: endless.queryId ?? '' }, noSignal), 300);
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    const slow = queryWarehouse.input.parse({ sql: endless.sql, limitSeconds: 1 });
    await expect(queryWarehouse.handler(context, slow, noSignal)).rejects.toThrow('longer than 1 seconds');
    const { history } = await listQueries.handler(context, { limit: 3 }, noSignal);
    expect(history.map(({ state }) => state)).toEqual(['failed', 'cancelled', 'succeeded']);
    const saved = saveQuery.input.parse({ name: 'all', sql });
    const { id } = await saveQuery.handler(context, saved, noSignal);
    expect((await saveQuery.handler(context, saved, noSignal)).id).toBe(id);
    expect((await listQueries.handler(context, { limit: 1 }, noSignal)).saved).toHaveLength(1);
    expect(await removeQuery.handler(context, { id }, noSignal)).toEqual({ name: 'all' });
    const { rows, content } = await exported(context, 'SELECT id FROM busy.orders', 'csv');
    expect(content.toString().split('\n')).toHaveLength(rows + 2);
  }, 60_000);

  it('owns every file that runs write: who writes, reads and asks never fight over one', async () => {
    await line.run(['connections', 'add', 'archive', 'duckdb', '--set', 'path=archive.duckdb']);
    const write = (name: string, from: string, table: string, into: string): void =>
      writeFileSync(
        join(line.folder, 'pipelines', `${name}.yaml`),
        `version: 1\nname: ${name}\nsteps:\n  all: { replicate: { from: ${from}, include: [${table}], into: { connection: ${into}, schema: ${name} } } }\n`,
      );
    const run = (pipeline: string) =>
      runPipeline.handler(openContext(), runPipeline.input.parse({ pipeline }), noSignal);
    write('kept', 'shop', 'orders', 'archive');
    let isRunning = true;
    const first = run('kept').finally(() => (isRunning = false));
    const asked = async (sql: string) => {
      const input = queryWarehouse.input.parse({ sql, connection: 'archive' });
      return (await queryWarehouse.handler(openContext(), input, noSignal)).rows;
    };
    // The file is there from the moment on in which the run has it opened.
    await vi.waitUntil(() => host.warehouseHost?.owned.has('archive'), { timeout: 30_000 });
    while (isRunning) expect(await asked('SELECT 1')).toEqual([['1']]);
    expect((await first).state).toBe('succeeded');
    write('back', 'archive', 'kept.orders', 'warehouse');
    const both = Promise.all([run('kept'), run('back')]);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => asked('SELECT count(*) FROM kept.orders')),
    );
    expect((await both).map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    const [[rows] = []] = await ask(openContext(), 'SELECT count(*) FROM "back".orders');
    expect(answers.flat(2)).toEqual(Array.from({ length: 5 }, () => rows));
  }, 120_000);

  it('takes an answer that went out as a workbook in again as a source', async () => {
    const context = openContext();
    const sql = 'SELECT id, name FROM busy.products ORDER BY id LIMIT 100';
    const { content } = await exported(context, sql, 'xlsx');
    const sent = uploadFile.input.parse({
      name: 'Products.xlsx',
      offset: 0,
      data: content.toString('base64'),
      isLast: true,
    });
    const { source } = await uploadFile.handler(context, sent, noSignal);
    expect(source).toEqual({ connection: 'uploads', table: 'products' });
    const csv = readFileSync(join(line.folder, 'uploads', 'products', 'products.csv'), 'utf8');
    const answer = await ask(context, sql);
    expect(csv).toBe(`id,name\n${answer.map((row) => `${row.join(',')}\n`).join('')}`);
    const broken = { ...sent, data: Buffer.from('no workbook').toString('base64') };
    await expect(uploadFile.handler(openContext(), broken, noSignal)).rejects.toThrow('no Excel workbook');
  }, 60_000);

  it.each([1, 2])(
    'a run converges when the host is killed in the middle of it (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const pipeline = `killed${seed}`;
      writePipeline(pipeline);
      const context = openContext();
      await host.warehouseHost?.address();
      events.length = 0;
      const running = runPipeline.handler(context, runPipeline.input.parse({ pipeline }), noSignal);
      let isRunning = true;
      void running.finally(() => (isRunning = false));
      let kills = 0;
      await vi.waitUntil(() => events.length > 0, { timeout: 30_000, interval: 5 });
      while (isRunning && kills < 3) {
        await sleep(random.integer(20, 450));
        const id = host.warehouseHost?.processId;
        if (!isRunning || id === undefined) continue;
        process.kill(id, 'SIGKILL');
        kills++;
      }
      expect((await running).state, JSON.stringify(events.filter(({ type }) => type === 'taskFailed'))).toBe(
        'succeeded',
      );
      expect(kills).toBeGreaterThan(0);
      const { tables } = await verifyPipeline.handler(
        context,
        verifyPipeline.input.parse({ pipeline }),
        noSignal,
      );
      expect(tables).toHaveLength(3);
      expect(tables.filter(({ isEqual }) => !isEqual)).toEqual([]);
    },
    120_000,
  );
});

describe('a warehouse host that nobody needs', () => {
  const IDLE_MS = 300;
  let own: CommandLine;
  let brief: ProjectHost;
  const asked = async (sql: string) => {
    const context = contextOf(brief, { workingFolder: own.folder, environmentName: undefined });
    return (await queryWarehouse.handler(context, queryWarehouse.input.parse({ sql }), noSignal)).rows;
  };
  const gone = () =>
    vi.waitUntil(() => brief.warehouseHost?.processId === undefined, { timeout: 10_000, interval: 20 });

  beforeAll(async () => {
    own = new CommandLine();
    await own.run(['init', '.', '--name', 'brief']);
    brief = openProjectHost({
      projectFolder: own.folder,
      environment: { XDG_CONFIG_HOME: join(own.folder, '.config') },
      registry,
      startRunner: () => new Runner(startRunner(own.folder)),
      startWarehouseHost: (address) => startWarehouseHost(own.folder, address, IDLE_MS),
    });
  });
  afterAll(async () => {
    await brief[Symbol.asyncDispose]();
    own[Symbol.dispose]();
  });

  it('ends, and is there again for the next question', async () => {
    expect(await asked('SELECT 1')).toEqual([['1']]);
    const first = brief.warehouseHost?.processId ?? 0;
    expect(first).toBeGreaterThan(0);
    await gone();
    await vi.waitUntil(() => !isAlive(first), { timeout: 10_000 });
    expect(await asked('SELECT 2')).toEqual([['2']]);
    expect(brief.warehouseHost?.processId).not.toBe(first);
  }, 60_000);

  it('stays while somebody is connected, and answers at an address that was told before it ended', async () => {
    const address = (await brief.warehouseHost?.address()) ?? '';
    const warehouse = { connector: 'duckdb', config: { path: join(own.folder, 'warehouse.duckdb') } };
    const early = new HostedDestination(warehouse, address);
    expect((await early.query({ sql: 'SELECT 1', maxRows: 1 }, noSignal)).rows).toEqual([['1']]);
    await sleep(3 * IDLE_MS);
    expect(brief.warehouseHost?.processId).toBeGreaterThan(0);
    await early[Symbol.asyncDispose]();
    await gone();
    const late = new HostedDestination(warehouse, address);
    expect((await late.query({ sql: 'SELECT 2', maxRows: 1 }, noSignal)).rows).toEqual([['2']]);
    await late[Symbol.asyncDispose]();
  }, 60_000);

  it('fails no question, at whatever moment it comes', async () => {
    const random = seededRandom(7);
    for (let question = 0; question < 25; question++) {
      expect(await asked(`SELECT ${question}`)).toEqual([[String(question)]]);
      await sleep(IDLE_MS - 60 + random.integer(0, 300));
    }
  }, 120_000);
});

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}
