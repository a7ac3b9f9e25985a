import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import {
  canonicalRows,
  type CursorRange,
  type ReadResult,
  type RejectedRow,
  type Source,
} from '@millrace/connector-sdk';
import { temporaryFolder, type TemporaryFolder } from '@millrace/connector-sdk/testing';
import { formatLogicalType, type SourceTable } from '@millrace/spec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { connector } from './connector.ts';

const { signal } = new AbortController();
let folder: TemporaryFolder;
let path: string;

beforeEach(() => {
  folder = temporaryFolder('sqlite');
  path = join(folder.path, 'shop.db');
});
afterEach(() => folder.remove());

async function open(file = path): Promise<Source> {
  if (connector.openSource === undefined) throw new Error('The connector has no source.');
  return connector.openSource(connector.config.parse({ path: file, busyTimeoutSeconds: 0 }), signal);
}

function build(sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

async function discover(source: Source, name: string): Promise<SourceTable> {
  const [table] = await source.discover({ include: [name], exclude: [] }, signal);
  if (table === undefined) throw new Error(`${name} was not discovered`);
  return table;
}

interface Read {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly rejected: readonly RejectedRow[];
  readonly result: ReadResult;
}

async function read(source: Source, table: SourceTable, cursor: CursorRange | null = null): Promise<Read> {
  const rows: (readonly (string | null)[])[] = [];
  const rejected: RejectedRow[] = [];
  const batches = source.read(
    { table, fields: table.fields, cursor, position: null, scratchFolder: folder.path },
    signal,
  );
  for (;;) {
    const next = await batches.next();
    if (next.done === true) return { rows, rejected, result: next.value };
    if (next.value.kind !== 'batch') throw new Error('expected a batch');
    rows.push(
      ...canonicalRows(
        next.value,
        table.fields.map((field) => field.type),
      ),
    );
    rejected.push(...next.value.rejected);
  }
}

async function readSql(sql: string, name = 't', cursor: CursorRange | null = null): Promise<Read> {
  build(sql);
  await using source = await open();
  return await read(source, await discover(source, name), cursor);
}

describe('discovery', () => {
  it('maps declared types and says what a mapping means', async () => {
    build(`CREATE TABLE t (id INTEGER PRIMARY KEY, big BIGINT NOT NULL, price DECIMAL(18, 4), rate DOUBLE PRECISION, note VARCHAR(10),
      data BLOB, ok BOOLEAN, day DATE, at DATETIME, zoned TIMESTAMP WITH TIME ZONE, doc JSON, ref UUID, wide NUMERIC(39,2), plain NUMERIC, untyped)`);
    await using source = await open();
    const table = await discover(source, 't');
    expect(table.fields.map((field) => `${field.name} ${formatLogicalType(field.type)}`)).toEqual([
      'id int64',
      'big int64',
      'price decimal(18, 4)',
      'rate float64',
      'note string',
      'data bytes',
      'ok boolean',
      'day date',
      'at timestamp',
      'zoned timestamptz',
      'doc json',
      'ref uuid',
      'wide string',
      'plain string',
      'untyped string',
    ]);
    expect(table.fields.map((field) => field.nullable).slice(0, 3)).toEqual([false, false, true]);
    expect(table.key).toEqual(['id']);
    expect(table.fields[2]?.mapping).toContain('shortest decimal');
  });

  it('believes the rows over a declaration that none of them follows', async () => {
    build(`CREATE TABLE t (at DATETIME, place POINT, id UUID, n, zoned TIMESTAMP);
      INSERT INTO t VALUES (1700000000, 'POINT(1 2)', x'00112233445566778899aabbccddeeff', 1.5, '2024-01-01T00:00:00Z')`);
    await using source = await open();
    const table = await discover(source, 't');
    expect(table.fields.map((field) => formatLogicalType(field.type))).toEqual([
      'int64',
      'string',
      'bytes',
      'float64',
      'timestamptz',
    ]);
    expect(table.fields[0]?.mapping).toBe(
      'The column is declared DATETIME and its first rows hold integers.',
    );
  });

  it('leaves out a broken view, except where it is asked for', async () => {
    build('CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE VIEW broken AS SELECT * FROM nowhere');
    await using source = await open();
    const tables = await source.discover({ include: [], exclude: [] }, signal);
    expect(tables.map((table) => table.table.name)).toEqual(['t']);
    await expect(discover(source, 'broken')).rejects.toThrow('no such table');
  });

  it('finds keys, indexes, generated columns, views and cursor candidates', async () => {
    build(`CREATE TABLE a (x TEXT NOT NULL, y INT NOT NULL, updated_at TIMESTAMP NOT NULL, twice GENERATED ALWAYS AS (y * 2) VIRTUAL, UNIQUE (x, y));
      CREATE INDEX by_time ON a (updated_at, x);
      CREATE TABLE b (p TEXT, q INT, PRIMARY KEY (q, p)) WITHOUT ROWID;
      CREATE VIEW v AS SELECT x, count(*) AS n FROM a GROUP BY x;
      CREATE TABLE _millrace_publications (x)`);
    await using source = await open();
    const tables = await source.discover({ include: [], exclude: [] }, signal);
    expect(tables.map((table) => [table.table.name, table.kind, table.key])).toEqual([
      ['a', 'table', ['x', 'y']],
      ['b', 'table', ['q', 'p']],
      ['v', 'view', []],
    ]);
    expect(tables[0]?.indexedColumns).toEqual(['x', 'updated_at']);
    expect(tables[0]?.cursorCandidates[0]).toMatchObject({ column: 'updated_at', isIndexed: true });
    expect(tables[0]?.notes.join()).toContain('twice is a generated column');
  });
});

describe('reading', () => {
  it('keeps every value exactly', async () => {
    const { rows, rejected } =
      await readSql(`CREATE TABLE t (i BIGINT, r REAL, s TEXT, b BLOB, d DECIMAL(38, 2), ok BOOLEAN, at TIMESTAMP, j JSON);
      INSERT INTO t VALUES (9223372036854775807, 0.1, 'a' || char(0) || 'b', x'00ff', 12.5, 1, '2024-02-29T10:00', '{"a":1.0}');
      INSERT INTO t VALUES (-9223372036854775808, 5e-324, '', x'', '0.125' * 0 + 99.5, 0, '2024-02-29', '[]');
      INSERT INTO t VALUES (9007199254740993, 9e999, '😀', NULL, 9223372036854775807, NULL, '2024-02-29 10:00:00.123456', 'null');
      INSERT INTO t VALUES (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`);
    expect(rejected).toEqual([]);
    expect(rows).toEqual([
      [
        '9223372036854775807',
        '7205759403792794e-4',
        'a\0b',
        '00ff',
        '12.50',
        '1',
        '2024-02-29 10:00:00.000000',
        '{"a":1.0}',
      ],
      [
        '-9223372036854775808',
        '4503599627370496e-1074',
        '',
        '',
        '99.50',
        '0',
        '2024-02-29 00:00:00.000000',
        '[]',
      ],
      [
        '9007199254740993',
        'inf',
        '😀',
        null,
        '9223372036854775807.00',
        null,
        '2024-02-29 10:00:00.123456',
        'null',
      ],
      [null, null, null, null, null, null, null, null],
    ]);
  });

  it('quarantines what does not fit its column, with the reason and the raw bytes', async () => {
    const { rows, rejected, result } =
      await readSql(`CREATE TABLE t (i INTEGER, d DECIMAL(6, 2), ok BOOLEAN, day DATE);
      INSERT INTO t VALUES (1, 1, 1, '2024-01-01'), ('x', 1, 1, '2024-01-01'), (1.5, 1, 1, '2024-01-01'), (1, 0.125, 1, '2024-01-01'),
        (1, 1, 2, '2024-01-01'), (1, 1, 1, '2024-02-30'), (x'01', 1, 1, '2024-01-01')`);
    expect(rows).toHaveLength(1);
    expect(result.rowsSent).toBe(7);
    expect(rejected.map((row) => [row.column, row.reason])).toEqual([
      ['i', '"x" is stored as text, which is not a int64'],
      ['i', '"1.5" is stored as real, which is not a int64'],
      ['d', '"0.125" is not a decimal(6, 2)'],
      ['ok', '"2" is stored as integer, which is not a boolean'],
      ['day', '"2024-02-30" is not a date'],
      ['i', 'a blob of 1 bytes is stored as blob, which is not a int64'],
    ]);
    expect(Buffer.from(rejected[0]?.cells[0] ?? []).toString()).toBe('x');
  });

  it.each(['UTF-8', 'UTF-16le'])(
    'tells broken text from a real U+FFFD in a %s database',
    async (encoding) => {
      const broken = encoding === 'UTF-8' ? "x'41ff42'" : "x'4100d8ff4200'";
      const { rows, rejected } =
        await readSql(`PRAGMA encoding = '${encoding}'; CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT);
      INSERT INTO t VALUES (1, 'plain'), (2, 'real \uFFFD'), (3, CAST(${encoding === 'UTF-8' ? broken : "x'4100ffd84200'"} AS TEXT)), (4, 'after'), (5, '\uFFFD')`);
      expect(rows.map((row) => row[0])).toEqual(['1', '2', '4', '5']);
      expect(rejected).toHaveLength(1);
      expect(rejected[0]?.reason).toBe('the text is not valid Unicode');
      expect(Buffer.from(rejected[0]?.cells[1] ?? []).includes(0xff)).toBe(true);
    },
  );

  it('reads from one snapshot while another connection writes', async () => {
    build(`PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY);
      WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 100000) INSERT INTO t SELECT i FROM s`);
    await using source = await open();
    const table = await discover(source, 't');
    const batches = source.read(
      { table, fields: table.fields, cursor: null, position: null, scratchFolder: '' },
      signal,
    );
    await batches.next();
    build('DELETE FROM t WHERE id % 2 = 0; INSERT INTO t VALUES (1000000)');
    let next = await batches.next();
    while (next.done !== true) next = await batches.next();
    expect(next.value.rowsSent).toBe(100_000);
  });

  it('bounds rows by a cursor in every spelling of a time, and finds the high mark', async () => {
    const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, at TIMESTAMP);
      INSERT INTO t VALUES (1, '2024-01-01 09:59:59.999999'), (2, '2024-01-01T10:00'), (3, '2024-01-01 10:00:00.0'), (4, '2024-01-02'),
        (5, '2024-01-01 10:00:00.5'), (6, NULL), (7, '2023-12-31'), (8, '2024-01-01')`;
    const range = { column: 'at', from: '2024-01-01 10:00:00.500000', lookback: 500_000n };
    const { rows, result } = await readSql(sql, 't', range);
    expect(rows.map((row) => row[0])).toEqual(['2', '3', '4', '5']);
    expect(result.highMark).toBe('2024-01-02 00:00:00.000000');
  });

  it('orders instants by UTC whatever their offsets', async () => {
    const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, at TIMESTAMPTZ);
      INSERT INTO t VALUES (1, '2024-01-01T12:00:00+02:00'), (2, '2024-01-01T09:00:00-02:00'), (3, '2024-01-01T10:30:00Z'), (4, '2024-01-01 23:00:00+14:00')`;
    const { rows, result } = await readSql(sql, 't', {
      column: 'at',
      from: '2024-01-01 10:00:00.000000',
      lookback: 0n,
    });
    expect(rows.map((row) => row[0])).toEqual(['1', '2', '3']);
    expect(result.highMark).toBe('2024-01-01 11:00:00.000000');
  });

  it('bounds integers by amount and keeps poison among them', async () => {
    const sql = `CREATE TABLE t (id INTEGER PRIMARY KEY, version INT); INSERT INTO t VALUES (1, 5), (2, 9), (3, 10), (4, 'x')`;
    const { rows, rejected, result } = await readSql(sql, 't', {
      column: 'version',
      from: '10',
      lookback: 1n,
    });
    expect(rows.map((row) => row[0])).toEqual(['2', '3']);
    expect(rejected).toHaveLength(1);
    expect(result.highMark).toBe('10');
  });

  it('stops within a batch when cancelled', async () => {
    build(`CREATE TABLE t (id INTEGER PRIMARY KEY);
      WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 100000) INSERT INTO t SELECT i FROM s`);
    await using source = await open();
    const table = await discover(source, 't');
    const controller = new AbortController();
    const batches = source.read(
      { table, fields: table.fields, cursor: null, position: null, scratchFolder: '' },
      controller.signal,
    );
    await batches.next();
    controller.abort();
    await expect(batches.next()).rejects.toMatchObject({ code: 'cancelled' });
    build('DROP TABLE t');
  });

  it('reads hostile names', async () => {
    const name = `se"lect'; DROP TABLE x; -- 😀`;
    const quoted = `"${name.replaceAll('"', '""')}"`;
    build(
      `CREATE TABLE ${quoted} (${quoted} INTEGER PRIMARY KEY, "select" TEXT); INSERT INTO ${quoted} VALUES (1, 'a')`,
    );
    await using source = await open();
    const [table] = await source.discover({ include: ['*'], exclude: [] }, signal);
    if (table === undefined) throw new Error('not found');
    expect((await read(source, table)).rows).toEqual([['1', 'a']]);
  });
});

describe('digest', () => {
  it('equals an independent computation over the canonical text', async () => {
    build(`CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT, r REAL, at TIMESTAMP);
      WITH RECURSIVE s(i) AS (SELECT -50 UNION ALL SELECT i + 1 FROM s WHERE i < 500)
      INSERT INTO t SELECT i, CASE WHEN i % 7 = 0 THEN NULL ELSE printf('%.*c', abs(i), 'ü') END, i / 3.0, '2024-01-01 00:00:' || printf('%02d', abs(i) % 60) FROM s`);
    await using source = await open();
    const table = await discover(source, 't');
    const request = { table: table.table, fields: table.fields, key: ['id'], buckets: 8 };
    const { rows } = await read(source, table);
    const expected = new Map<number, { rows: bigint; sum: bigint }>();
    for (const row of rows) {
      const bucket = Number(hashOf(row.slice(0, 1)) % 8n);
      const entry = expected.get(bucket) ?? { rows: 0n, sum: 0n };
      expected.set(bucket, { rows: entry.rows + 1n, sum: BigInt.asUintN(64, entry.sum + hashOf(row)) });
    }
    const digest = await source.digest?.(request, signal);
    expect(digest).toEqual(
      [...expected].toSorted(([a], [b]) => a - b).map(([bucket, entry]) => ({ bucket, ...entry })),
    );
    const found: string[] = [];
    for await (const row of source.digestRows?.(request, [3], signal) ?? [])
      found.push(`${row.key.join()} ${row.hash}`);
    const inBucket = rows.filter((row) => hashOf(row.slice(0, 1)) % 8n === 3n);
    expect(found).toEqual(inBucket.map((row) => `${row[0]} ${hashOf(row)}`));
  });
});

function hashOf(cells: readonly (string | null)[]): bigint {
  const text = cells.map((cell) => (cell === null ? '~|' : `${Buffer.byteLength(cell)}:${cell}|`)).join('');
  return BigInt(`0x${createHash('md5').update(text).digest('hex').slice(0, 16)}`);
}

describe('a database that cannot be read', () => {
  it('is named when it is missing, and never made', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'connectionRefused', blame: 'config' });
    expect(existsSync(path)).toBe(false);
  });

  it('is named when it is something else', async () => {
    writeFileSync(path, 'id,name\n'.repeat(1000));
    await expect(open()).rejects.toMatchObject({
      code: 'fileMalformed',
      message: expect.stringContaining('is not an SQLite database'),
    });
    await expect(open(folder.path)).rejects.toMatchObject({
      message: expect.stringContaining('is not a file'),
    });
  });

  it('is named when it is damaged, and the read has no result', async () => {
    build(`CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT);
      WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 20000) INSERT INTO t SELECT i, 'some text ' || i FROM s`);
    const bytes = readFileSync(path);
    bytes.fill(0xee, 4096 * 60, 4096 * 90);
    writeFileSync(path, bytes);
    await using source = await open();
    const table = { ...(await discover(source, 't').catch(() => undefined)) };
    if (table.table === undefined) return;
    await expect(read(source, table as SourceTable)).rejects.toMatchObject({
      code: 'fileMalformed',
      blame: 'source',
    });
  });

  it('is named when it is locked', async () => {
    build('CREATE TABLE t (id INTEGER PRIMARY KEY)');
    const other = new DatabaseSync(path);
    other.exec('BEGIN EXCLUSIVE');
    await expect(open()).rejects.toMatchObject({ code: 'warehouseBusy', retry: 'backoff' });
    other.close();
  });

  it('names the near misses of a table that is not there', async () => {
    build('CREATE TABLE orders (id INTEGER PRIMARY KEY)');
    await using source = await open();
    await expect(discover(source, 'order')).rejects.toMatchObject({
      code: 'tableMissing',
      message: expect.stringContaining('orders'),
    });
  });
});
