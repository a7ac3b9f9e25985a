import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BatchBuilder, type RejectedRow, type StagedFile } from '@millrace/connector-sdk';
import type { LogicalType, SourceField } from '@millrace/spec';
import { duckdbType } from '@millrace/sql';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readManifest, resolveFiles, writeManifest } from './manifest.ts';
import type { StagedColumn } from './staged-columns.ts';
import { createStagedReader } from './staged-reader.ts';
import { openStagingDatabase, StagingDatabase } from './staging-database.ts';
import type { RejectPredicate } from './row-sieve.ts';
import { openStageWriter, type StageWriter } from './stage-writer.ts';

const METADATA = { runId: 'run-1', loadedAt: '2026-01-02T03:04:05.000Z' };
const TYPES: Readonly<Record<string, LogicalType>> = {
  bool: { kind: 'boolean' },
  i8: { kind: 'integer', bits: 8, signed: true },
  u16: { kind: 'integer', bits: 16, signed: false },
  i32: { kind: 'integer', bits: 32, signed: true },
  u64: { kind: 'integer', bits: 64, signed: false },
  f32: { kind: 'float', bits: 32 },
  f64: { kind: 'float', bits: 64 },
  d4: { kind: 'decimal', precision: 4, scale: 2 },
  d9: { kind: 'decimal', precision: 9, scale: 0 },
  d18: { kind: 'decimal', precision: 18, scale: 6 },
  d38: { kind: 'decimal', precision: 38, scale: 10 },
  text: { kind: 'string' },
  json: { kind: 'json' },
  bytes: { kind: 'bytes' },
  uuid: { kind: 'uuid' },
  day: { kind: 'date' },
  clock: { kind: 'time' },
  wall: { kind: 'timestamp', timezone: false },
  instant: { kind: 'timestamp', timezone: true },
};

let folder: string;
let database: StagingDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-stage-'));
  database = await openStagingDatabase({
    memoryBytes: 2 ** 29,
    threads: 2,
    scratchFolder: join(folder, 'scratch'),
  });
});

afterAll(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

function fieldsOf(types: Readonly<Record<string, LogicalType>>): SourceField[] {
  return Object.entries(types).map(([name, type]) => ({ name, type, nullable: true, nativeType: 'test' }));
}

function columnsOf(fields: readonly SourceField[]): StagedColumn[] {
  return fields.map(({ name, type, nullable }) => ({
    field: { name, type, nullable },
    origin: { kind: 'source', column: name },
  }));
}

type Row = readonly (string | null)[];

let attempts = 0;
async function stage(
  fields: readonly SourceField[],
  rows: readonly Row[],
  options: {
    batchRows?: number;
    rowsPerFile?: number;
    columns?: StagedColumn[];
    rejectPredicates?: RejectPredicate[];
  } = {},
): Promise<{ files: StagedFile[]; writer: StageWriter; rejected: RejectedRow[]; folder: string }> {
  attempts += 1;
  const rejected: RejectedRow[] = [];
  const target = join(folder, `attempt-${attempts}`);
  const writer = await openStageWriter(database, {
    folder: target,
    columns: options.columns ?? columnsOf(fields),
    fields,
    metadata: METADATA,
    rejectPredicates: options.rejectPredicates ?? [],
    onRejected: (refused) => rejected.push(...refused),
    ...(options.rowsPerFile === undefined ? {} : { rowsPerFile: options.rowsPerFile }),
  });
  const builder = new BatchBuilder(fields, { maxRows: options.batchRows ?? 4096 });
  for (const row of rows) {
    row.forEach((cell, index) => {
      if (cell === null) builder.columns[index]?.setNull(builder.row);
      else builder.columns[index]?.setString(builder.row, cell);
    });
    builder.endRow(() => row.map((cell) => (cell === null ? null : Buffer.from(cell))));
    if (builder.isFull) await writer.append(builder.take());
  }
  await writer.append(builder.take());
  await writer.finish();
  const files: StagedFile[] = [];
  for await (const file of writer.files) files.push(file);
  return { files, writer, rejected, folder: target };
}

function readBack(files: readonly StagedFile[], select: string) {
  return database.query(`SELECT ${select} FROM ${StagingDatabase.parquetOf(files.map((file) => file.path))}`);
}

describe('StageWriter', () => {
  it('keeps the boundary values of every type, with the type in the file', async () => {
    const fields = fieldsOf(TYPES);
    const low: Row = [
      '0',
      '-128',
      '0',
      '-2147483648',
      '0',
      '-3.4028235e38',
      '5e-324',
      '-99.99',
      '-999999999',
      '-999999999999.999999',
      '-9999999999999999999999999999.9999999999',
      '',
      'null',
      '',
      '00000000-0000-0000-0000-000000000000',
      '0001-01-01',
      '00:00:00',
      '0001-01-01 00:00:00',
      '0001-01-01 00:00:00',
    ];
    const high: Row = [
      '1',
      '127',
      '65535',
      '2147483647',
      '18446744073709551615',
      '1e-45',
      '1.7976931348623157e308',
      '99.99',
      '999999999',
      '999999999999.999999',
      '9999999999999999999999999999.9999999999',
      '\ufeffé\0 '.repeat(9),
      '{"a":18446744073709551616}',
      'a\0b',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
      '9999-12-31',
      '24:00:00',
      '9999-12-31 23:59:59.999999',
      '9999-12-31 23:59:59.999999',
    ];
    const { files, rejected } = await stage(fields, [low, high, fields.map(() => null)]);
    expect(rejected).toEqual([]);
    const described = await database.query(
      `DESCRIBE SELECT * FROM ${StagingDatabase.parquetOf(files.map((file) => file.path))}`,
    );
    expect(described.map((row) => row['column_type'])).toEqual(
      fields
        .map((field) => duckdbType(field.type))
        .map((type) => (type === 'TIMESTAMPTZ' ? 'TIMESTAMP WITH TIME ZONE' : type)),
    );
    const texts = await readBack(
      files,
      fields.map((field) => `hex(encode(CAST("${field.name}" AS VARCHAR))) AS "${field.name}"`).join(', '),
    );
    const value = (row: number, name: string) =>
      Buffer.from(String(texts[row]?.[name]), 'hex').toString('utf8');
    expect(value(1, 'text')).toBe('\ufeffé\0 '.repeat(9));
    expect(value(1, 'u64')).toBe('18446744073709551615');
    expect(value(0, 'd38')).toBe('-9999999999999999999999999999.9999999999');
    expect(value(0, 'f64')).toBe('5e-324');
    expect(value(0, 'f32')).toBe('-3.4028235e+38');
    expect(value(1, 'json')).toBe('{"a":18446744073709551616}');
    expect(value(1, 'uuid')).toBe('ffffffff-ffff-ffff-ffff-ffffffffffff');
    expect(value(1, 'clock')).toBe('24:00:00');
    expect(value(1, 'wall')).toBe('9999-12-31 23:59:59.999999');
    expect(value(0, 'day')).toBe('0001-01-01');
    expect(Object.values(texts[2] ?? {}).every((cell) => cell === null)).toBe(true);
  });

  it('keeps random text, bytes and NULLs across vectors, batches and files', async () => {
    const fields = fieldsOf({
      id: { kind: 'integer', bits: 32, signed: true },
      text: { kind: 'string' },
      other: { kind: 'string' },
    });
    const cell = fc.option(fc.string({ unit: 'grapheme', maxLength: 40 }), { nil: null });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 6000 }),
        fc.constantFrom(64, 2048, 5000),
        async (pattern, rows, batchRows) => {
          const data = Array.from({ length: rows }, (_, row): Row => [
            String(row),
            ...(pattern[row % pattern.length] ?? [null, null]),
          ]);
          const { files, writer } = await stage(fields, data, { batchRows, rowsPerFile: 3000 });
          expect(writer.rows).toBe(rows);
          expect(files.reduce((sum, file) => sum + file.rows, 0)).toBe(rows);
          const back = await readBack(files, 'id, hex(encode(text)) AS text, hex(encode(other)) AS other');
          const decode = (hex: unknown) =>
            typeof hex === 'string' ? Buffer.from(hex, 'hex').toString('utf8') : null;
          expect(back.map((row) => [String(row['id']), decode(row['text']), decode(row['other'])])).toEqual(
            data,
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it('keeps the sign of zero', async () => {
    const fields = fieldsOf({ f: { kind: 'float', bits: 64 }, g: { kind: 'float', bits: 32 } });
    const rows = Array.from({ length: 3000 }, (_, row): Row => (row % 2 === 0 ? ['-0', '0'] : ['0', '-0']));
    const { files } = await stage(fields, rows);
    const [counts] = await readBack(
      files,
      'count(*) FILTER (WHERE signbit(f)) AS f, count(*) FILTER (WHERE signbit(g)) AS g',
    );
    expect(counts).toEqual({ f: '1500', g: '1500' });
  });

  it('adds metadata columns and fills columns that the source lacks', async () => {
    const fields = fieldsOf({ id: { kind: 'integer', bits: 32, signed: true } });
    const { files } = await stage(fields, [['1']], {
      columns: [
        ...columnsOf(fields),
        {
          field: { name: '_millrace_run_id', type: { kind: 'string' }, nullable: false },
          origin: { kind: 'metadata', value: 'runId' },
        },
        {
          field: {
            name: '_millrace_loaded_at',
            type: { kind: 'timestamp', timezone: true },
            nullable: false,
          },
          origin: { kind: 'metadata', value: 'loadedAt' },
        },
        {
          field: { name: 'gone', type: { kind: 'date' }, nullable: true },
          origin: { kind: 'source', column: 'gone' },
        },
      ],
    });
    expect(await readBack(files, '*')).toEqual([
      { id: 1, _millrace_run_id: 'run-1', _millrace_loaded_at: '2026-01-02 03:04:05+00', gone: null },
    ]);
  });

  it('diverts rows that the destination cannot keep', async () => {
    const fields = fieldsOf({ id: { kind: 'integer', bits: 32, signed: true }, text: { kind: 'string' } });
    const { files, rejected, writer } = await stage(
      fields,
      [
        ['1', 'a'],
        ['2', 'b\0c'],
        ['3', null],
      ],
      {
        rejectPredicates: [
          { column: 'text', predicate: 'contains({column}, chr(0))', reason: 'text with U+0000' },
        ],
      },
    );
    expect(await readBack(files, 'id')).toEqual([{ id: 1 }, { id: 3 }]);
    expect(rejected).toEqual([
      { column: 'text', reason: 'text with U+0000', cells: [Buffer.from('2'), Buffer.from('b\0c')] },
    ]);
    expect([writer.rows, writer.refusedRows]).toEqual([2, 1]);
  });

  it('takes Parquet over by column name, and rejects what a cast would change', async () => {
    const path = join(folder, 'given.parquet');
    await database.execute(
      `COPY (SELECT * FROM (VALUES ('x', 1.5::DOUBLE, 7), ('y', 1.005, 8), (NULL, NULL, 9)) t(name, price, id)) TO '${path}' (FORMAT parquet)`,
    );
    const fields = fieldsOf({
      id: { kind: 'integer', bits: 32, signed: true },
      price: { kind: 'decimal', precision: 5, scale: 2 },
    });
    const rejected: RejectedRow[] = [];
    const writer = await openStageWriter(database, {
      folder: join(folder, 'given'),
      columns: columnsOf(fields),
      fields,
      metadata: METADATA,
      onRejected: (rows) => rejected.push(...rows),
    });
    await writer.addParquet({ kind: 'parquet', path, rows: 3, isTemporary: true });
    await writer.finish();
    expect(await readBack(writer.writtenFiles, 'id, price')).toEqual([
      { id: 7, price: '1.50' },
      { id: 9, price: null },
    ]);
    expect(rejected.map((row) => row.column)).toEqual(['price']);
  });

  it('hands files over while it goes on, and fails them when aborted', async () => {
    const fields = fieldsOf({ id: { kind: 'integer', bits: 32, signed: true } });
    const writer = await openStageWriter(database, {
      folder: join(folder, 'aborted'),
      columns: columnsOf(fields),
      fields,
      metadata: METADATA,
      rowsPerFile: 10,
      onRejected: () => {},
    });
    const builder = new BatchBuilder(fields);
    for (let row = 0; row < 10; row += 1) {
      builder.columns[0]?.setString(builder.row, String(row));
      builder.endRow(() => []);
    }
    await writer.append(builder.take());
    const files = writer.files[Symbol.asyncIterator]();
    expect((await files.next()).value).toMatchObject({ rows: 10 });
    await writer.abort(new Error('cut'));
    await expect(files.next()).rejects.toThrow('cut');
  });
});

describe('a package', () => {
  it('is read back only when every byte is as its manifest says', async () => {
    const fields = fieldsOf({ id: { kind: 'integer', bits: 32, signed: true } });
    const staged = await stage(fields, [['1'], ['2']]);
    const manifest = {
      version: 1 as const,
      pipeline: 'p',
      task: 't',
      runId: 'r',
      attempt: 1,
      kind: 'full' as const,
      createdAt: METADATA.loadedAt,
      source: {
        connection: 'c',
        identity: { product: 'x', version: '1', identity: 'i' },
        statement: 'SELECT',
      },
      schemaFingerprint: 'f',
      fields: fields.map(({ name, type, nullable }) => ({ name, type, nullable })),
      key: ['id'],
      files: staged.files.map((file) => ({ ...file, path: file.path.slice(staged.folder.length + 1) })),
      deletedKeys: [],
      rows: 2,
      rowsSent: 2,
      bytesReceived: 2,
      rejected: 0,
      position: {},
      highMark: null,
      previousRunId: null,
    };
    expect(await readManifest(staged.folder, { verifyChecksums: true })).toBeUndefined();
    await writeManifest(staged.folder, manifest);
    expect(await readManifest(staged.folder, { verifyChecksums: true })).toEqual(manifest);
    expect(resolveFiles(staged.folder, manifest.files)).toEqual(staged.files);

    const path = staged.files[0]?.path as string;
    const bytes = await import('node:fs/promises').then((fs) => fs.readFile(path));
    const flip = async () => {
      bytes[40] = (bytes[40] as number) ^ 1;
      await writeFile(path, bytes);
    };
    await flip();
    await utimes(path, new Date(0), new Date(0));
    await expect(readManifest(staged.folder, { verifyChecksums: true })).rejects.toMatchObject({
      code: 'checksumMismatch',
    });
    expect(await readManifest(staged.folder, { verifyChecksums: false })).toEqual(manifest);
    const later = new Date(Date.now() + 60_000);
    await utimes(path, later, later);
    await expect(readManifest(staged.folder, { verifyChecksums: false })).rejects.toThrow(
      `The staged file ${path} holds other bytes than its manifest says (sha-256).`,
    );
    await flip();
    await utimes(path, later, later);
    expect(await readManifest(staged.folder, { verifyChecksums: false })).toEqual(manifest);
    await writeFile(join(staged.folder, 'manifest.json'), '{"version":1');
    await expect(readManifest(staged.folder, { verifyChecksums: false })).rejects.toMatchObject({
      code: 'manifestInvalid',
    });
  });
});

describe('the staged reader', () => {
  it('gives values and delimited text that say everything', async () => {
    const fields = fieldsOf({ text: { kind: 'string' }, bytes: { kind: 'bytes' } });
    const cells: Row[] = [
      ['a"b,c\nd\\e', 'x'],
      ['', ''],
      [null, null],
      ['\ufeffNULL', 'é'],
    ];
    const { files } = await stage(fields, cells);
    const reader = createStagedReader(database, join(folder, 'scratch'));
    const signal = new AbortController().signal;
    const rows = (
      await Array.fromAsync(reader.values(files[0] as StagedFile, ['text', 'bytes'], signal))
    ).flat();
    expect(
      rows.map(([text, bytes]) => [
        text,
        bytes === null ? null : Buffer.from(bytes as Uint8Array).toString(),
      ]),
    ).toEqual(cells);
    const format = { delimiter: ',', quote: '"', escape: '"', nullText: 'NULL' };
    const chunks = await Array.fromAsync(
      reader.delimited(files[0] as StagedFile, ['text', 'hex(bytes)'], format, signal),
    );
    expect(Buffer.concat(chunks).toString()).toBe(
      '"a""b,c\nd\\e","78"\n"",""\nNULL,NULL\n"\ufeffNULL","C3A9"\n',
    );
  });
});
