import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { Destination, PublishRequest, PublishResult, StagedFile } from '@millrace/connector-sdk';
import {
  temporaryFolder,
  type TemporaryFolder,
  testStage,
  type TestStage,
} from '@millrace/connector-sdk/testing';
import type { Field, LogicalType } from '@millrace/spec';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { connector } from './connector.ts';

const { signal } = new AbortController();
const int: LogicalType = { kind: 'integer', bits: 32, signed: true };
const id: Field = { name: 'id', type: int, nullable: false };
const note: Field = { name: 'note', type: { kind: 'string' }, nullable: true };

let folder: TemporaryFolder;
let stage: TestStage;
let path: string;
let destination: Destination;

beforeAll(async () => {
  stage = await testStage();
});
afterAll(async () => stage[Symbol.asyncDispose]());
beforeEach(async () => {
  folder = temporaryFolder('sqlite');
  path = join(folder.path, 'warehouse.db');
  destination = await open();
});
afterEach(async () => {
  await destination[Symbol.asyncDispose]();
  folder.remove();
});

async function open(): Promise<Destination> {
  if (connector.openDestination === undefined) throw new Error('The connector has no destination.');
  return connector.openDestination(connector.config.parse({ path, busyTimeoutSeconds: 5 }), signal);
}

it('declares the names that SQLite keeps for itself', () => {
  const { identifiers } = connector.capabilities.destination ?? {};
  expect(identifiers?.reservedTablePrefixes).toContain('sqlite_');
  using db = new DatabaseSync(path);
  expect(() => db.exec('CREATE TABLE SQLite_mine (id)')).toThrow('reserved for internal use');
});

let runs = 0;
function request(changes: Partial<PublishRequest> = {}): PublishRequest {
  return {
    table: { name: 'orders' },
    runId: `run-${runs++}`,
    fenceToken: 1,
    mode: 'replace',
    deletes: 'ignore',
    key: ['id'],
    fields: [id, note],
    changes: [],
    position: () => ({ mark: 'ä\\"' }),
    schemaFingerprint: 'f',
    loadedAt: '2026-01-02T03:04:05.678Z',
    deletedKeys: () => [],
    reader: stage.reader,
    ...changes,
  };
}

async function publish(wanted: PublishRequest, ...selects: readonly string[]): Promise<PublishResult> {
  async function* files(): AsyncGenerator<StagedFile> {
    for (const sql of selects) yield await stage.file(sql);
  }
  return destination.publish(wanted, files(), signal);
}

/** By SQLite's own means, not by the connector's. */
function rows(sql = 'SELECT id, note FROM orders ORDER BY id'): unknown[][] {
  const database = new DatabaseSync(path, { readOnly: true });
  const found = database
    .prepare(sql)
    .all()
    .map((row) => Object.values(row));
  database.close();
  return found;
}

const one = "SELECT 1::INTEGER AS id, 'a' AS note";
const oneAndTwo = `${one} UNION ALL SELECT 2, NULL`;

describe('replace', () => {
  it('swaps the table, keeps its record and what others made on it', async () => {
    const first = await publish(request(), oneAndTwo);
    expect(first).toMatchObject({
      rowsInserted: 2,
      isAdopted: false,
      record: { version: 1, rows: 2, position: { mark: 'ä\\"' } },
    });
    const other = new DatabaseSync(path);
    other.exec('CREATE INDEX by_note ON orders (note); CREATE VIEW v AS SELECT count(*) AS n FROM orders');
    other.close();
    const second = await publish(request(), "SELECT 3::INTEGER AS id, 'NULL' AS note");
    expect(second.record.version).toBe(2);
    expect(rows()).toEqual([[3, 'NULL']]);
    expect(rows('SELECT n FROM v')).toEqual([[1]]);
    expect(rows("SELECT name FROM sqlite_schema WHERE name = 'by_note' OR name LIKE '%successor%'")).toEqual([
      ['by_note'],
    ]);
    const [described, missing] = await destination.describe(
      [{ name: 'orders' }, { name: 'nothing' }],
      signal,
    );
    expect(described).toMatchObject({ fields: [id, note], record: second.record, estimatedRows: 1 });
    expect(missing).toBeUndefined();
  });

  it('shows readers the old table or the new one, never anything else', async () => {
    await publish(request(), oneAndTwo);
    const reader = new DatabaseSync(path, { readOnly: true });
    const statement = reader.prepare('SELECT count(*) AS n FROM orders');
    const seen = new Set<unknown>();
    for (let round = 0; round < 10; round += 1) {
      const look = (): void => void seen.add(statement.get()?.['n']);
      await publish(request({ checkpoint: look }), round % 2 === 0 ? one : oneAndTwo);
      look();
    }
    reader.close();
    expect(seen).toEqual(new Set([1, 2]));
  });

  it('leaves everything as it was when the files fail', async () => {
    await publish(request(), one);
    async function* files(): AsyncGenerator<StagedFile> {
      yield await stage.file(oneAndTwo);
      throw new Error('the source went away');
    }
    await expect(destination.publish(request(), files(), signal)).rejects.toThrow('the source went away');
    expect(rows()).toEqual([[1, 'a']]);
    expect(rows("SELECT name FROM sqlite_schema WHERE name LIKE '%staged%'")).toEqual([]);
  });

  it('refuses a table that someone else made', async () => {
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE orders (id)');
    other.close();
    await expect(publish(request(), one)).rejects.toMatchObject({
      code: 'configInvalid',
      message: expect.stringContaining('not made by Millrace'),
    });
  });
});

describe('every value', () => {
  it('arrives as the type table says, and its digest is that of the same rows anywhere', async () => {
    const types: [string, LogicalType, string[]][] = [
      ['b', { kind: 'boolean' }, ['true', 'false']],
      ['i', { kind: 'integer', bits: 64, signed: true }, ['9223372036854775807', '-9223372036854775808']],
      ['u', { kind: 'integer', bits: 64, signed: false }, ["'18446744073709551615'::UBIGINT", '0::UBIGINT']],
      ['f', { kind: 'float', bits: 32 }, ['0.1::FLOAT', "'nan'::FLOAT"]],
      ['d', { kind: 'float', bits: 64 }, ['5e-324::DOUBLE', "'-inf'::DOUBLE"]],
      [
        'm',
        { kind: 'decimal', precision: 38, scale: 10 },
        ["'9999999999999999999999999999.0000000001'::DECIMAL(38,10)", '-0.5::DECIMAL(38,10)'],
      ],
      ['s', { kind: 'string' }, ["'a' || chr(0) || '😀'", "''"]],
      ['x', { kind: 'bytes' }, ["'\\x00\\xFF'::BLOB", "''::BLOB"]],
      ['j', { kind: 'json' }, [`'{"a": 1.0}'`, "'123'"]],
      ['g', { kind: 'uuid' }, ["'00112233-4455-6677-8899-aabbccddeeff'::UUID", 'NULL::UUID']],
      ['y', { kind: 'date' }, ["'2024-02-29'::DATE", "'infinity'::DATE"]],
      ['t', { kind: 'time' }, ["'23:59:59.999999'::TIME", "'24:00:00'::TIME"]],
      [
        'l',
        { kind: 'timestamp', timezone: false },
        ["'9999-12-31 23:59:59.999999'::TIMESTAMP", "'-infinity'::TIMESTAMP"],
      ],
      [
        'z',
        { kind: 'timestamp', timezone: true },
        ["'2024-01-01 00:00:00.5+00'::TIMESTAMPTZ", "'infinity'::TIMESTAMPTZ"],
      ],
    ];
    const fields = [id, ...types.map(([name, type]): Field => ({ name, type, nullable: true }))];
    const select = (index: number): string =>
      `SELECT ${index}::INTEGER AS id, ${types.map(([name, , values]) => `${values[index] ?? 'NULL'} AS ${name}`).join(', ')}`;
    await publish(request({ fields }), `${select(0)} UNION ALL ${select(1)} UNION ALL ${select(2)}`);
    expect(rows('SELECT b, CAST(i AS TEXT) FROM orders WHERE id = 0')).toEqual([[1, '9223372036854775807']]);
    expect(rows('SELECT u, f, d, m, s, hex(x), j, g, y, t, l, z FROM orders WHERE id = 0')).toEqual([
      [
        '18446744073709551615',
        Math.fround(0.1),
        5e-324,
        '9999999999999999999999999999.0000000001',
        'a\0😀',
        '00FF',
        '{"a": 1.0}',
        '00112233-4455-6677-8899-aabbccddeeff',
        '2024-02-29',
        '23:59:59.999999',
        '9999-12-31 23:59:59.999999',
        '2024-01-01 00:00:00.5+00',
      ],
    ]);
    expect(rows('SELECT f, d, typeof(x), j, typeof(j), y, t, l, z FROM orders WHERE id = 1')).toEqual([
      [
        'NaN',
        Number.NEGATIVE_INFINITY,
        'blob',
        '123',
        'text',
        'infinity',
        '24:00:00',
        '-infinity',
        'infinity',
      ],
    ]);
    const digest = await destination.digest(
      { table: { name: 'orders' }, fields, key: ['id'], buckets: 1 },
      signal,
    );
    expect(digest[0]?.rows).toBe(3n);
  });
});

describe('append and merge', () => {
  it('appends once per run', async () => {
    const wanted = request({ mode: 'append' });
    await publish(wanted, one);
    const again = await publish(wanted, one);
    expect(again).toMatchObject({ isAdopted: true, rowsInserted: 0 });
    await publish(request({ mode: 'append' }), one);
    expect(rows()).toEqual([
      [1, 'a'],
      [1, 'a'],
    ]);
  });

  it('merges by key, marks and removes what is gone', async () => {
    await publish(request({ mode: 'merge', deletes: 'soft' }), `${oneAndTwo} UNION ALL SELECT 3, 'c'`);
    const gone = await stage.file('SELECT 2::INTEGER AS id UNION ALL SELECT 3');
    const soft = await publish(
      request({ mode: 'merge', deletes: 'soft', deletedKeys: () => [gone] }),
      "SELECT 1::INTEGER AS id, 'b' AS note UNION ALL SELECT 4, 'd' UNION ALL SELECT 3, 'back'",
    );
    expect(soft).toMatchObject({ rowsInserted: 1, rowsUpdated: 2, rowsDeleted: 1 });
    expect(rows('SELECT id, note, deleted_at FROM orders ORDER BY id')).toEqual([
      [1, 'b', null],
      [2, null, '2026-01-02 03:04:05.678+00'],
      [3, 'back', null],
      [4, 'd', null],
    ]);
    const hard = await publish(request({ mode: 'merge', deletes: 'hard', deletedKeys: () => [gone] }), one);
    expect(hard).toMatchObject({ rowsUpdated: 1, rowsDeleted: 2 });
    const where = { kind: 'isNull', column: 'deleted_at' } as const;
    const digest = await destination.digest(
      { table: { name: 'orders' }, fields: [id, note], key: ['id'], buckets: 1, where },
      signal,
    );
    expect(digest[0]?.rows).toBe(2n);
  });

  it('refuses staged rows that share a key', async () => {
    await expect(publish(request({ mode: 'merge' }), `${one} UNION ALL ${one}`)).rejects.toMatchObject({
      code: 'keyNotUnique',
    });
    expect((await destination.describe([{ name: 'orders' }], signal))[0]).toBeUndefined();
  });

  it('applies schema changes to rows that are there', async () => {
    await publish(request({ mode: 'merge' }), one);
    const amount: Field = {
      name: 'amount',
      type: { kind: 'decimal', precision: 12, scale: 2 },
      nullable: true,
    };
    const wide: LogicalType = { kind: 'decimal', precision: 20, scale: 3 };
    const result = await publish(
      request({
        mode: 'merge',
        fields: [{ ...id, type: wide }, note, amount],
        changes: [
          { kind: 'addColumn', field: amount },
          { kind: 'widenColumn', column: 'id', from: int, to: wide },
        ],
      }),
      "SELECT 1.000::DECIMAL(20,3) AS id, 'x' AS note, 1.50::DECIMAL(12,2) AS amount UNION ALL SELECT 2.5, 'y', NULL",
    );
    expect(result).toMatchObject({ rowsInserted: 1, rowsUpdated: 1 });
    expect(rows('SELECT id, note, amount FROM orders ORDER BY id')).toEqual([
      ['1.000', 'x', '1.50'],
      ['2.500', 'y', null],
    ]);
    const [described] = await destination.describe([{ name: 'orders' }], signal);
    expect(described?.fields).toEqual([{ ...id, type: wide }, note, amount]);
  });
});

describe('scd2', () => {
  it('keeps versions of rows', async () => {
    await publish(request({ mode: 'scd2' }), `${oneAndTwo} UNION ALL SELECT 3, 'c'`);
    const gone = await stage.file('SELECT 3::INTEGER AS id');
    const result = await publish(
      request({ mode: 'scd2', loadedAt: '2026-01-03T00:00:00Z', deletedKeys: () => [gone] }),
      "SELECT 1::INTEGER AS id, 'a' AS note UNION ALL SELECT 2, 'b'",
    );
    expect(result).toMatchObject({ rowsInserted: 1, rowsUpdated: 1, rowsDeleted: 1 });
    const first = '2026-01-02 03:04:05.678+00';
    const second = '2026-01-03 00:00:00+00';
    expect(
      rows('SELECT id, note, valid_from, valid_to, is_current FROM orders ORDER BY id, valid_from'),
    ).toEqual([
      [1, 'a', first, null, 1],
      [2, null, first, second, 0],
      [2, 'b', second, null, 1],
      [3, 'c', first, second, 0],
    ]);
    await expect(publish(request({ mode: 'merge' }), one)).rejects.toMatchObject({ code: 'schemaDrift' });
  });
});

describe('a run that should not publish', () => {
  it('is fenced out by a later lease', async () => {
    await publish(request({ fenceToken: 7 }), one);
    await expect(publish(request({ fenceToken: 6 }), oneAndTwo)).rejects.toMatchObject({ code: 'fenced' });
    expect(rows()).toEqual([[1, 'a']]);
  });

  it('adopts a commit whose reply was lost', async () => {
    const wanted = request();
    const died = {
      ...wanted,
      checkpoint: (point: string) => {
        if (point === 'afterCommit') throw new Error('killed');
      },
    };
    await expect(publish(died, one)).rejects.toThrow('killed');
    expect(await publish(wanted, one)).toMatchObject({ isAdopted: true, record: { version: 1 } });
  });

  it('publishes nothing when it dies before the commit', async () => {
    await publish(request(), one);
    const died = request({
      checkpoint: (point) => {
        if (point === 'beforeCommit') throw new Error('killed');
      },
    });
    await expect(publish(died, oneAndTwo)).rejects.toThrow('killed');
    expect(rows()).toEqual([[1, 'a']]);
  });

  it('names a schema as what SQLite does not have', async () => {
    await expect(publish(request({ table: { schema: 'mart', name: 'orders' } }), one)).rejects.toThrow(
      'SQLite has no schemas',
    );
  });
});
