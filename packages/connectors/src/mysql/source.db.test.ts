import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { never, products, readAll, type TestDatabase, testDatabase } from './harness/test-database.ts';
import { MysqlSource } from './source.ts';

describe.each(products)('source on %s', (product) => {
  let database: TestDatabase;
  let source: MysqlSource;
  beforeAll(async () => {
    const opened = await testDatabase(product);
    if (opened === undefined) return;
    database = opened;
    source = new MysqlSource(database.config);
  });
  beforeEach(({ skip }) => skip(database === undefined));
  afterAll(async () => {
    await source?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  it('discovers keys, indexes, generated columns and cursor candidates', async () => {
    await database.execute(
      `CREATE TABLE orders (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, email VARCHAR(50) NOT NULL, total DECIMAL(10,2),
        doubled DECIMAL(12,2) AS (total * 2) VIRTUAL, created_at DATETIME, updated_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
        KEY (updated_at), KEY (email(10)))`,
      'CREATE TABLE codes (code VARCHAR(10) NOT NULL, alt INT, UNIQUE KEY (alt), UNIQUE KEY (code))',
      'CREATE VIEW seen AS SELECT id FROM orders',
      'INSERT INTO orders (email) VALUES (1), (2)',
    );
    const tables = await source.discover({ include: [`${database.name}.*`], exclude: ['*.codes'] }, never);
    expect(tables.map((table) => [table.table.name, table.kind])).toEqual([
      ['orders', 'table'],
      ['seen', 'view'],
    ]);
    const [orders] = tables;
    expect(orders).toMatchObject({
      key: ['id'],
      indexedColumns: ['id', 'email', 'updated_at'],
      estimatedRows: 2,
    });
    expect(orders?.cursorCandidates.map(({ column }) => column)).toEqual(['updated_at', 'id', 'created_at']);
    expect(orders?.cursorCandidates[0]?.reason).toContain('indexed');
    expect(orders?.notes[0]).toContain('doubled');
    expect(
      (await source.discover({ include: [`${database.name}.codes`], exclude: [] }, never))[0]?.key,
    ).toEqual(['code']);
    const missing = source.discover({ include: [`${database.name}.order`], exclude: [] }, never);
    await expect(missing).rejects.toMatchObject({
      code: 'tableMissing',
      message: expect.stringContaining('orders'),
    });
  });

  it('reads from a cursor, with ties, look-back and the high mark of the snapshot', async () => {
    await database.execute(
      'CREATE TABLE c (id INT PRIMARY KEY, at TIMESTAMP(6) NULL, big BIGINT UNSIGNED, d DATE, p DECIMAL(10,2), KEY (at))',
      `INSERT INTO c VALUES (1, '2026-01-01 00:00:00.000001', 1, '2026-01-01', -1.5), (2, '2026-01-01 00:00:00.000002', 2, '2026-01-02', 0),
        (3, '2026-01-01 00:00:00.000002', 18446744073709551615, '2026-01-03', 2.25), (4, NULL, NULL, NULL, NULL)`,
    );
    const name = `${database.name}.c`;
    const ids = async (column: string, from: string | null, lookback = 0n): Promise<unknown> => {
      const { rows, result } = await readAll(source, name, { column, from, lookback });
      return [rows.map((row) => row[0]), result.highMark];
    };
    const last = '2026-01-01 00:00:00.000002';
    expect(await ids('at', null)).toEqual([['1', '2', '3', '4'], last]);
    expect(await ids('at', last)).toEqual([['2', '3'], last]);
    expect(await ids('at', last, 1n)).toEqual([['1', '2', '3'], last]);
    expect(await ids('at', last, 10n ** 18n)).toEqual([['1', '2', '3'], last]);
    expect(await ids('big', '2', 5n)).toEqual([['1', '2', '3'], '18446744073709551615']);
    expect(await ids('big', '18446744073709551615')).toEqual([['3'], '18446744073709551615']);
    expect(await ids('d', '2026-01-03', 86_400_000_000n)).toEqual([['2', '3'], '2026-01-03']);
    expect(await ids('p', '2.25', 3n)).toEqual([['2', '3'], '2.25']);
    await expect(ids('at', "x' OR 1=1")).rejects.toMatchObject({ code: 'cursorUnfit' });
    const [table] = await source.discover({ include: [name], exclude: [] }, never);
    if (table === undefined) throw new Error('missing');
    expect(await source.inspectCursor(table, 'at', never)).toMatchObject({
      nullCount: 1,
      sampledRows: 4,
      isIndexed: true,
    });
    const plan = await database.query(
      `EXPLAIN SELECT * FROM c WHERE at >= TIMESTAMP'2026-01-01 00:00:00.000002'`,
    );
    expect(plan[0]?.join()).toContain('at');
  });

  it('names the position and the server of its snapshot', async () => {
    await database.execute('CREATE TABLE p (id INT PRIMARY KEY)');
    const { result } = await readAll(source, `${database.name}.p`);
    const identity = await source.check(never);
    expect(result.position).toMatchObject({ identity: identity.identity });
    expect(Object.keys(result.position)).toContain(product === 'mariadb' ? 'binlogPosition' : 'gtidExecuted');
    expect(identity.identity).toMatch(/^[0-9a-f-]{32,36}$/);
  });

  it('reads what was there when it began, whatever happens meanwhile', async () => {
    await database.execute(
      'CREATE TABLE s (id INT PRIMARY KEY, v VARCHAR(500))',
      'CREATE TABLE n (n INT)',
      'INSERT INTO n VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)',
    );
    await database.execute(
      "INSERT INTO s SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n, REPEAT('a', 400) FROM n a, n b, n c, n d, n e WHERE e.n < 4",
    );
    const [table] = await source.discover({ include: [`${database.name}.s`], exclude: [] }, never);
    if (table === undefined) throw new Error('missing');
    const request = {
      table,
      fields: table.fields,
      cursor: { column: 'id', from: null, lookback: 0n },
      position: null,
      scratchFolder: '',
    };
    const reading = source.read(request, never);
    let rows = 0;
    for (;;) {
      const step = await reading.next();
      if (step.done === true) {
        expect(step.value).toMatchObject({ rowsSent: 40_000, highMark: '39999' });
        break;
      }
      if (rows === 0)
        await database.execute(
          "INSERT INTO s VALUES (99999, 'late')",
          'DELETE FROM s WHERE id > 30000 AND id < 90000',
        );
      rows += step.value.rows;
    }
    expect(rows).toBe(40_000);
  });

  it('reads a thousand small tables over one session', async () => {
    for (let number = 0; number < 1000; number += 1) {
      await database.execute(`CREATE TABLE many_${number} (id INT PRIMARY KEY, a VARCHAR(20), b DATETIME)`);
    }
    await database.execute("INSERT INTO many_7 VALUES (1, 'x', NULL)");
    const started = performance.now();
    const tables = await source.discover({ include: [`${database.name}.many_*`], exclude: [] }, never);
    const discovered = performance.now();
    expect(tables.length).toBe(1000);
    let rows = 0;
    for (const table of tables) {
      const request = { table, fields: table.fields, cursor: null, position: null, scratchFolder: '' };
      for await (const batch of source.read(request, never)) rows += batch.rows;
    }
    expect(rows).toBe(1);
    const done = performance.now();
    console.log(
      `${product}: discover ${(discovered - started).toFixed(0)} ms, 1,000 reads ${(done - discovered).toFixed(0)} ms`,
    );
    expect(done - discovered).toBeLessThan(5000);
  }, 180_000);
});
