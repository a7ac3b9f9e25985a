import {
  filesOf,
  publishRequest,
  startPrivateServer,
  startTcpProxy,
  type TcpProxy,
  testServer,
} from '@millrace/connector-sdk/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { PostgresDestination } from './destination.ts';
import { named, openDestinationTest, people, type DestinationTest } from './harness/destination-test.ts';
import { configOf, failureOf, never, openProbe, type Probe } from './harness/harness.ts';

const server = await testServer('postgres');

describe.skipIf(server === undefined)('PostgreSQL as a destination: faults', () => {
  let made: DestinationTest;

  beforeAll(async () => {
    if (server !== undefined) made = await openDestinationTest(server);
  });

  afterAll(() => made?.[Symbol.asyncDispose]());

  const openProxy = (): Promise<TcpProxy> =>
    startTcpProxy({ host: '127.0.0.1', port: Number(made.server.connection['port']) });
  const destinationBehind = (proxy: TcpProxy, settings: object = {}): PostgresDestination =>
    new PostgresDestination(configOf(made.server, { tls: 'disable', port: proxy.port, ...settings }));

  it('publishes a run once', async () => {
    const table = named('once');
    const file = await made.stage.file(`SELECT 1::INTEGER AS id, 'a' AS name`);
    const request = publishRequest({ reader: made.stage.reader, table, mode: 'append', fields: people });
    const first = await made.destination.publish(request, filesOf(file), never);
    const second = await made.destination.publish({ ...request, fenceToken: 2 }, filesOf(file), never);
    expect(second).toMatchObject({ isAdopted: true, rowsInserted: 0, record: first.record });
    expect((await made.rowsOf('once')).length).toBe(1);
  });

  it('adopts a commit whose reply was lost', async () => {
    await using proxy = await openProxy();
    await using behind = destinationBehind(proxy);
    const file = await made.stage.file(`SELECT 1::INTEGER AS id, 'a' AS name`);
    const request = publishRequest({
      reader: made.stage.reader,
      table: named('lost'),
      mode: 'append',
      fields: people,
      checkpoint: (point) => {
        if (point === 'beforeCommit')
          proxy.arm({ kind: 'dropReply', how: 'cut', after: 'COMMIT' }, { times: 1 });
      },
    });
    const lost = await failureOf(behind.publish(request, filesOf(file), never));
    expect(lost).toMatchObject({ code: 'connectionLost', retry: 'backoff' });
    const { checkpoint: _, ...again } = request;
    expect(await behind.publish(again, filesOf(file), never)).toMatchObject({ isAdopted: true });
    expect((await made.rowsOf('lost')).length).toBe(1);
  });

  it('does not wait for the lock of its own session behind a wire that fell silent', async () => {
    await using proxy = await openProxy();
    await using behind = destinationBehind(proxy, { readTimeoutSeconds: 0.5 });
    const file = await made.stage.file(`SELECT 1::INTEGER AS id, 'a' AS name`);
    const request = publishRequest({
      reader: made.stage.reader,
      table: named('silent'),
      mode: 'append',
      fields: people,
      checkpoint: (point) => {
        if (point === 'beforeCommit')
          proxy.arm({ kind: 'breakAt', how: 'halfOpen', direction: 'fromClient', offset: 0 }, { times: 1 });
      },
    });
    const silent = await failureOf(behind.publish(request, filesOf(file), never));
    expect(silent).toMatchObject({ code: 'connectionTimeout', retry: 'backoff' });
    const { checkpoint: _, ...again } = request;
    expect(await behind.publish(again, filesOf(file), never)).toMatchObject({ isAdopted: false });
    expect(await made.rowsOf('silent')).toEqual([['1', 'a']]);
  });

  it('refuses a run whose lease is older than the last one seen', async () => {
    const table = named('fenced');
    await made.publish(
      { table, mode: 'append', fields: people, fenceToken: 7 },
      `SELECT 1::INTEGER AS id, 'a' AS name`,
    );
    const late = await failureOf(
      made.publish(
        { table, mode: 'append', fields: people, fenceToken: 6 },
        `SELECT 2::INTEGER AS id, 'b' AS name`,
      ),
    );
    expect(late).toMatchObject({ code: 'fenced', retry: 'never' });
    // A newer lease that publishes while the old one still loads.
    const file = await made.stage.file(`SELECT 3::INTEGER AS id, 'c' AS name`);
    const slow = publishRequest({
      reader: made.stage.reader,
      table,
      mode: 'append',
      fields: people,
      fenceToken: 8,
    });
    const overtaken = made.destination.publish(
      slow,
      (async function* () {
        yield file;
        await made.publish(
          { table, mode: 'append', fields: people, fenceToken: 9 },
          `SELECT 4::INTEGER AS id, 'd' AS name`,
        );
      })(),
      never,
    );
    expect((await failureOf(overtaken)).code).toBe('fenced');
    expect((await made.rowsOf('fenced')).map((row) => row[0])).toEqual(['1', '4']);
  });

  it('leaves nothing behind when the rows end in an error, at any point', async () => {
    const table = named('broken');
    await made.publish({ table, mode: 'replace', fields: people }, `SELECT 1::INTEGER AS id, 'a' AS name`);
    const file = await made.stage.file(`SELECT 2::INTEGER AS id, 'b' AS name`);
    const stop = new Error('extraction failed');
    const request = publishRequest({ reader: made.stage.reader, table, mode: 'replace', fields: people });
    const failing = made.destination.publish(
      request,
      (async function* () {
        yield file;
        throw stop;
      })(),
      never,
    );
    await expect(failing).rejects.toBe(stop);
    for (const point of ['staged', 'beforeCommit']) {
      const checkpoint = (reached: string): void => {
        if (reached === point) throw stop;
      };
      await expect(made.destination.publish({ ...request, checkpoint }, filesOf(file), never)).rejects.toBe(
        stop,
      );
    }
    const short = await failureOf(made.destination.publish(request, filesOf({ ...file, rows: 2 }), never));
    expect(short.code).toBe('rowCountMismatch');
    expect(await made.rowsOf('broken')).toEqual([['1', 'a']]);
    await expect
      .poll(() =>
        made.probe.rows(
          `SELECT relname FROM pg_class WHERE relname LIKE '\\_millrace\\_%' AND relkind = 'r'`,
        ),
      )
      .toEqual([]);
  });

  it('survives a crash of the server in the middle of a publish', async () => {
    const crashing = await startPrivateServer('postgres');
    if ('skipped' in crashing) return;
    await using _ = crashing;
    await using fragile = new PostgresDestination(configOf(crashing));
    const table = named('crashed');
    const file = await made.stage.file(`SELECT i::INTEGER AS id, 'a' AS name FROM range(10000) r(i)`);
    const request = publishRequest({
      reader: made.stage.reader,
      table,
      mode: 'merge',
      key: ['id'],
      fields: people,
    });
    let restarted: Promise<void> | undefined;
    const crash = async function* () {
      yield file;
      restarted = crashing.restart('immediate');
      await restarted;
    };
    const error = await failureOf(fragile.publish(request, crash(), never));
    expect(error).toMatchObject({ blame: 'destination', retry: 'backoff' });
    await restarted;
    expect(await fragile.describe([table], never)).toEqual([undefined]);
    expect(await fragile.publish(request, filesOf(file), never)).toMatchObject({
      rowsInserted: 10_000,
      isAdopted: false,
    });
  }, 180_000);

  it('a reader sees the old rows or the new ones, never none and never a mix', async () => {
    const table = named('polled');
    const load = (version: number) =>
      made.publish(
        { table, mode: 'replace', fields: people },
        `SELECT i::INTEGER AS id, 'v${version}' AS name FROM range(500) r(i)`,
      );
    await load(0);
    await using second = await openProbe(made.server);
    let isDone = false;
    let polls = 0;
    const poll = async (reader: Probe, isRepeatable: boolean): Promise<void> => {
      while (!isDone) {
        if (isRepeatable) await reader.run('BEGIN ISOLATION LEVEL REPEATABLE READ');
        const rows = await reader.rows('SELECT count(*), count(DISTINCT name), min(name) FROM mart.polled');
        if (isRepeatable) await reader.run('COMMIT');
        expect(rows[0]?.slice(0, 2)).toEqual(['500', '1']);
        polls += 1;
      }
    };
    const polling = Promise.all([poll(made.probe, false), poll(second, true)]);
    try {
      for (let version = 1; version <= 50; version += 1) {
        // Half of them in place, which is another way.
        if (version === 25)
          await withProbe((other) => other.run('CREATE VIEW mart.polled_view AS SELECT * FROM mart.polled'));
        await load(version);
      }
    } finally {
      isDone = true;
    }
    await polling;
    expect(polls).toBeGreaterThan(50);
    expect((await made.probe.rows('SELECT min(name) FROM mart.polled'))[0]).toEqual(['v50']);
  }, 180_000);

  const withProbe = async (use: (other: Probe) => Promise<void>): Promise<void> => {
    await using other = await openProbe(made.server);
    await use(other);
  };
});
