import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { testServer } from '@millrace/connector-sdk/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine } from '../packages/cli/src/testing/command-line.ts';
import { finished, serveInProcess } from '../packages/cli/src/testing/served-process.ts';
import { createStoreDatabase } from '../packages/control-plane/src/store/testing/test-stores.ts';

const server = await testServer('postgres');

describe.skipIf(server === undefined)('a project whose state is on a PostgreSQL server', () => {
  let line: CommandLine;
  let url = '';
  let drop: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    ({ location: url, drop } = await createStoreDatabase());
    line = new CommandLine({ MILLRACE_STORE: url });
    await line.run(['init', '.', '--name', 'elsewhere']);
    await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
    using shop = new DatabaseSync(join(line.folder, 'shop.db'));
    shop.exec(
      "CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT); INSERT INTO orders VALUES (1, 'one')",
    );
    writeFileSync(
      join(line.folder, 'pipelines', 'shop.yaml'),
      'version: 1\nname: shop\nsteps:\n  all: { replicate: { from: shop, into: { connection: warehouse, schema: raw } } }\n',
    );
  });

  afterAll(async () => {
    line?.[Symbol.dispose]();
    await drop?.();
  });

  it('runs pipelines and remembers them there, without the password anywhere', async () => {
    const run = await line.run(['run', 'shop', '--json']);
    expect(JSON.parse(run.out)).toMatchObject({ state: 'succeeded', totals: { rows: 1 } });
    const again = await line.run(['run', 'shop']);
    expect(again.exitCode).toBe(0);
    const runs = await line.run(['runs', '--json']);
    expect(JSON.parse(runs.out).runs).toMatchObject([{ state: 'succeeded' }, { state: 'succeeded' }]);
    expect(existsSync(join(line.folder, '.millrace', 'state.db'))).toBe(false);
    const password = String(server?.adminConnection?.['password'] ?? server?.connection['password']);
    for (const { out, err } of [run, again, runs]) expect(out + err).not.toContain(password);
  });

  it('serves from there: the queue, the catalogue and the lists', async () => {
    const server = await serveInProcess(line.folder, { MILLRACE_STORE: url });
    try {
      const { runId } = await server.call('runs/start-run', { pipeline: 'shop' });
      expect(await finished(server, runId)).toMatchObject({ state: 'succeeded', attempts: 1 });
      for (const operation of [
        'runs/list-runs',
        'schedules/list-schedules',
        'pipelines/list-pipelines',
        'datasets/list-datasets',
        'connections/list-connections',
      ])
        expect([operation, (await server.call(operation, {})).error]).toEqual([operation, undefined]);
    } finally {
      await server.stop();
    }
  });
});
