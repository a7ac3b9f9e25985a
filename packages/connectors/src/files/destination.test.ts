import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';

import {
  canonicalRows,
  type Destination,
  type PublishRequest,
  type PublishResult,
  type StagedFile,
} from '@millrace/connector-sdk';
import {
  temporaryFolder,
  type TemporaryFolder,
  testStage,
  type TestStage,
} from '@millrace/connector-sdk/testing';
import { formatLogicalType, type Field, type LogicalType } from '@millrace/spec';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { connector } from './connector.ts';

const { signal } = new AbortController();
const id: Field = { name: 'id', type: { kind: 'integer', bits: 32, signed: true }, nullable: false };
const note: Field = { name: 'note', type: { kind: 'string' }, nullable: true };

let folder: TemporaryFolder;
let stage: TestStage;

beforeAll(async () => {
  stage = await testStage();
});
afterAll(async () => stage[Symbol.asyncDispose]());
beforeEach(() => {
  folder = temporaryFolder('files');
});
afterEach(() => folder.remove());

const settings = (write: object) => connector.config.parse({ root: folder.path, write });

async function open(write: object = {}): Promise<Destination> {
  if (connector.openDestination === undefined) throw new Error('The connector has no destination.');
  return connector.openDestination(settings(write), signal);
}

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
    position: () => ({ mark: 1 }),
    schemaFingerprint: 'f',
    loadedAt: '2026-01-02T03:04:05.678Z',
    deletedKeys: () => [],
    reader: stage.reader,
    ...changes,
  };
}

async function publish(
  wanted: PublishRequest,
  write: object,
  ...selects: readonly string[]
): Promise<PublishResult> {
  async function* files(): AsyncGenerator<StagedFile> {
    for (const sql of selects) yield await stage.file(sql);
  }
  const destination = await open(write);
  return destination.publish(wanted, files(), signal);
}

/** Through the connector's own source, which opens what the manifest lists. */
async function readBack(): Promise<{ readonly types: readonly string[]; readonly rows: readonly unknown[] }> {
  const source = await connector.openSource?.(settings({}), signal);
  const [table] = (await source?.discover({ include: ['orders'], exclude: [] }, signal)) ?? [];
  if (source === undefined || table === undefined) throw new Error('orders was not discovered');
  const rows: unknown[] = [];
  for await (const item of source.read(
    { table, fields: table.fields, cursor: null, position: null, scratchFolder: '' },
    signal,
  )) {
    if (item.kind === 'batch')
      rows.push(
        ...canonicalRows(
          item,
          table.fields.map((field) => field.type),
        ),
      );
    else rows.push(item.rows);
    if (item.kind === 'batch') expect(item.rejected).toEqual([]);
  }
  await source[Symbol.asyncDispose]();
  return { types: table.fields.map((field) => formatLogicalType(field.type)), rows };
}

const manifest = () => JSON.parse(readFileSync(join(folder.path, 'orders/manifest.json'), 'utf8'));
const one = "SELECT 1::INTEGER AS id, 'a' AS note";
const two = 'SELECT 2::INTEGER AS id, NULL::VARCHAR AS note';

describe.each([
  { format: 'parquet' },
  { format: 'csv' },
  { format: 'csv', compression: 'gzip' },
  { format: 'jsonl' },
  { format: 'jsonl', compression: 'zstd' },
])('publishing as $format $compression', (write) => {
  it('replaces, appends, and reads back what the manifest lists', async () => {
    const first = await publish(request(), write, one, two);
    expect(first).toMatchObject({ rowsInserted: 2, isAdopted: false, record: { version: 1, rows: 2 } });
    await publish(request({ mode: 'append' }), write, one);
    const { rows } = await readBack();
    expect(rows).toEqual(
      write.format === 'parquet'
        ? [1, 1, 1]
        : [
            ['1', 'a'],
            ['2', null],
            ['1', 'a'],
          ],
    );
    await publish(request(), write, two);
    expect((await readBack()).rows).toEqual(write.format === 'parquet' ? [1] : [['2', null]]);
    const destination = await open(write);
    const [described, missing] = await destination.describe(
      [{ name: 'orders' }, { name: 'nothing' }],
      signal,
    );
    expect(described).toMatchObject({
      fields: [id, note],
      estimatedRows: 1,
      record: { version: 3, position: { mark: 1 } },
    });
    expect(missing).toBeUndefined();
  });

  it('keeps every value, with one digest whatever the format', async () => {
    const integer = (bits: 8 | 64, signed: boolean): LogicalType => ({ kind: 'integer', bits, signed });
    const values: [LogicalType, string][] = [
      [{ kind: 'boolean' }, 'true'],
      [integer(8, true), "'-128'::TINYINT"],
      [integer(64, false), "'18446744073709551615'::UBIGINT"],
      [{ kind: 'float', bits: 32 }, '0.1::FLOAT'],
      [{ kind: 'float', bits: 64 }, "'nan'::DOUBLE"],
      [{ kind: 'float', bits: 64 }, '5e-324::DOUBLE'],
      [
        { kind: 'decimal', precision: 38, scale: 10 },
        "'-9999999999999999999999999999.0000000001'::DECIMAL(38,10)",
      ],
      [{ kind: 'string' }, `'=a,"b"' || chr(10) || chr(0) || chr(65279) || '😀\\'`],
      [{ kind: 'string' }, "''"],
      [{ kind: 'bytes' }, "'\\x00\\xFF'::BLOB"],
      [{ kind: 'json' }, `'{"a": 1.0, "b":[' || chr(10) || ']}'`],
      [{ kind: 'uuid' }, "'00112233-4455-6677-8899-aabbccddeeff'::UUID"],
      [{ kind: 'date' }, "'0044-03-15 (BC)'::DATE"],
      [{ kind: 'date' }, "'infinity'::DATE"],
      [{ kind: 'time' }, "'24:00:00'::TIME"],
      [{ kind: 'timestamp', timezone: false }, "'9999-12-31 23:59:59.999999'::TIMESTAMP"],
      [{ kind: 'timestamp', timezone: true }, "'2024-01-01 00:00:00.5+00'::TIMESTAMPTZ"],
      [{ kind: 'timestamp', timezone: true }, "'-infinity'::TIMESTAMPTZ"],
    ];
    const fields = [
      id,
      ...values.map(([type], index): Field => ({ name: `c${index}`, type, nullable: true })),
    ];
    const row = (isNull: boolean): string =>
      values.map(([, sql], index) => `${isNull ? 'NULL' : sql} AS c${index}`).join(', ');
    await publish(
      request({ fields }),
      write,
      `SELECT 1::INTEGER AS id, ${row(false)} UNION ALL SELECT 2, ${row(true)}`,
    );
    const destination = await open(write);
    const digest = await destination.digest(
      { table: { name: 'orders' }, fields, key: ['id'], buckets: 1 },
      signal,
    );
    const isJson = write.format === 'jsonl';
    // JSON lines hold JSON in one line: the line end between two tokens is a space there.
    const expected = await digestOfCanonical(fields, isJson ? '{"a": 1.0, "b":[ ]}' : '{"a": 1.0, "b":[\n]}');
    expect(digest).toEqual([{ bucket: 0, rows: 2n, sum: expected }]);
    const { types } = await readBack();
    expect(types).toEqual(fields.map((field) => formatLogicalType(field.type)));
  });

  it('publishes a run once, and refuses one that lost its lease', async () => {
    const wanted = request({ fenceToken: 5 });
    const died = {
      ...wanted,
      checkpoint: (point: string) => {
        if (point === 'afterCommit') throw new Error('killed');
      },
    };
    await expect(publish(died, write, one)).rejects.toThrow('killed');
    expect(await publish(wanted, write, one)).toMatchObject({ isAdopted: true, record: { version: 1 } });
    await expect(publish(request({ fenceToken: 4 }), write, two)).rejects.toMatchObject({ code: 'fenced' });
    const early = request({
      fenceToken: 5,
      checkpoint: (point) => {
        if (point === 'beforeCommit') throw new Error('killed');
      },
    });
    await expect(publish(early, write, two)).rejects.toThrow('killed');
    expect(manifest().record.version).toBe(1);
    await publish(request({ fenceToken: 5 }), write, two);
    expect(readdirSync(join(folder.path, 'orders')).filter((name) => name.startsWith('v'))).toHaveLength(2);
  });
});

async function digestOfCanonical(fields: readonly Field[], json: string): Promise<bigint> {
  const { createHash } = await import('node:crypto');
  const texts: (string | null)[] = [
    '1',
    '1',
    '-128',
    '18446744073709551615',
    '7205759511166976e-4',
    'nan',
    '4503599627370496e-1074',
    '-9999999999999999999999999999.0000000001',
    '=a,"b"\n\0\uFEFF😀\\',
    '',
    '00ff',
    json,
    '00112233-4455-6677-8899-aabbccddeeff',
    '-0043-03-15',
    'infinity',
    '24:00:00.000000',
    '9999-12-31 23:59:59.999999',
    '2024-01-01 00:00:00.500000',
    '-infinity',
  ];
  const hash = (row: readonly (string | null)[]): bigint => {
    const text = row.map((cell) => (cell === null ? '~|' : `${Buffer.byteLength(cell)}:${cell}|`)).join('');
    return BigInt(`0x${createHash('md5').update(text).digest('hex').slice(0, 16)}`);
  };
  return BigInt.asUintN(64, hash(texts) + hash(fields.map((_, index) => (index === 0 ? '2' : null))));
}

describe('a folder as a destination', () => {
  it('keeps as many versions as it was told to, and removes the rest', async () => {
    for (let round = 0; round < 5; round += 1) await publish(request(), { keepVersions: 2 }, one);
    expect(manifest().versions.map((each: { version: number }) => each.version)).toEqual([4, 5]);
    expect(readdirSync(join(folder.path, 'orders')).filter((name) => name.startsWith('v'))).toHaveLength(2);
  });

  it('packs as told, with a header in each file', async () => {
    await publish(request(), { format: 'csv', compression: 'gzip' }, one);
    const read = (): Buffer => readFileSync(join(folder.path, 'orders', manifest().files[0].path));
    expect(gunzipSync(read()).toString()).toBe('"id","note"\n"1","a"\n');
    await publish(request(), { format: 'jsonl', compression: 'zstd' }, one);
    expect(zstdDecompressSync(read()).toString()).toBe('{"id":1,"note":"a"}\n');
  });

  it('neutralises formulas only when asked', async () => {
    const formula = "SELECT 1::INTEGER AS id, '=cmd|x' AS note UNION ALL SELECT -2, '＋1'";
    await publish(request(), { format: 'csv' }, formula);
    expect((await readBack()).rows).toEqual([
      ['1', '=cmd|x'],
      ['-2', '＋1'],
    ]);
    await publish(request(), { format: 'csv', neutralizeFormulas: true }, formula);
    expect((await readBack()).rows).toEqual([
      ['1', "'=cmd|x"],
      ['-2', "'＋1"],
    ]);
  });

  it('refuses folders of others, other formats, hostile names and locked tables', async () => {
    mkdirSync(join(folder.path, 'orders'));
    writeFileSync(join(folder.path, 'orders/important.txt'), 'x');
    await expect(publish(request(), {}, one)).rejects.toThrow(
      'holds files that Millrace did not write (important.txt)',
    );
    for (const name of ['../x', '..', '.hidden', '_x', 'a/b', 'a\0b']) {
      await expect(publish(request({ table: { name } }), {}, one)).rejects.toMatchObject({
        code: 'configInvalid',
      });
    }
    await publish(request({ table: { name: 'a' } }), { format: 'csv' }, one);
    await expect(
      publish(request({ table: { name: 'a' }, mode: 'append' }), { format: 'jsonl' }, one),
    ).rejects.toMatchObject({ code: 'schemaDrift' });
    writeFileSync(join(folder.path, 'a/.lock'), readLockOf(process.pid));
    await expect(publish(request({ table: { name: 'a' } }), {}, one)).rejects.toMatchObject({
      code: 'runActive',
    });
    writeFileSync(join(folder.path, 'a/.lock'), readLockOf(999_999_999));
    await publish(request({ table: { name: 'a' } }), {}, one);
    expect(existsSync(join(folder.path, 'a/.lock'))).toBe(false);
  });

  it('says that a manifest is damaged, and publishes nothing over it', async () => {
    await publish(request(), {}, one);
    writeFileSync(join(folder.path, 'orders/manifest.json'), '{"kind":"millrace table"');
    await expect(publish(request(), {}, one)).rejects.toMatchObject({
      code: 'fileMalformed',
      message: expect.stringContaining('manifest'),
    });
  });

  it('reads appended Parquet files with other columns as one table', async () => {
    await publish(request(), {}, one);
    const added: Field = { name: 'n', type: { kind: 'integer', bits: 64, signed: true }, nullable: true };
    const changes = [{ kind: 'addColumn' as const, field: added }];
    await publish(
      request({ mode: 'append', fields: [id, added], changes }),
      {},
      'SELECT 2::INTEGER AS id, 5::BIGINT AS n',
    );
    const destination = await open();
    const [described] = await destination.describe([{ name: 'orders' }], signal);
    expect(described?.fields.map((field) => field.name)).toEqual(['id', 'n', 'note']);
    const digestRows = destination.digestRows(
      { table: { name: 'orders' }, fields: described?.fields ?? [], key: ['id'], buckets: 1 },
      [0],
      signal,
    );
    const keys: string[] = [];
    for await (const row of digestRows) keys.push(row.key.join());
    expect(keys).toEqual(['1', '2']);
    const where = { kind: 'atMost', column: 'id', value: '1' } as const;
    const digest = await destination.digest(
      { table: { name: 'orders' }, fields: [id], key: ['id'], buckets: 1, where },
      signal,
    );
    expect(digest[0]?.rows).toBe(1n);
  });
});

function readLockOf(processId: number): string {
  return `${hostname()} ${processId}\n`;
}
