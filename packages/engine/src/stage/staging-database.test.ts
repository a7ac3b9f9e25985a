import { BatchBuilder } from '@millrace/connector-sdk';
import { temporaryFolder } from '@millrace/connector-sdk/testing';
import type { LogicalType } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openStagingDatabase, type StagingDatabase } from './staging-database.ts';
import { UsageMeter } from './usage-meter.ts';

const TYPES: readonly LogicalType[] = [{ kind: 'string' }];

describe('batches in memory', () => {
  const folder = temporaryFolder('staging-database');
  let database: StagingDatabase;

  beforeAll(async () => {
    database = await openStagingDatabase({ memoryBytes: 2 ** 28, threads: 2, scratchFolder: folder.path });
  });

  afterAll(() => {
    database.close();
    folder.remove();
  });

  function addScan(text: string) {
    const builder = new BatchBuilder([{ name: 'name', type: { kind: 'string' } }]);
    builder.columns[0]?.setString(builder.row, text);
    builder.endRow(() => []);
    return database.scans.add(TYPES, [builder.take()]);
  }

  it('are read beside the tables of the database', async () => {
    await database.execute('CREATE TABLE names (c0 VARCHAR)');
    await database.execute(`INSERT INTO names FROM ${addScan('a name of more than twelve bytes').sql}`);
    expect(await database.query('FROM names')).toEqual([{ c0: 'a name of more than twelve bytes' }]);
  });

  it('tells what statements took, also beside each other', async () => {
    const meter = new UsageMeter();
    const count = 'SELECT count(*) AS n FROM range(3000000) AS r(i) WHERE hash(i) % 3 = 0';
    await Promise.all([
      database.query(count, meter),
      database.execute(`CREATE TABLE counted AS ${count}`, meter),
    ]);
    const { total } = meter;
    expect(total?.cpuMs).toBeGreaterThan(0);
    expect(total?.peakMemoryBytes).toBeGreaterThan(0);
    expect(total?.spilledBytes).toBe(0);
    await expect(database.query('SELECT error($$no$$)', meter)).rejects.toThrow('no');
    expect(meter.total).toEqual(total);
  });

  it('computes as many statements at a time as it has threads, and a waiting one stops with its signal', async () => {
    const meter = new UsageMeter();
    const running = [1, 2].map((salt) =>
      database.compute(
        `SELECT count(*) AS n FROM range(20000000) AS r(i) WHERE hash(i, ${salt}) % 3 = 0`,
        meter,
        new AbortController().signal,
      ),
    );
    const stop = new AbortController();
    const waiting = database.compute('SELECT 1 AS one', meter, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await Promise.all(running);
    const { signal } = new AbortController();
    await expect(database.compute('SELECT error($$no$$)', meter, signal)).rejects.toThrow('no');
    await expect(database.compute('SELECT error($$no$$)', meter, signal)).rejects.toThrow('no');
    expect(await database.compute('SELECT 1 AS one', meter, signal)).toEqual([{ one: 1 }]);
  });

  it('are read on one thread, where there are no tables', async () => {
    expect(await database.queryScan(`FROM ${addScan('é').sql}`)).toEqual([{ c0: 'é' }]);
    expect(await database.queryScan("SELECT current_setting('threads') AS threads")).toEqual([
      { threads: '1' },
    ]);
    await expect(database.queryScan('FROM names')).rejects.toThrow(/names/);
  });
});
