import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Field, LogicalType } from '@millrace/spec';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { openStagingDatabase, StagingDatabase } from '../stage/staging-database.ts';
import { checkCode } from './check-code.ts';
import { runCode, type RunCodeOptions } from './run-code.ts';
import { unpackOrigins } from './unpack-batch.ts';

const INT: LogicalType = { kind: 'integer', bits: 32, signed: true };
const TEXT: LogicalType = { kind: 'string' };
const field = (name: string, type: LogicalType, nullable = true): Field => ({ name, type, nullable });
const ID = field('id', INT, false);
const NAME = field('name', TEXT);
const PRICE = field('price', { kind: 'decimal', precision: 30, scale: 2 });
const MADE = field('made', TEXT);
/** Long, short and missing text, in several batches. */
const INPUT = `SELECT range::INTEGER AS id, CASE WHEN range % 7 <> 0 THEN repeat('é' || range, (range % 30)::INTEGER) END AS name, CASE WHEN range % 5 <> 0 THEN (range / 4)::DECIMAL(30, 2) END AS price FROM range(40000)`;

let folder: string;
let database: StagingDatabase;
let runs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-stream-'));
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

/** What the code makes of the input, beside the columns of its row. */
async function run(source: string, options: Partial<RunCodeOptions> = {}) {
  runs += 1;
  const result = await runCode(
    {
      database,
      folder: join(folder, `run-${runs}`),
      step: 'clean',
      fileName: 'transforms/clean.ts',
      mode: 'rows',
      limits: { memoryBytes: 2 ** 27, timeoutMs: 20_000 },
      source,
      inputSql: INPUT,
      inputFields: [ID],
      keyFields: [ID],
      outputFields: [MADE],
      resultFields: [ID, NAME, MADE, PRICE],
      ...options,
    },
    new AbortController().signal,
  );
  return StagingDatabase.parquetOf(result.files.map(({ path }) => path));
}

async function expectRows(actual: string, expected: string): Promise<void> {
  const [counts] = await database.query(
    `SELECT (SELECT count(*) FROM ${actual})::VARCHAR AS came, (SELECT count(*) FROM (${expected}))::VARCHAR AS wanted, (SELECT count(*) FROM (FROM ${actual} EXCEPT ALL (${expected})))::VARCHAR AS others`,
  );
  expect(counts).toEqual({ came: counts?.['wanted'], wanted: counts?.['wanted'], others: '0' });
}

it('copies the other columns of a row beside what comes of it', async () => {
  const made = "CAST(id AS VARCHAR) || '!' AS made";
  await expectRows(
    await run('export default ({ id }) => ({ made: id + "!" })'),
    `SELECT id, name, ${made}, price FROM (${INPUT})`,
  );
  await expectRows(
    await run('export default ({ id }) => (id % 3 === 0 ? null : { made: id + "!" })'),
    `SELECT id, name, ${made}, price FROM (${INPUT}) WHERE id % 3 <> 0`,
  );
  await expectRows(
    await run('export default ({ id }) => Array.from({ length: id % 4 }, () => ({ made: id + "!" }))'),
    `SELECT id, name, ${made}, price FROM (${INPUT}), range((id % 4)::BIGINT)`,
  );
  await expectRows(
    await run('export default ({ id }) => ({ made: id.map((each) => each + "!") })', { mode: 'batches' }),
    `SELECT id, name, ${made}, price FROM (${INPUT})`,
  );
});

it('puts a column in the place of one with its name', async () => {
  const shouted = await run('export default ({ name }) => ({ name: name?.toUpperCase() ?? null })', {
    inputFields: [NAME],
    outputFields: [NAME],
    resultFields: [ID, NAME],
  });
  await expectRows(shouted, `SELECT id, upper(name) AS name FROM (${INPUT})`);
});

it('gives the function what it reads and nothing else', async () => {
  const made = await run('export default (row) => ({ made: Object.keys(row).join() })');
  expect(await database.query(`SELECT DISTINCT made FROM ${made}`)).toEqual([{ made: 'id' }]);
});

it('names rows by their key when it fails', async () => {
  const failing =
    'export default (row) => { if (row.id === 39999) throw new Error("last"); return { made: "" }; }';
  await expect(run(failing)).rejects.toThrow(/row 40000 of its input \(id 39999\): Error: last/);
  await expect(run(failing, { keyFields: [NAME, ID] })).rejects.toThrow(
    /row 40000 of its input \(name "(é39999)+", id 39999\)/,
  );
  await expect(run(failing, { keyFields: [PRICE] })).rejects.toThrow(/row 40000 of its input: Error/);
  await expect(
    run('export default (row) => [{ made: "" }, { made: "" }]', { isOnePerRow: true }),
  ).rejects.toThrow(/clean\.ts, row 1 of its input \(id 0\): it returned several rows for one/);
});

it('says that the other columns stay when one of them is returned', async () => {
  await expect(run('export default (row) => ({ ...row, made: "" })')).rejects.toThrow(
    /it returned a column "id" that the step does not declare; declared are made\. Leave it out, as the other columns/,
  );
});

it('tells an error in the rows that it is given from one of the code', async () => {
  const inputSql =
    "SELECT CAST(name AS INTEGER) AS id, name, NULL AS price FROM (VALUES ('1'), ('x')) AS t(name)";
  await expect(run('export default () => ({ made: "" })', { inputSql })).rejects.toMatchObject({
    code: 'valueUnrepresentable',
    message: expect.stringMatching(/^The rows of clean cannot be computed: .*'x'/),
  });
});

it('needs as many rows of a function over batches as it was given', async () => {
  await expect(run('export default () => ({ made: [] })', { mode: 'batches' })).rejects.toThrow(
    /rows 1 to \d+ of its input: it returned 0 rows for \d+, and the other columns/,
  );
  const none = await run('export default () => null', { mode: 'batches', inputSql: `${INPUT} LIMIT 0` });
  expect(none).toBe('read_parquet([])');
});

it('refuses origins that are no rows of the batch', () => {
  const column = (...values: number[]) => ({
    values: new Int32Array(values).buffer,
    valid: null,
    heap: null,
  });
  expect([...unpackOrigins(column(0, 0, 2), 3, 3)]).toEqual([0, 0, 2]);
  for (const wrong of [column(0, 3), column(1, 0), column(-1, 0), column(0)])
    expect(() => unpackOrigins(wrong, 2, 3)).toThrow(RangeError);
  expect(() => unpackOrigins(undefined, 2, 3)).toThrow(RangeError);
});

it('tells what is wrong with code before there are rows', async () => {
  expect(await checkCode('export default (row: { id: bigint }) => row satisfies object')).toBeNull();
  expect(await checkCode('let a = 1;\nlet a = 2;')).toMatchObject({ line: 2, column: 5 });
  expect(await checkCode('export default 5')).toEqual({
    message: expect.stringContaining('Write export default function'),
    line: null,
    column: null,
  });
});
