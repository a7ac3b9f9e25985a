import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';

import { DuckDBInstance } from '@duckdb/node-api';
import {
  canonicalRows,
  type ParquetFile,
  type ReadResult,
  type RejectedRow,
  type SourcePosition,
} from '@millrace/connector-sdk';
import { temporaryFolder, type TemporaryFolder } from '@millrace/connector-sdk/testing';
import { formatLogicalType, type SourceTable } from '@millrace/spec';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { connector } from './connector.ts';

const { signal } = new AbortController();
let folder: TemporaryFolder;

beforeEach(() => {
  folder = temporaryFolder('files');
});
afterEach(() => folder.remove());

function put(path: string, content: string | Uint8Array): void {
  const target = join(folder.path, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
}

interface Read {
  readonly table: SourceTable;
  readonly rows: readonly (readonly (string | null)[])[];
  readonly rejected: readonly RejectedRow[];
  readonly parquet: readonly ParquetFile[];
  readonly result: ReadResult;
}

async function read(
  name: string,
  options: object = {},
  position: SourcePosition | null = null,
): Promise<Read> {
  const config = connector.config.parse({ root: folder.path, ...options });
  const source = await connector.openSource?.(config, signal);
  if (source === undefined) throw new Error('The connector has no source.');
  try {
    const [table] = await source.discover({ include: [name], exclude: [] }, signal);
    if (table === undefined) throw new Error(`${name} was not discovered`);
    const rows: (readonly (string | null)[])[] = [];
    const rejected: RejectedRow[] = [];
    const parquet: ParquetFile[] = [];
    const request = { table, fields: table.fields, cursor: null, position, scratchFolder: folder.path };
    const items = source.read(request, signal);
    for (;;) {
      const next = await items.next();
      if (next.done === true) return { table, rows, rejected, parquet, result: next.value };
      if (next.value.kind === 'parquet') parquet.push(next.value);
      else {
        rows.push(
          ...canonicalRows(
            next.value,
            table.fields.map((field) => field.type),
          ),
        );
        rejected.push(...next.value.rejected);
      }
    }
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

const columns = [
  { name: 'id', type: 'int64' },
  { name: 'note', type: 'string' },
];
const declared = (extra: object = {}) => ({ tables: { t: { path: 't*.csv*', columns, ...extra } } });
const types = (table: SourceTable) =>
  table.fields.map((field) => `${field.name} ${formatLogicalType(field.type)}`);

describe('a plan', () => {
  it('names the files that will be read and how they are written', async () => {
    for (let month = 1; month <= 7; month += 1) put(`orders/2024-0${month}.csv`, 'id;note\n1;x\n');
    const { table, result } = await read('orders');
    put('orders/2024-08.csv', 'id;note\n2;y\n');
    await using source = await connector.openSource?.(connector.config.parse({ root: folder.path }), signal);
    const request = { table, fields: table.fields, cursor: null, scratchFolder: folder.path };
    const dialect =
      'delimiter ";", quote ", escaped by doubling, with a header, NULL is an unquoted empty field, utf-8';
    const months = [1, 2, 3, 4, 5].map((month) => `orders/2024-0${month}.csv`).join(', ');
    expect(await source?.describeRead({ ...request, position: null }, signal)).toBe(
      `8 of 8 files of orders/* (csv) (${dialect}): ${months}, 3 more`,
    );
    expect(await source?.describeRead({ ...request, position: result.position }, signal)).toBe(
      `1 of 8 files of orders/* (csv) (${dialect}): orders/2024-08.csv`,
    );
  });
});

describe('discovery', () => {
  it('makes one table of the files of a folder, and one per name elsewhere', async () => {
    put('orders/2024-01.csv', 'id\n1\n');
    put('orders/2024-02.csv.gz', gzipSync('id\n2\n'));
    put('shop/customers_1.csv', 'id\n1\n');
    put('shop/products_1.csv', 'id\n1\n');
    put('people-2024-01-01.jsonl', '{"a":1}\n');
    put('readme.md', 'nothing');
    put('_tmp/x.csv', 'id\n1\n');
    const source = await connector.openSource?.(connector.config.parse({ root: folder.path }), signal);
    const tables = await source?.discover({ include: [], exclude: [] }, signal);
    expect(tables?.map((table) => table.table.name)).toEqual([
      'orders',
      'people',
      'shop_customers',
      'shop_products',
    ]);
    expect((await read('orders')).rows).toEqual([['1'], ['2']]);
    await source?.[Symbol.asyncDispose]();
  });

  it('detects dialect and types without guessing beyond the evidence', async () => {
    put(
      't.csv',
      `zip;amount;day;at;ok;n;mixed;none\n01234;1.50;2024-01-31;2024-01-31T10:00:00Z;true;9007199254740993;1\n`.replace(
        ';1\n',
        ';1;\n',
      ) + `"99999";-20.25;2024-02-29;2024-01-31T10:00:00+02:00;FALSE;-1;"a ""b"";\nc";\n`,
    );
    const { table, rows } = await read('t');
    expect(types(table)).toEqual([
      'zip string',
      'amount decimal(38, 2)',
      'day date',
      'at timestamptz',
      'ok boolean',
      'n int64',
      'mixed string',
      'none string',
    ]);
    expect(table.notes.join('\n')).toContain('delimiter ";", quote ", escaped by doubling, with a header');
    expect(rows).toEqual([
      ['01234', '1.50', '2024-01-31', '2024-01-31 10:00:00.000000', '1', '9007199254740993', '1', null],
      ['99999', '-20.25', '2024-02-29', '2024-01-31 08:00:00.000000', '0', '-1', 'a "b";\nc', null],
    ]);
  });

  it('reads a file that has only a header as a table without rows', async () => {
    put('t.csv', 'id,note');
    const { table, rows } = await read('t');
    expect(types(table)).toEqual(['id string', 'note string']);
    expect(rows).toEqual([]);
  });

  it('says that a table without any content has unknown columns', async () => {
    put('t.csv', '');
    await expect(read('t')).rejects.toMatchObject({
      code: 'configInvalid',
      message: expect.stringContaining('only empty files'),
    });
    const elsewhere = { tables: { t: { path: 'nowhere/*.csv' } } };
    await expect(read('t', elsewhere)).rejects.toMatchObject({
      code: 'tableMissing',
      message: expect.stringContaining('matches no file'),
    });
  });

  it('tells a file without a header', async () => {
    put('t.csv', '1,a\n2,b\n');
    expect(types((await read('t')).table)).toEqual(['column_1 int64', 'column_2 string']);
  });

  it('refuses paths and links that leave the root', async () => {
    put('t.csv', 'id\n1\n');
    await expect(read('t', { tables: { t: { path: '../t.csv' } } })).rejects.toMatchObject({
      code: 'configInvalid',
    });
    symlinkSync('/etc/hostname', join(folder.path, 'leak.csv'));
    await expect(read('t')).rejects.toMatchObject({
      code: 'permissionDenied',
      message: expect.stringContaining('leak.csv'),
    });
  });
});

describe('csv that breaks its dialect', () => {
  const cases: readonly [name: string, content: string, line: number, message: string][] = [
    ['an extra delimiter', 'id,note\n1,a\n2,b,c\n3,d\n', 3, 'the record has 3 fields instead of 2'],
    ['a missing field', 'id,note\n1,a\n2\n3,d\n', 3, 'the record has 1 field instead of 2'],
    ['a bare quote', 'id,note\n1,a\n2,b"c\n3,d\n', 3, 'a quote inside field 2'],
    [
      'text behind a closing quote',
      'id,note\n1,a\n2,"b"c\n3,d\n',
      3,
      'text behind the closing quote of field 2',
    ],
    ['an unterminated quote', 'id,note\n1,a\n2,"b\n3,d\n', 3, 'the quote that opens field 2 is never closed'],
    ['a lone carriage return', 'id,note\n1,a\n2,b\rc\n3,d\n', 3, 'a carriage return without a line feed'],
    ['an empty line between records', 'id,note\n1,a\n\n3,d\n', 3, 'the line is empty'],
    ['a ragged last line', 'id,note\n1,a\n3,d\n2', 4, 'the record has 1 field instead of 2'],
  ];
  it.each(cases)('%s stops the load, naming file and line', async (_, content, line, message) => {
    put('t.csv', content);
    await expect(read('t', declared())).rejects.toMatchObject({
      code: 'fileMalformed',
      blame: 'source',
      message: expect.stringContaining(`t.csv:${line}: ${message}`),
    });
  });

  it.each(cases)(
    '%s is quarantined when asked, and no other record is touched',
    async (_, content, line, message) => {
      put('t.csv', content);
      const { rows, rejected, result } = await read('t', declared({ onMalformed: 'quarantine' }));
      expect(rows).toEqual([
        ['1', 'a'],
        ['3', 'd'],
      ]);
      expect(rejected).toHaveLength(1);
      expect(rejected[0]).toMatchObject({
        column: null,
        origin: `t.csv:${line}`,
        reason: expect.stringContaining(message),
      });
      expect(result.rowsSent).toBe(3);
    },
  );

  it.each([
    ['another header', 'id,remark\n1,a\n', 't.csv:1: its header is id, remark instead of id, note'],
    ['columns in another order', 'note,id\na,1\n', 't.csv:1: its header is note, id instead of id, note'],
    ['no header at all', '', 't.csv: it has no header'],
  ])('%s stops even a lenient load: the whole file would shift', async (_, content, message) => {
    put('t.csv', content);
    const options = declared({ onMalformed: 'quarantine', dialect: { header: true } });
    await expect(read('t', options)).rejects.toMatchObject({ message: expect.stringContaining(message) });
  });

  it('names a header with a name twice or without one', async () => {
    put('t.csv', 'id,id\n1,2\n');
    await expect(read('t', { tables: { t: { path: 't.csv', dialect: { header: true } } } })).rejects.toThrow(
      'names id twice',
    );
    put('t.csv', 'id,\n1,2\n');
    await expect(read('t', { tables: { t: { path: 't.csv', dialect: { header: true } } } })).rejects.toThrow(
      'without a name',
    );
  });

  it('quarantines values that do not fit, never makes them NULL', async () => {
    put(
      't.csv',
      Buffer.concat([
        Buffer.from('id,note\n1,a\nx,b\n,c\n4,'),
        Buffer.from([0xff]),
        Buffer.from('\n9223372036854775808,e\n'),
      ]),
    );
    const { rows, rejected } = await read('t', declared());
    expect(rows).toEqual([
      ['1', 'a'],
      [null, 'c'],
    ]);
    expect(rejected.map((row) => [row.origin, row.column])).toEqual([
      ['t.csv:3', 'id'],
      ['t.csv:5', 'note'],
      ['t.csv:6', 'id'],
    ]);
    expect(rejected[1]?.cells[1]).toEqual(Uint8Array.of(0xff));
  });
});

describe('csv', () => {
  it('tells NULL from the empty text, and keeps what quotes protect', async () => {
    put('t.csv', '\uFEFFid,note\r\n1,\r\n2,""\n3,"a,""b""\r\n\n c"\r\n4, padded \r\n5,a\0b\r\n\r\n\n');
    const { rows } = await read('t', declared());
    expect(rows).toEqual([
      ['1', null],
      ['2', ''],
      ['3', 'a,"b"\r\n\n c'],
      ['4', ' padded '],
      ['5', 'a\0b'],
    ]);
  });

  it('reads declared dialects and encodings', async () => {
    put('t.csv', Buffer.from(`1|N/A\n2|'it\\'s \\\\'\n3|caf\u00e9\n`, 'latin1'));
    const dialect = {
      delimiter: '|',
      quote: "'",
      escape: '\\',
      header: false,
      nullText: 'N/A',
      encoding: 'latin1',
    };
    expect((await read('t', declared({ dialect }))).rows).toEqual([
      ['1', null],
      ['2', "it's \\"],
      ['3', 'café'],
    ]);
    put('t.csv', Buffer.from('\uFEFFid,note\n1,😀\n', 'utf16le'));
    expect((await read('t', declared())).rows).toEqual([['1', '😀']]);
  });

  it('reads packed files, and refuses damaged and exploding ones', async () => {
    put('t.csv.gz', Buffer.concat([gzipSync('id,note\n1,a\n'), gzipSync('2,b\n')]));
    expect((await read('t', declared())).rows).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ]);
    put('t.csv.gz', gzipSync(`id,note\n${'1,abc\n'.repeat(5000)}`).subarray(0, 60));
    await expect(read('t', declared())).rejects.toMatchObject({ code: 'fileMalformed' });
    put('t.csv.gz', gzipSync(`id,note\n1,"${'a'.repeat(40_000_000)}"\n`));
    await expect(read('t', declared())).rejects.toThrow('expands to more than 100 times');
  });

  it('reads zstd', async () => {
    put('t.csv.zst', zstdCompressSync('id,note\n1,a\n'));
    expect((await read('t', declared())).rows).toEqual([['1', 'a']]);
    put('t.csv.zst', zstdCompressSync(`id,note\n${'1,abc\n'.repeat(5000)}`).subarray(0, 20));
    await expect(read('t', declared())).rejects.toMatchObject({ code: 'fileMalformed' });
  });

  it('reads a field of 10 MB across many chunks', async () => {
    const long = 'x"y\n'.repeat(2_500_000);
    put('t.csv', `id,note\n1,"${long.replaceAll('"', '""')}"\n2,b\n`);
    const { rows } = await read('t', declared());
    expect(rows[0]?.[1] === long).toBe(true);
    expect(rows[1]).toEqual(['2', 'b']);
    await expect(read('t', { ...declared(), maxRecordBytes: 4096 })).rejects.toThrow(
      't.csv:2: the record is longer than 4096 bytes',
    );
  });

  it('reads back exactly what an independent writer wrote', async () => {
    const cell = fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.string({
        unit: fc.constantFrom('"', ',', ';', '\n', '\r', '\\', "'", 'a', '\t', ' ', '\0', 'é', '😀'),
        maxLength: 12,
      }),
    );
    const style = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      escape: fc.constantFrom('"', '\\'),
      end: fc.constantFrom('\n', '\r\n'),
      hasFinalEnd: fc.boolean(),
      quotesAll: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 30 }),
        style,
        async (table, how) => {
          const write = (value: string | null): string => {
            if (value === null) return '';
            const needsQuotes = how.quotesAll || value === '' || /["\r\n\\,;\t|]/.test(value);
            const escaped =
              how.escape === '"' ? value.replaceAll('"', '""') : value.replace(/[\\"]/g, '\\$&');
            return needsQuotes ? `"${escaped}"` : value;
          };
          const lines = [['a', 'b', 'c'], ...table].map((row) => row.map(write).join(how.delimiter));
          put('p/t.csv', lines.join(how.end) + (how.hasFinalEnd ? how.end : ''));
          const string = (name: string) => ({ name, type: 'string' });
          const options = {
            path: 'p/t.csv',
            columns: ['a', 'b', 'c'].map(string),
            dialect: { delimiter: how.delimiter, escape: how.escape },
          };
          const { rows, rejected } = await read('t', { tables: { t: options } });
          expect(rejected).toEqual([]);
          expect(rows).toEqual(table);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('never shifts a column: damage of one byte changes values or is refused, row by row', async () => {
    const records = Array.from({ length: 20 }, (_, index) => `${index},"n ${index}",x${index}`);
    const columnList = ['a', 'b', 'c'].map((name) => ({ name, type: name === 'a' ? 'int64' : 'string' }));
    const content = `a,b,c\n${records.join('\n')}\n`;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(content.length - 8),
        fc.constantFrom('"', ',', '\n', '\r', 'z'),
        async (at, byte) => {
          put('d/t.csv', content.slice(0, at + 7) + byte + content.slice(at + 7));
          const options = {
            path: 'd/t.csv',
            columns: columnList,
            dialect: { header: true, delimiter: ',' },
            onMalformed: 'quarantine',
          };
          const outcome = await read('t', { tables: { t: options } }).catch((error: unknown) => error);
          if (outcome instanceof Error) return expect(outcome.message).toContain('d/t.csv:');
          const { rows, rejected } = outcome as Read;
          // At most the damaged record and its neighbour may differ; all others are there, whole.
          const intact = records.filter((record) =>
            rows.some((row) => `${row[0]},"${row[1]}",${row[2]}` === record),
          );
          expect(intact.length).toBeGreaterThanOrEqual(18);
          expect(rows.length + rejected.length).toBeGreaterThanOrEqual(19);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('json lines', () => {
  it('keeps numbers and nested values as they stand', async () => {
    put(
      't.jsonl',
      '{"id":1,"big":9007199254740993,"amount":1.10,"doc":{"a":[1.0, 1e400]},"s":"caf\\u00e9\\n","day":"2024-01-31","mixed":1,"ok":true}\r\n\n{"mixed":"x","id":2,"big":null,"amount":2.20,"doc":[],"s":"","ok":false}',
    );
    const { table, rows } = await read('t');
    expect(types(table)).toEqual([
      'id int64',
      'big int64',
      'amount decimal(38, 2)',
      'doc json',
      's string',
      'day date',
      'mixed json',
      'ok boolean',
    ]);
    expect(rows).toEqual([
      ['1', '9007199254740993', '1.10', '{"a":[1.0, 1e400]}', 'café\n', '2024-01-31', '1', '1'],
      ['2', null, '2.20', '[]', '', null, '"x"', '0'],
    ]);
  });

  it.each([
    ['a name twice', '{"id":1,"id":2}', 'the name "id" is there twice'],
    ['broken JSON', '{"id":1,}', 'a name is missing'],
    ['no object', '[1]', 'the line is not a JSON object'],
    ['nesting that is too deep', `{"doc":${'['.repeat(100_000)}`, 'nested deeper than 64 levels'],
    ['an unknown name', '{"id":1,"extra":2}', 'the object has "extra", which is not among the columns'],
    ['a truncated line', '{"id":1,"note":"ab', 'the string of "note" is never closed'],
    ['a bad number', '{"id":01}', 'the value of "id" is not JSON'],
    ['broken nesting', '{"doc":[1,}]}', 'is not JSON'],
  ])('refuses %s, naming the line', async (_, line, message) => {
    put('t.jsonl', `{"id":1}\n${line}\n{"id":3}\n`);
    const list = [
      { name: 'id', type: 'int64' },
      { name: 'doc', type: 'json' },
      { name: 'note', type: 'string' },
    ];
    const options = { path: 't.jsonl', columns: list };
    await expect(read('t', { tables: { t: options } })).rejects.toThrow(
      `t.jsonl:2: ${message === 'is not JSON' ? 'the value of "doc" is not JSON' : ''}`,
    );
    const { rows, rejected } = await read('t', { tables: { t: { ...options, onMalformed: 'quarantine' } } });
    expect(rows).toEqual([
      ['1', null, null],
      ['3', null, null],
    ]);
    expect(rejected[0]?.reason).toContain(message);
  });

  it('quarantines values of another kind', async () => {
    put('t.jsonl', '{"id":1.5}\n{"id":true}\n{"id":"\\ud800"}\n{"id":"7"}\n');
    const { rows, rejected } = await read('t', {
      tables: { t: { path: 't.jsonl', columns: [{ name: 'id', type: 'int64' }] } },
    });
    expect(rows).toEqual([['7']]);
    expect(rejected.map((row) => row.origin)).toEqual(['t.jsonl:1', 't.jsonl:2', 't.jsonl:3']);
  });
});

describe('parquet', () => {
  it('hands files over whole with their schema', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    mkdirSync(join(folder.path, 'p'));
    await connection.run(
      `COPY (SELECT i::UBIGINT AS id, 1.5::DECIMAL(10,2) AS d, [1] AS l, NULL::TIMESTAMPTZ AS at, 'x'::BLOB AS b FROM range(5) t(i)) TO '${folder.path}/p/1.parquet'`,
    );
    connection.closeSync();
    const { table, parquet, result } = await read('p');
    expect(types(table)).toEqual(['id uint64', 'd decimal(10, 2)', 'l json', 'at timestamptz', 'b bytes']);
    expect(parquet).toEqual([
      { kind: 'parquet', path: join(folder.path, 'p/1.parquet'), rows: 5, isTemporary: false },
    ]);
    expect(result.rowsSent).toBe(5);
    put('p/2.parquet', 'PAR1 nonsense');
    await expect(read('p')).rejects.toMatchObject({
      code: 'fileMalformed',
      message: expect.stringContaining('p/2.parquet'),
    });
  });
});

describe('new files only', () => {
  it('reads each file once and says when a loaded one changed', async () => {
    put('t-1.csv', 'id,note\n1,a\n');
    const first = await read('t', declared());
    put('t-2.csv', 'id,note\n2,b\n');
    const second = await read('t', declared(), first.result.position);
    expect(second.rows).toEqual([['2', 'b']]);
    const third = await read('t', declared(), JSON.parse(JSON.stringify(second.result.position)));
    expect(third.rows).toEqual([]);
    expect(third.result.rowsSent).toBe(0);
    put('t-1.csv', 'id,note\n1,a\n3,c\n');
    await expect(read('t', declared(), third.result.position)).rejects.toMatchObject({
      code: 'positionLost',
      message: expect.stringContaining('t-1.csv changed after it was loaded into t'),
    });
  });
});
