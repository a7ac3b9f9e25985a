import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { findSecrets, startTcpProxy, testPassword } from '@millrace/connector-sdk/testing';
import type { SourceTable } from '@millrace/spec';

import type { MysqlConfig } from './config.ts';
import { never, products, readAll, type TestDatabase, testDatabase } from './harness/test-database.ts';
import { MysqlSource } from './source.ts';

describe.each(products)('connection to %s', (product) => {
  let database: TestDatabase;
  beforeAll(async () => {
    const opened = await testDatabase(product);
    if (opened === undefined) return;
    database = opened;
    await database.execute('CREATE TABLE big (id INT PRIMARY KEY, filler VARCHAR(1000))');
    await database.execute(
      'CREATE TABLE d (n INT)',
      'INSERT INTO d VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)',
    );
    await database.execute(
      "INSERT INTO big SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n, REPEAT('x', 900) FROM d a, d b, d c, d d, d e WHERE e.n < 4",
    );
  }, 180_000);
  beforeEach(({ skip }) => skip(database === undefined));
  afterAll(async () => {
    await database?.[Symbol.asyncDispose]();
  });

  const checkWith = async (config: MysqlConfig): Promise<unknown> => {
    await using source = new MysqlSource(config);
    return await source.check(never).then(
      (identity) => identity.product,
      (error: unknown) => error,
    );
  };

  /** Reads `big` and calls `atBatch` with each batch's number. */
  const readBig = async (
    source: MysqlSource,
    atBatch: (batch: number) => unknown,
    signal: AbortSignal = never,
  ): Promise<unknown> => {
    const [table] = await source.discover({ include: [`${database.name}.big`], exclude: [] }, signal);
    if (table === undefined) throw new Error('missing');
    const reading = source.read(requestFor(table), signal);
    let rows = 0;
    let batches = 0;
    try {
      for (;;) {
        const step = await reading.next();
        if (step.done === true) return step.value.rowsSent === rows ? rows : 'a difference';
        rows += step.value.rows;
        await atBatch(batches++);
      }
    } catch (error) {
      return error;
    }
  };

  it('works over TLS, checked and unchecked, and without', async () => {
    const ca = database.server.tlsCaFile;
    const name = product === 'mariadb' ? 'MariaDB' : 'MySQL';
    expect(await checkWith(database.configWith({ tls: 'disable' }))).toBe(name);
    expect(await checkWith(database.configWith({ tls: 'require' }))).toBe(name);
    expect(await checkWith(database.configWith({ tls: 'verify', ca }))).toBe(name);
    expect(
      await checkWith(database.configWith({ tls: 'verify', ca: await readFile(ca ?? '', 'utf8') })),
    ).toBe(name);
    expect(await checkWith(database.configWith({ tls: 'verify' }))).toMatchObject({
      code: 'tlsFailed',
      blame: 'config',
    });
    const elsewhere = createServer((client) => {
      const server = connect({ host: '127.0.0.1', port: database.config.port });
      for (const each of [client, server]) each.on('error', () => undefined);
      client.pipe(server).pipe(client);
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.2', resolve));
    const { port } = elsewhere.address() as AddressInfo;
    const wrongName = await checkWith(database.configWith({ tls: 'verify', ca, host: '127.0.0.2', port }));
    expect(wrongName).toMatchObject({ code: 'tlsFailed', blame: 'config' });
    elsewhere.close();
    await using source = new MysqlSource(database.configWith({ tls: 'require' }));
    expect(await readBig(source, () => undefined)).toBe(40_000);
  });

  it('works over a Unix socket', async () => {
    const socket = join(database.server.dataFolder, 's.sock');
    await using source = new MysqlSource(database.configWith({ socket }));
    expect(await readBig(source, () => undefined)).toBe(40_000);
  });

  it('logs in by every plugin the server has', async () => {
    const user = `u${database.name.slice(-8)}`;
    await database.administer(`CREATE USER ${user}@'%' IDENTIFIED BY 'p''ä'`);
    try {
      // The first login of caching_sha2_password is the full one: by RSA without TLS, and by TLS.
      for (const tls of ['disable', 'disable', 'require'] as const) {
        const changes = { user, password: "p'ä", database: undefined, tls };
        expect(await checkWith(database.configWith(changes))).toBeTypeOf('string');
      }
      await database.administer(`ALTER USER ${user}@'%' IDENTIFIED BY 'new'`);
      expect(
        await checkWith(database.configWith({ user, password: 'new', database: undefined, tls: 'require' })),
      ).toBeTypeOf('string');
      await database.administer(`ALTER USER ${user}@'%' IDENTIFIED BY ''`);
      expect(await checkWith(database.configWith({ user, password: '', database: undefined }))).toBeTypeOf(
        'string',
      );
    } finally {
      await database.administer(`DROP USER ${user}@'%'`);
    }
  });

  it('says what is wrong and never the password', async () => {
    const wrong = await checkWith(database.configWith({ password: `${testPassword}x` }));
    expect(wrong).toMatchObject({ code: 'authenticationFailed', blame: 'config', retry: 'never' });
    const noDatabase = await checkWith(database.configWith({ database: 'millrace_nothing' }));
    expect(noDatabase).toMatchObject({ code: 'configInvalid' });
    const noServer = await checkWith(database.configWith({ port: 1 }));
    expect(noServer).toMatchObject({ code: 'connectionRefused', retry: 'backoff' });
    for (const error of [wrong, noDatabase, noServer]) {
      expect(findSecrets(Buffer.from(String((error as Error).stack)), [testPassword])).toEqual([]);
    }
  });

  it('takes a killed query for an error, never for the end of rows', async () => {
    await using source = new MysqlSource(database.configWith({ tls: 'disable' }));
    for (const kind of ['QUERY', 'CONNECTION']) {
      const outcome = await readBig(source, async (batch) => {
        if (batch !== 0) return;
        const rows = await database.query(
          "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT `id`, `filler`%'",
        );
        for (const row of rows) await database.execute(`KILL ${kind} ${row[0]}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      });
      expect(['queryKilled', 'connectionLost']).toContain((outcome as { code?: string }).code);
    }
    expect(await readBig(source, () => undefined)).toBe(40_000);
  });

  it.each(['cut', 'reset', 'halfOpen'] as const)(
    'takes a %s line for an error and opens a new one',
    async (how) => {
      await using proxy = await startTcpProxy({ host: '127.0.0.1', port: database.config.port });
      await using source = new MysqlSource(
        database.configWith({
          port: proxy.port,
          readTimeoutSeconds: 1,
          connectTimeoutSeconds: 2,
          tls: 'disable',
        }),
      );
      await source.check(never);
      proxy.arm({ kind: 'breakAt', how, direction: 'fromServer', offset: 20_000_000 }, { times: 1 });
      const started = performance.now();
      const outcome = await readBig(source, () => undefined);
      expect(outcome).toMatchObject({
        code: how === 'halfOpen' ? 'connectionTimeout' : 'connectionLost',
        retry: 'backoff',
      });
      expect(performance.now() - started).toBeLessThan(8000);
      proxy.disarm();
      expect(await readBig(source, () => undefined)).toBe(40_000);
    },
  );

  it('takes a reset line for an error over TLS too', async () => {
    await using proxy = await startTcpProxy({ host: '127.0.0.1', port: database.config.port });
    await using source = new MysqlSource(database.configWith({ port: proxy.port, tls: 'require' }));
    await source.check(never);
    proxy.arm({ kind: 'breakAt', how: 'reset', direction: 'fromServer', offset: 20_000_000 }, { times: 1 });
    expect(await readBig(source, () => undefined)).toMatchObject({
      code: 'connectionLost',
      retry: 'backoff',
    });
  });

  it('waits for a statement that computes longer than the read timeout', async () => {
    await database.execute('CREATE VIEW slow AS SELECT SLEEP(2.5) AS s');
    await using source = new MysqlSource(database.configWith({ readTimeoutSeconds: 1 }));
    expect((await readAll(source, `${database.name}.slow`)).rows).toEqual([['0']]);
  });

  it('stops within a second when it is cancelled', async () => {
    await using source = new MysqlSource(database.config);
    for (const what of ['read', 'slow']) {
      const cancel = new AbortController();
      setTimeout(() => cancel.abort(), 200);
      const started = performance.now();
      const work =
        what === 'read'
          ? readBig(source, () => new Promise((resolve) => setTimeout(resolve, 300)), cancel.signal)
          : readAll(source, `${database.name}.slow`, null, cancel.signal).catch((error: unknown) => error);
      expect(await work).toMatchObject({ code: 'cancelled' });
      expect(performance.now() - started).toBeLessThan(1200);
    }
    await expect
      .poll(
        () =>
          database.query("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT `s`%'"),
        { timeout: 3000 },
      )
      .toEqual([['0']]);
    expect(await readBig(source, () => undefined)).toBe(40_000);
  });

  it('slows the server instead of filling memory when the consumer is behind', async () => {
    await using proxy = await startTcpProxy({ host: '127.0.0.1', port: database.config.port });
    await using source = new MysqlSource(database.configWith({ port: proxy.port, tls: 'disable' }));
    let received = 0;
    await readBig(source, async (batch) => {
      if (batch !== 0) return;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      received = proxy.received.fromServer;
    });
    // What lies in the socket buffers of proxy and client; the table has 36 MB.
    expect(received).toBeLessThan(30_000_000);
  });
});

function requestFor(table: SourceTable) {
  return { table, fields: table.fields, cursor: null, position: null, scratchFolder: '' };
}
