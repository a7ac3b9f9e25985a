import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { describe, expect, it } from 'vitest';

import { duckdbConfig } from '../config.ts';
import { changeFile, noSignal, openTestWarehouse } from '../harness/test-warehouse.ts';
import { openWarehouse } from './open-warehouse.ts';

const writing = { blame: 'destination', isCreated: true } as const;

describe('a warehouse file', () => {
  it('is one instance by whatever path it is opened, and is closed by the last user', async () => {
    using folder = temporaryFolder('open');
    const path = join(folder.path, 'made', 'on', 'the way', 'w.duckdb');
    const first = await openWarehouse(duckdbConfig.parse({ path }), writing, noSignal);
    const link = join(folder.path, 'link.duckdb');
    symlinkSync(path, link);
    const second = await openWarehouse(duckdbConfig.parse({ path: link }), writing, noSignal);
    expect(second.warehouse).toBe(first.warehouse);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    using session = await second.warehouse.session('destination', noSignal);
    await session.run('CREATE TABLE kept (i INTEGER); INSERT INTO kept VALUES (1)', noSignal);
    session[Symbol.dispose]();
    second[Symbol.dispose]();
    expect(existsSync(`${path}.wal`)).toBe(false);
    using again = await openWarehouse(duckdbConfig.parse({ path }), writing, noSignal);
    expect(again.warehouse).not.toBe(second.warehouse);
    expect(again.warehouse.catalog.find({ name: 'kept' })).toBeDefined();
  });

  it('that another process holds is busy, and the message names the process', async () => {
    using folder = temporaryFolder('open');
    const path = join(folder.path, 'w.duckdb');
    const config = duckdbConfig.parse({ path, busyTimeoutSeconds: 0.5 });
    await changeFile(config, 'SELECT 1');
    const holder = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { DuckDBInstance } from '${import.meta.resolve('@duckdb/node-api')}';
       await DuckDBInstance.create(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`,
    ]);
    try {
      await once(holder.stdout, 'data');
      const refused = openWarehouse(config, writing, noSignal);
      await expect(refused).rejects.toMatchObject({
        code: 'warehouseBusy',
        retry: 'backoff',
        message: expect.stringContaining(`Process ${holder.pid} `),
      });
      const patient = openWarehouse({ ...config, busyTimeoutSeconds: 20 }, writing, noSignal);
      setTimeout(() => holder.kill('SIGKILL'), 300);
      using lease = await patient;
      expect(lease.warehouse.path).toBe(path);
    } finally {
      holder.kill('SIGKILL');
    }
  });

  it('that is no DuckDB database, or a damaged one, is a clear error', async () => {
    using folder = temporaryFolder('open');
    const text = join(folder.path, 'notes.duckdb');
    writeFileSync(text, 'not a database\n'.repeat(1000));
    const config = duckdbConfig.parse({ path: text });
    await expect(openWarehouse(config, writing, noSignal)).rejects.toMatchObject({
      code: 'configInvalid',
      message: expect.stringMatching(/notes\.duckdb.*Give the path of a DuckDB file/s),
    });
    const broken = duckdbConfig.parse({ path: join(folder.path, 'broken.duckdb') });
    await changeFile(broken, 'CREATE TABLE t (i INTEGER)');
    const bytes = readFileSync(broken.path);
    // Behind the header's checksum and magic word.
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
    writeFileSync(broken.path, bytes);
    await expect(openWarehouse(broken, writing, noSignal)).rejects.toMatchObject({
      code: 'checksumMismatch',
      message: expect.stringContaining('broken.duckdb'),
    });
  });

  it('is refused in a worker thread', async () => {
    using folder = temporaryFolder('open');
    const module = new URL('../destination.ts', import.meta.url).href;
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       import(workerData.module)
         .then(({ openDuckdbDestination }) => openDuckdbDestination({ path: workerData.path, busyTimeoutSeconds: 0 }, new AbortController().signal))
         .then(() => parentPort.postMessage('opened'), (error) => parentPort.postMessage(error.message));`,
      { eval: true, workerData: { module, path: join(folder.path, 'w.duckdb') } },
    );
    const [message]: unknown[] = await once(worker, 'message');
    await worker.terminate();
    expect(message).toMatch(/cannot be opened in a worker thread/);
  });

  it('takes a share of the memory as its limit', async () => {
    await using warehouse = await openTestWarehouse({ memoryLimit: '25%' });
    const [[limit] = []] = await warehouse.rows("SELECT current_setting('memory_limit') AS value");
    const [, size, unit] = /^([\d.]+) (MiB|GiB)$/.exec(limit ?? '') ?? [];
    const bytes = Number(size) * (unit === 'GiB' ? 1024 ** 3 : 1024 ** 2);
    expect(bytes / totalmem()).toBeCloseTo(0.25, 1);
  });
});
