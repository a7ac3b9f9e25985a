import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';

import { createOperationContext, runPipeline, Runner } from '@millrace/control-plane';
import { expect, it } from 'vitest';

import { registry } from './registry.ts';
import { startRunner } from './start-runner.ts';
import { CommandLine } from './testing/command-line.ts';

const PIPELINE = `version: 1
name: sales
steps:
  orders: { source: { connection: shop, table: orders } }
  few: { filter: { from: orders, where: id < 3 } }
  publish: { destination: { from: few, connection: warehouse, table: mart.orders } }
`;

it('a run that another one keeps from running starts no process that outlives it', async () => {
  using line = new CommandLine();
  await line.run(['init', '.']);
  using shop = new DatabaseSync(join(line.folder, 'shop.db'));
  shop.exec('CREATE TABLE orders (id INTEGER PRIMARY KEY)');
  await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
  writeFileSync(join(line.folder, 'pipelines', 'sales.yaml'), PIPELINE);
  await line.run(['runs']);
  using state = new DatabaseSync(join(line.folder, '.millrace', 'state.db'));
  const now = Date.now();
  state
    .prepare("INSERT INTO leases VALUES ('pipeline:sales', 1, 'elsewhere/boot/1/1', 'other', ?, ?, ?)")
    .run(now, now, now + 60_000);
  let started = 0;
  {
    await using context = createOperationContext({
      projectFolder: line.folder,
      workingFolder: line.folder,
      environment: {},
      environmentName: undefined,
      registry,
      startRunner: () => {
        started += 1;
        return new Runner(startRunner(line.folder));
      },
    });
    // The runner is not there yet when the run is refused, and its source was asked already.
    const input = runPipeline.input.parse({ pipeline: 'sales' });
    await expect(runPipeline.handler(context, input, new AbortController().signal)).rejects.toThrow(
      'Run other of the pipeline "sales" is active',
    );
  }
  const before = started;
  await wait(600);
  expect(started).toBe(before);
});
