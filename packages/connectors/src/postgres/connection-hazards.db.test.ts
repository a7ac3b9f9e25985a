import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

import { startTcpProxy, testPassword, testServer } from '@millrace/connector-sdk/testing';
import type { SourceTable } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { postgresConfig } from './config.ts';
import {
  configOf,
  discoverOne,
  failureOf,
  never,
  openProbe,
  type Probe,
  readAll,
  requestFor,
} from './harness/harness.ts';
import { PostgresSource } from './source.ts';

const server = await testServer('postgres');

describe.skipIf(server === undefined)('PostgreSQL over a bad connection', () => {
  let probe: Probe;
  let table: SourceTable;
  const plain = () => configOf(server ?? { connection: {} }, { tls: 'disable' });

  beforeAll(async () => {
    if (server === undefined) return;
    probe = await openProbe(server);
    await probe.run(`DROP SCHEMA IF EXISTS hazard_test CASCADE; CREATE SCHEMA hazard_test; GRANT USAGE ON SCHEMA hazard_test TO millrace;
      CREATE TABLE hazard_test.wide AS SELECT g AS id, repeat(md5(g::text), 30) AS text FROM generate_series(1, 60000) g; GRANT SELECT ON hazard_test.wide TO millrace`);
    await using source = new PostgresSource(plain());
    table = await discoverOne(source, 'hazard_test.wide');
  });

  afterAll(async () => {
    await probe?.[Symbol.asyncDispose]();
  });

  it.each(['pg_terminate_backend', 'pg_cancel_backend'])(
    '%s in the middle of the rows is an error, not an end',
    async (kill) => {
      await using source = new PostgresSource(plain());
      const reading = source.read(requestFor(table), never);
      await reading.next();
      await probe.run(
        `SELECT ${kill}(pid) FROM pg_stat_activity WHERE usename = 'millrace' AND query LIKE '%hazard_test%' AND pid <> pg_backend_pid()`,
      );
      const error = await failureOf(drain(reading));
      // A backend that is terminated while it waits to send closes without a word.
      expect(['queryKilled', ...(kill === 'pg_terminate_backend' ? ['connectionLost'] : [])]).toContain(
        error.code,
      );
      expect(error).toMatchObject({ blame: 'source', retry: 'backoff' });
      expect((await readAll(source, requestFor(table))).result.rowsSent).toBe(60_000);
    },
  );

  it.each(['cut', 'reset'] as const)('a %s connection is an error at any byte', async (how) => {
    if (server === undefined) return;
    await using proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(server.connection['port']) });
    await using source = new PostgresSource({ ...plain(), port: proxy.port });
    for (const offset of [30_000, 1_000_003, 20_000_001]) {
      await source.check(never);
      proxy.arm({ kind: 'breakAt', how, direction: 'fromServer', offset }, { times: 1 });
      const error = await failureOf(readAll(source, requestFor(table)));
      expect(error).toMatchObject({ code: 'connectionLost', retry: 'backoff' });
      proxy.disarm();
    }
    expect((await readAll(source, requestFor(table))).result.rowsSent).toBe(60_000);
  });

  it('a half-open connection is given up after the read timeout', async () => {
    if (server === undefined) return;
    await using proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(server.connection['port']) });
    await using source = new PostgresSource({
      ...plain(),
      port: proxy.port,
      readTimeoutSeconds: 0.5,
      connectTimeoutSeconds: 1,
    });
    await source.check(never);
    const reading = source.read(requestFor(table), never);
    await reading.next();
    proxy.arm({ kind: 'breakAt', how: 'halfOpen', direction: 'fromServer', offset: 0 });
    const began = performance.now();
    expect(await failureOf(drain(reading))).toMatchObject({ code: 'connectionTimeout', retry: 'backoff' });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('a statement that computes longer than the read timeout is waited for', async () => {
    await probe.run(
      `CREATE VIEW hazard_test.slow AS SELECT 1 AS n FROM pg_sleep(2); GRANT SELECT ON hazard_test.slow TO millrace`,
    );
    await using source = new PostgresSource({ ...plain(), readTimeoutSeconds: 0.5 });
    const slow = await discoverOne(source, 'hazard_test.slow');
    expect((await readAll(source, requestFor(slow))).rows).toEqual([['1']]);
  });

  it('a consumer that takes its time loses nothing and is no silence', async () => {
    await using source = new PostgresSource({ ...plain(), readTimeoutSeconds: 0.3 });
    const reading = source.read(requestFor(table), never);
    let rows = 0;
    for (let step = await reading.next(); step.done !== true; step = await reading.next()) {
      if (step.value.kind === 'batch') rows += step.value.rows;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect(rows).toBe(60_000);
  });

  it('stops within a second of a cancel, also at the server', async () => {
    await probe.run(
      `CREATE OR REPLACE VIEW hazard_test.endless AS SELECT 1 AS n FROM pg_sleep(600); GRANT SELECT ON hazard_test.endless TO millrace`,
    );
    await using source = new PostgresSource(plain());
    const endless = await discoverOne(source, 'hazard_test.endless');
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 200);
    const began = performance.now();
    expect(await failureOf(readAll(source, requestFor(endless), cancel.signal))).toMatchObject({
      code: 'cancelled',
    });
    expect(performance.now() - began).toBeLessThan(1_200);
    await expect
      .poll(
        async () =>
          (
            await probe.rows(
              `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%endless%' AND state = 'active' AND pid <> pg_backend_pid()`,
            )
          ).length,
        { timeout: 3_000 },
      )
      .toBe(0);
  });

  it('a reader that leaves early leaves no statement behind', async () => {
    await using source = new PostgresSource(plain());
    const reading = source.read(requestFor(table), never);
    await reading.next();
    await reading.return(undefined as never);
    expect((await readAll(source, requestFor(table))).result.rowsSent).toBe(60_000);
  });

  it('reads over TLS, checked or not, and refuses what it cannot check', async () => {
    if (server?.tlsCaFile === undefined) return;
    const ca = await readFile(server.tlsCaFile, 'utf8');
    for (const changes of [
      { tls: 'prefer' },
      { tls: 'require' },
      { tls: 'verify', ca },
      { tls: 'verify', ca, host: 'localhost' },
    ]) {
      await using source = new PostgresSource(configOf(server, changes));
      // Twice, with a control query between: the stream goes to us and back to the driver.
      await readAll(source, requestFor(table));
      await discoverOne(source, 'hazard_test.wide');
      expect((await readAll(source, requestFor(table))).result.rowsSent).toBe(60_000);
      expect(
        (
          await probe.rows(
            `SELECT ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE usename = 'millrace' AND query LIKE '%hazard_test%wide%'`,
          )
        )[0]?.[0],
      ).toBe('t');
    }
    await using unchecked = new PostgresSource(configOf(server, { tls: 'verify' }));
    expect(await failureOf(unchecked.check(never))).toMatchObject({ code: 'tlsFailed', blame: 'config' });
  });

  it.each([
    [{ password: 'wrong' }, 'authenticationFailed', 'config'],
    [{ password: '' }, 'authenticationFailed', 'config'],
    [{ user: 'nobody' }, 'authenticationFailed', 'config'],
    [{ database: 'none' }, 'configInvalid', 'config'],
    [{ port: 1 }, 'connectionRefused', 'source'],
    [{ socket: '/nonexistent' }, 'connectionRefused', 'source'],
  ])('%j is %s', async (changes, code, blame) => {
    if (server === undefined) return;
    await using source = new PostgresSource(configOf(server, changes));
    const error = await failureOf(source.check(never));
    expect(error).toMatchObject({ code, blame });
    expect(error.message).not.toContain(testPassword);
  });

  it('takes nothing from the environment', async () => {
    if (server === undefined) return;
    process.env['PGPASSWORD'] = testPassword;
    process.env['PGOPTIONS'] = '-c statement_timeout=1';
    try {
      await using source = new PostgresSource(configOf(server, { password: '' }));
      expect(await failureOf(source.check(never))).toMatchObject({ code: 'authenticationFailed' });
    } finally {
      delete process.env['PGPASSWORD'];
      delete process.env['PGOPTIONS'];
    }
  });
});

describe('a server that is not what it says', () => {
  const message = (type: string, body: Buffer, length = body.length + 4): Buffer => {
    const header = Buffer.alloc(5);
    header.write(type);
    header.writeInt32BE(length | 0, 1);
    return Buffer.concat([header, body]);
  };
  const ready = message('Z', Buffer.from('I'));
  const row = (values: readonly string[]): Buffer =>
    message(
      'D',
      Buffer.concat([
        Buffer.from([0, values.length]),
        ...values.map((value) => Buffer.concat([Buffer.from([0, 0, 0, value.length]), Buffer.from(value)])),
      ]),
    );
  const tag = (text: string): Buffer => message('C', Buffer.from(`${text}\0`));
  const facts = Buffer.concat([
    message(
      'T',
      Buffer.concat([
        Buffer.from([0, 9]),
        ...Array.from({ length: 9 }, () => Buffer.concat([Buffer.from('a\0'), Buffer.alloc(18)])),
      ]),
    ),
    row(['15.0', '150000', 'UTF8', '1', '1', 'db', 'f', '1', '2026-01-01 00:00:00+00']),
    tag('SELECT 1'),
    ready,
  ]);
  const copying = message('H', Buffer.from([0, 0, 1, 0, 0]));
  const data = (text: string): Buffer => message('d', Buffer.from(text));

  const table: SourceTable = {
    table: { schema: 'public', name: 't' },
    kind: 'table',
    fields: [
      { name: 'n', type: { kind: 'integer', bits: 32, signed: true }, nullable: true, nativeType: 'integer' },
    ],
    key: [],
    indexedColumns: [],
    estimatedRows: null,
    estimatedBytes: null,
    cursorCandidates: [],
    notes: [],
  };

  const end = [message('c', Buffer.alloc(0)), tag('COPY 1'), tag('COMMIT'), ready];

  it.each<[string, readonly Buffer[], string]>([
    ['a row of 2 GiB', [copying, message('d', Buffer.from('1'), 0x7fffffff)], 'protocolViolation'],
    ['a row of negative length', [copying, message('d', Buffer.from('1'), -1)], 'protocolViolation'],
    ['a huge notice', [message('N', Buffer.alloc(0), 0x10000000)], 'protocolViolation'],
    ['an unknown message', [copying, message('!', Buffer.alloc(3))], 'protocolViolation'],
    ['rows before COPY began', [data('1\n')], 'protocolViolation'],
    ['a row with too many cells', [copying, data('1\t2\n'), ...end], 'protocolViolation'],
    ['a row without an end', [copying, data('1'), ...end], 'protocolViolation'],
    ['two rows in one', [copying, data('1\n2\n'), ...end], 'protocolViolation'],
    ['an empty row message', [copying, data(''), ...end], 'protocolViolation'],
    ['fewer rows than it counts', [copying, ...end], 'rowCountMismatch'],
    ['more rows than it counts', [copying, data('1\n'), data('2\n'), ...end], 'rowCountMismatch'],
    [
      'no count',
      [copying, data('1\n'), message('c', Buffer.alloc(0)), tag('COMMIT'), ready],
      'rowCountMismatch',
    ],
    [
      'a rollback',
      [copying, data('1\n'), message('c', Buffer.alloc(0)), tag('COPY 1'), tag('ROLLBACK'), ready],
      'protocolViolation',
    ],
    ['bytes after the end', [copying, data('1\n'), ...end, data('2\n')], 'protocolViolation'],
    ['a truncated fact row', [message('D', Buffer.from([0, 9, 0, 0, 0, 50, 1]))], 'protocolViolation'],
  ])('%s is an error', async (_, answer, code) => {
    for (const chunkBytes of answer.at(-1) === ready || answer.length < 3 ? [1, 7, 1 << 20] : [1 << 20]) {
      await using fake = await startFake(Buffer.concat(answer), chunkBytes);
      await using source = new PostgresSource(
        postgresConfig.parse({
          host: '127.0.0.1',
          port: fake.port,
          user: 'u',
          database: 'd',
          tls: 'disable',
        }),
      );
      expect((await failureOf(readAll(source, requestFor(table)))).code).toBe(code);
    }
    expect(process.memoryUsage().rss).toBeLessThan(1 << 30);
  });

  it('an honest answer in pieces of any size is read', async () => {
    const answer = Buffer.concat([
      copying,
      data('1\n'),
      data('\\N\n'),
      data('3\n'),
      message('c', Buffer.alloc(0)),
      tag('COPY 3'),
      tag('COMMIT'),
      ready,
    ]);
    for (const chunkBytes of [1, 2, 3, 5, 11, 1 << 20]) {
      await using fake = await startFake(answer, chunkBytes);
      await using source = new PostgresSource(
        postgresConfig.parse({
          host: '127.0.0.1',
          port: fake.port,
          user: 'u',
          database: 'd',
          tls: 'disable',
        }),
      );
      expect((await readAll(source, requestFor(table))).rows).toEqual([['1'], [null], ['3']]);
    }
  });

  const startFake = async (
    answer: Buffer,
    chunkBytes: number,
  ): Promise<AsyncDisposable & { port: number }> => {
    const sockets = new Set<Socket>();
    const listener: Server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      let step = 0;
      socket.on('data', () => {
        step += 1;
        if (step === 1) socket.write(Buffer.concat([message('R', Buffer.alloc(4)), ready]));
        else if (step === 2) socket.write(facts);
        else if (step === 3) void sendInPieces(socket, answer, chunkBytes);
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    return {
      port: (listener.address() as AddressInfo).port,
      async [Symbol.asyncDispose]() {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => listener.close(resolve));
      },
    };
  };
});

async function sendInPieces(socket: Socket, bytes: Buffer, size: number): Promise<void> {
  socket.setNoDelay(true);
  for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
    socket.write(bytes.subarray(at, at + size));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function drain(reading: AsyncGenerator<unknown, unknown, undefined>): Promise<void> {
  for (let step = await reading.next(); step.done !== true; step = await reading.next());
}
