import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Field, LogicalType } from '@millrace/spec';
import { duckdbType } from '@millrace/sql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openStagingDatabase, StagingDatabase } from '../stage/staging-database.ts';
import { type CodeResult, runCode, type RunCodeOptions } from './run-code.ts';

const INT: LogicalType = { kind: 'integer', bits: 32, signed: true };
const TEXT: LogicalType = { kind: 'string' };
const signal = new AbortController().signal;

let folder: string;
let database: StagingDatabase;
let runs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-code-'));
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

const field = (name: string, type: LogicalType, nullable = true): Field => ({ name, type, nullable });

function run(
  source: string,
  inputSql: string,
  inputFields: readonly Field[],
  outputFields: readonly Field[],
  options: Partial<RunCodeOptions> = {},
): Promise<CodeResult> {
  runs += 1;
  return runCode(
    {
      database,
      folder: join(folder, `run-${runs}`),
      step: 'clean',
      fileName: 'transforms/clean.ts',
      mode: 'rows',
      limits: { memoryBytes: 2 ** 27, timeoutMs: 20_000 },
      source,
      inputSql,
      inputFields,
      outputFields,
      ...options,
    },
    signal,
  );
}

function read(result: CodeResult, select: string) {
  return database.query(
    `SELECT ${select} FROM ${StagingDatabase.parquetOf(result.files.map((file) => file.path))}`,
  );
}

const EVERY_TYPE: Readonly<Record<string, { type: LogicalType; values: readonly string[] }>> = {
  bool: { type: { kind: 'boolean' }, values: ['true', 'false'] },
  i8: { type: { kind: 'integer', bits: 8, signed: true }, values: ['-128', '127'] },
  u8: { type: { kind: 'integer', bits: 8, signed: false }, values: ['0', '255'] },
  i16: { type: { kind: 'integer', bits: 16, signed: true }, values: ['-32768', '32767'] },
  u16: { type: { kind: 'integer', bits: 16, signed: false }, values: ['0', '65535'] },
  i32: { type: INT, values: ['-2147483648', '2147483647'] },
  u32: { type: { kind: 'integer', bits: 32, signed: false }, values: ['0', '4294967295'] },
  i64: {
    type: { kind: 'integer', bits: 64, signed: true },
    values: ['-9223372036854775808', '9223372036854775807', '9007199254740993'],
  },
  u64: { type: { kind: 'integer', bits: 64, signed: false }, values: ['0', '18446744073709551615'] },
  f32: { type: { kind: 'float', bits: 32 }, values: ["'-3.4028235e38'", "'nan'", "'1e-45'"] },
  f64: { type: { kind: 'float', bits: 64 }, values: ["'5e-324'", "'infinity'", '0.1'] },
  d4: { type: { kind: 'decimal', precision: 4, scale: 2 }, values: ['-99.99', '0.01'] },
  d9: { type: { kind: 'decimal', precision: 9, scale: 0 }, values: ['-999999999', '7'] },
  d18: { type: { kind: 'decimal', precision: 18, scale: 6 }, values: ['-999999999999.999999', '0.000001'] },
  d38: {
    type: { kind: 'decimal', precision: 38, scale: 10 },
    values: ["'-9999999999999999999999999999.9999999999'", "'1844674407370955.1616000001'", '-0.5'],
  },
  text: {
    type: TEXT,
    values: [
      "''",
      "'twelve bytes'",
      "'thirteen byte'",
      "'née 你好 🚀 and more'",
      "chr(65279) || 'mark' || chr(0) || 'end'",
    ],
  },
  json: { type: { kind: 'json' }, values: [`'{"a": 18446744073709551616}'`, "'null'"] },
  bytes: { type: { kind: 'bytes' }, values: ["'\\x00\\xFF'::BLOB", "repeat('ab', 40)::BLOB", "''::BLOB"] },
  uuid: {
    type: { kind: 'uuid' },
    values: ["'00000000-0000-0000-0000-000000000000'", "'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'"],
  },
  day: {
    type: { kind: 'date' },
    values: ["'2024-02-29'", "'0001-01-01'", "'infinity'", "'4713-01-01 (BC)'", "'5881580-07-10'"],
  },
  clock: { type: { kind: 'time' }, values: ["'24:00:00'", "'23:59:59.999999'"] },
  wall: {
    type: { kind: 'timestamp', timezone: false },
    values: [
      "'2024-02-29 13:05:00.000001'",
      "'-infinity'",
      "'294247-01-10 04:00:54.775806'",
      "'0044-03-15 (BC) 12:00:00'",
    ],
  },
  instant: {
    type: { kind: 'timestamp', timezone: true },
    values: ["'1969-12-31 23:59:59.999999+00'", "'infinity'", "'290000-01-01 00:00:00.000001+00'"],
  },
};

describe('values', () => {
  it.each(['rows', 'batches'] as const)(
    'pass through a function over a %s unchanged, in every type',
    async (mode) => {
      const fields = Object.entries(EVERY_TYPE).map(([name, { type }]) => field(name, type));
      const rows = Array.from({ length: 6 }, (_, row) =>
        Object.entries(EVERY_TYPE)
          .map(([name, { type, values }]) => {
            const value = row === 5 ? 'NULL' : (values[row % values.length] as string);
            return `CAST(${value} AS ${duckdbType(type)}) AS ${name}`;
          })
          .join(', '),
      );
      const sql = rows.map((row) => `SELECT ${row}`).join(' UNION ALL ');
      const source =
        mode === 'rows' ? 'export default (row) => ({ ...row })' : 'export default (columns) => columns';
      const result = await run(source, sql, fields, fields, { mode });
      const texts = fields.map(({ name, type }) =>
        type.kind === 'bytes'
          ? `hex(${name}) AS ${name}`
          : `hex(encode(CAST(${name} AS VARCHAR))) AS ${name}`,
      );
      const expected = await database.query(`SELECT ${texts.join(', ')} FROM (${sql})`);
      expect(await read(result, texts.join(', '))).toEqual(expected);
    },
  );

  it('look as documented', async () => {
    const fields = Object.entries(EVERY_TYPE).map(([name, { type }]) => field(name, type));
    const sql = `SELECT ${Object.entries(EVERY_TYPE)
      .map(([name, { type, values }]) => `CAST(${values.at(-1)} AS ${duckdbType(type)}) AS ${name}`)
      .join(', ')}`;
    const source = `export default (row, context) => ({
      text: Object.entries(row).map(([name, value]) => name + ' ' + (value instanceof Uint8Array ? 'bytes' : typeof value) + ' ' + String(value)).join('\\n'),
    })`;
    const [row] = await read(await run(source, sql, fields, [field('text', TEXT)]), 'text');
    expect(String(row?.['text']).split('\n')).toEqual(
      expect.arrayContaining([
        'bool boolean false',
        'i64 bigint 9007199254740993',
        'd38 string -0.5000000000',
        'd4 string 0.01',
        'uuid string f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
        'clock string 23:59:59.999999',
        'wall string -0043-03-15T12:00:00.000000',
        'instant string 290000-01-01T00:00:00.000001Z',
        'json string null',
        'day string 5881580-07-10',
      ]),
    );
  });

  it('of JSON keep big numbers through the helpers', async () => {
    const source =
      'export default (row, { parseJson, stringifyJson }) => ({ j: stringifyJson({ ...parseJson(row.j), b: 1.5 }) })';
    const fields = [field('j', { kind: 'json' })];
    const result = await run(source, `SELECT '{"a": 18446744073709551617}' AS j`, fields, fields);
    expect(await read(result, 'j')).toEqual([{ j: '{"a":18446744073709551617,"b":1.5}' }]);
  });
});

describe('rows', () => {
  const fields = [field('id', INT, false), field('name', TEXT)];

  it('are dropped, kept or multiplied', async () => {
    const source = `type Row = { id: number; name: string | null };
export default function (row: Row): Row | Row[] | null {
  if (row.id === 1) return null;
  if (row.id === 2) return [];
  return row.id === 3 ? [row, { ...row, name: 'again' }] : row;
}`;
    const sql = "SELECT range::INTEGER AS id, 'n' || range AS name FROM range(1, 5)";
    const result = await run(source, sql, fields, fields);
    expect(result).toMatchObject({ inputRows: 4, outputRows: 3 });
    expect(await read(result, '*')).toEqual([
      { id: 3, name: 'n3' },
      { id: 3, name: 'again' },
      { id: 4, name: 'n4' },
    ]);
  });

  it('of an empty input make no file', async () => {
    const sql = "SELECT 1 AS id, 'a' AS name WHERE false";
    expect(await run('export default (row) => row', sql, fields, fields)).toEqual({
      inputRows: 0,
      outputRows: 0,
      files: [],
    });
  });

  it('keep hostile column names', async () => {
    const hostile = ['__proto__', 'constructor', 'a"b', "';--", 'né 🚀', 'toString', '${x}', '`'].map(
      (name) => field(name, INT),
    );
    const sql = `SELECT ${hostile.map(({ name }, index) => `${index} AS "${name.replaceAll('"', '""')}"`).join(', ')}`;
    for (const [mode, source] of [
      ['rows', 'export default (row) => { if (({}).x) throw 1; return row; }'],
      ['batches', 'export default (columns) => columns'],
    ] as const) {
      const columns = hostile.map(({ name }, index) => `"${name.replaceAll('"', '""')}" AS c${index}`);
      const [row] = await read(await run(source, sql, hostile, hostile, { mode }), columns.join(', '));
      expect(Object.values(row ?? {})).toEqual(hostile.map((_, index) => index));
    }
  });

  it('pass in many batches with long, short and missing text, and outputs larger than a part', async () => {
    const sql = `SELECT range::INTEGER AS id, CASE WHEN range % 7 = 0 THEN NULL ELSE repeat('é' || range, (range % 90)::INTEGER) END AS name FROM range(60000)`;
    const source = 'export default (row) => [row, { ...row, id: -row.id - 1 }]';
    const result = await run(source, sql, fields, fields);
    expect(result).toMatchObject({ inputRows: 60_000, outputRows: 120_000 });
    const sums = 'count(*) AS rows, sum(hash(id, name))::VARCHAR AS hashes';
    const [expected] = await database.query(
      `SELECT ${sums} FROM (SELECT * FROM (${sql}) UNION ALL SELECT -id - 1, name FROM (${sql}))`,
    );
    expect((await read(result, sums))[0]).toEqual(expected);
  });
});

describe('errors', () => {
  const fields = [field('id', INT, false), field('name', TEXT)];
  const sql = "SELECT range::INTEGER AS id, 'n' || range AS name FROM range(1, 40001)";
  const cases: readonly [name: string, source: string, code: string, message: RegExp][] = [
    [
      'a syntax error',
      'export default (row) => {\n  const x = ;\n}',
      'codeInvalid',
      /transforms\/clean\.ts:2:13: Expression expected/,
    ],
    [
      'an error that only JavaScript sees',
      'let a = 1;\nlet a = 2;',
      'codeInvalid',
      /clean\.ts:2:5: .*already been declared/,
    ],
    ['an enum', 'enum A { B }', 'codeInvalid', /clean\.ts:1:1: .*enum is not supported/],
    [
      'an import',
      "import fs from 'node:fs';\nexport default (row) => row",
      'codeInvalid',
      /clean\.ts:1:17: it imports "node:fs"/,
    ],
    ['no function', 'export default 5', 'codeInvalid', /no function as default export/],
    [
      'a throw in a late row',
      'export default (row: { id: number }) => {\n  if (row.id === 39999) throw new TypeError("odd row");\n  return row;\n}',
      'codeFailed',
      /^Step clean: transforms\/clean\.ts:2:31, row 39999 of its input: TypeError: odd row/,
    ],
    [
      'a property of null',
      'export default (row) => {\n  const gone = null;\n  return gone.x;\n}',
      'codeFailed',
      /clean\.ts:3:15, row 1 of .*Cannot read properties of null/,
    ],
    ['a throw at load', '\nthrow new Error("no")', 'codeFailed', /clean\.ts:2:7: Error: no\. Correct/],
    [
      'a value of another type',
      'export default (row) => ({ id: "1", name: null })',
      'codeFailed',
      /row 1 of its input: column "id" is "1"; it must be a whole number from -2147483648 to 2147483647/,
    ],
    [
      'a value out of range',
      'export default (row) => ({ id: row.id * 1e9, name: null })',
      'codeFailed',
      /row 3 of its input: column "id" is 3000000000/,
    ],
    [
      'NULL where none may be',
      'export default (row) => ({ id: null, name: null })',
      'codeFailed',
      /column "id" is null and is declared without NULL/,
    ],
    ['a column too few', 'export default (row) => ({ id: 1 })', 'codeFailed', /column "name" is undefined/],
    [
      'a column too many',
      'export default (row) => ({ ...row, total: 1 })',
      'codeFailed',
      /a column "total" that the step does not declare; declared are id, name/,
    ],
    [
      'half a character',
      'export default (row) => ({ ...row, name: "\\ud83d" })',
      'codeFailed',
      /toWellFormed/,
    ],
    [
      'a promise',
      'export default async (row) => row',
      'codeFailed',
      /it returned a promise.*cannot be async/,
    ],
    [
      'the clock',
      'export default (row) => ({ ...row, name: String(Date.now()) })',
      'codeFailed',
      /clean\.ts:1:54, .*Date\.now\(\) would give another result .* add the time as a column/,
    ],
    [
      'a date without a time',
      'export default (row) => ({ ...row, name: new Date().toISOString() })',
      'codeFailed',
      /new Date\(\) would give/,
    ],
    [
      'chance',
      'export default (row) => ({ ...row, id: Math.random() })',
      'codeFailed',
      /Math\.random\(\) would give/,
    ],
  ];

  it.each(cases)('say what is wrong with %s', async (_, source, code, message) => {
    await expect(run(source, sql, fields, fields)).rejects.toMatchObject({
      name: 'PipelineError',
      code,
      blame: 'config',
      message: expect.stringMatching(message),
    });
  });

  it('name the row that took too long', async () => {
    const source = 'export default (row) => { while (row.id === 20000); return row; }';
    const limits = { memoryBytes: 2 ** 26, timeoutMs: 1000 };
    await expect(run(source, sql, fields, fields, { limits })).rejects.toMatchObject({
      code: 'codeTimeout',
      message: expect.stringMatching(/row 20000 of its input: the function did not end within 1 s/),
    });
  });

  it('name the row that took too much memory', async () => {
    const source =
      'const kept = [];\nexport default (row) => { for (;;) kept.push(new Array(1000).fill(row)); }';
    const limits = { memoryBytes: 2 ** 25, timeoutMs: 30_000 };
    await expect(run(source, sql, fields, fields, { limits })).rejects.toMatchObject({
      code: 'codeOutOfMemory',
      message: expect.stringMatching(/row 1 of its input: the function needs more than 32 MiB/),
    });
  });

  it('end the sandbox when the run is cancelled', async () => {
    const abort = new AbortController();
    const source = 'export default (row) => { for (;;); }';
    const options = {
      database,
      folder: join(folder, 'cancelled'),
      step: 'clean',
      fileName: 'f.ts',
      mode: 'rows',
      limits: { memoryBytes: 2 ** 26, timeoutMs: 60_000 },
      source,
      inputSql: sql,
      inputFields: fields,
      outputFields: fields,
    } as const;
    const running = runCode(options, abort.signal);
    setTimeout(() => abort.abort(), 500);
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });
});

it('hands on what the code logs, with its row, in bounds and on one line', async () => {
  const lines: unknown[] = [];
  const fields = [field('id', INT, false)];
  const source = `console.warn('loaded');
export default (row) => { if (row.id < 300) console.log('row\\u001b[31m\\n', row, 5n, 'x'.repeat(5000)); return row; }`;
  await run(source, 'SELECT range::INTEGER AS id FROM range(1000)', fields, fields, {
    onLog: (record) => lines.push(record),
  });
  expect(lines).toHaveLength(102);
  expect(lines[0]).toEqual({ level: 'warn', step: 'clean', row: null, text: 'loaded' });
  expect(lines[2]).toMatchObject({
    level: 'info',
    row: 2,
    text: expect.stringMatching(/^row\\u001b\[31m\\n \{"id":1\} 5 x{900,1000}$/),
  });
  expect(lines.at(-1)).toMatchObject({ level: 'warn', text: expect.stringMatching(/^200 more lines/) });
});
