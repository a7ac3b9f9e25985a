import { DuckDBInstance } from '@duckdb/node-api';
import { compileChecks, type CheckPlan } from '@millrace/compiler';
import type { CheckItem, Field } from '@millrace/spec';
import { duckdbDialect, parseDuckdbType, quoteIdentifier } from '@millrace/sql';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import { openSqlAnalyser } from '../sql-analysis/open-sql-analyser.ts';
import { readRows, textAt } from '../stage/read-rows.ts';
import { runChecks, type ChecksInput, type ChecksOutcome } from './run-checks.ts';

const analyser = await openSqlAnalyser();
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const signal = new AbortController().signal;
afterAll(async () => {
  connection.closeSync();
  await analyser[Symbol.asyncDispose]();
});

async function fieldsOf(sql: string): Promise<readonly Field[]> {
  const columns = await readRows(connection, `DESCRIBE ${sql}`, signal);
  return columns.map((column) => {
    const type = parseDuckdbType(textAt(column, 'column_type'));
    if (type === undefined) throw new Error(`No logical type holds ${textAt(column, 'column_type')}.`);
    return { name: textAt(column, 'column_name'), type, nullable: true };
  });
}

async function plan(fields: readonly Field[], checks: readonly CheckItem[]): Promise<CheckPlan> {
  return compileChecks({
    relation: { ref: 'rows', fields, key: [] },
    others: new Map(),
    checks,
    path: [],
    sql: analyser,
    quarantine: { maxRows: 1_000_000, maxShare: 1 },
    compilation: {
      report: (code, params) => {
        throw new Error(`${code}: ${JSON.stringify(params)}`);
      },
    },
  });
}

async function check(
  sql: string,
  checks: readonly CheckItem[],
  more: Partial<ChecksInput> = {},
): Promise<ChecksOutcome> {
  const fields = await fieldsOf(sql);
  const input = {
    plan: await plan(fields, checks),
    relations: new Map([['rows', `(${sql})`]]),
    fields,
    history: new Map(),
    now: 0n,
    ...more,
  };
  return runChecks(connection, input, signal);
}

const NAMES = [
  'select',
  'a"b',
  "it's",
  'line\nbreak',
  'größe 😀',
  '__proto__',
  'constructor',
  'm1',
  'rows',
  'times',
];

describe('runChecks', () => {
  it('takes any name of a column', async () => {
    const quoted = NAMES.map((name) => quoteIdentifier(duckdbDialect, name));
    const sql = `SELECT * FROM (VALUES (${NAMES.map(() => "'x'").join(', ')}), (${NAMES.map(() => 'NULL').join(', ')}), (${NAMES.map(() => "'y'").join(', ')})) AS t(${quoted.join(', ')})`;
    for (const column of NAMES) {
      const { results, split } = await check(sql, [
        { notNull: { columns: [column] } },
        { unique: { columns: [column] } },
        { accepted: { column, values: ['x'], onFailure: 'quarantine' } },
        { length: { column, max: 1 } },
        { pattern: { column, regex: '[xy]' } },
        { type: { column, is: 'json', onFailure: 'warn' } },
        { relationship: { columns: [column], to: { step: 'rows', columns: [column] } } },
        { distribution: { column, measure: 'distinctShare', max: 1 } },
      ]);
      expect(results.map(({ status, failingRows }) => [status, failingRows])).toEqual([
        ['failed', '1'],
        ['passed', '0'],
        ['failed', '1'],
        ['passed', '0'],
        ['passed', '0'],
        ['warned', '2'],
        ['passed', '0'],
        ['passed', null],
      ]);
      expect(Object.entries(results[2]?.examples[0] ?? {})).toEqual([[column, 'y']]);
      expect(await readRows(connection, split?.passing ?? '', signal)).toHaveLength(2);
    }
  });

  it('parts rows so that none is lost and none is twice, whatever they hold', async () => {
    const value = fc.oneof(fc.constant('NULL'), fc.integer({ min: -3, max: 3 }).map(String));
    const text = fc.constantFrom('NULL', "'a'", "'bb'", "''", "'1'");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(value, text), { maxLength: 12 }),
        fc.subarray<CheckItem>(
          [
            { notNull: { columns: ['number'], onFailure: 'quarantine' } },
            { range: { column: 'number', min: 0, onFailure: 'quarantine' } },
            { accepted: { column: 'text', values: ['a', ''], onFailure: 'quarantine' } },
            { expression: { condition: 'number > length(text)', onFailure: 'quarantine' } },
            { type: { column: 'text', is: 'int8', onFailure: 'quarantine' } },
            {
              relationship: {
                columns: ['number'],
                to: { step: 'rows', columns: ['place'] },
                onFailure: 'quarantine',
              },
            },
          ],
          { minLength: 1 },
        ),
        async (cells, checks) => {
          const values = cells.map(([number, word], place) => `(${place}, ${number}, ${word})`);
          const sql = `SELECT place::INTEGER AS place, number::INTEGER AS number, text::VARCHAR AS text FROM (VALUES (0, 0, '')${values.map((row) => `, ${row}`).join('')}) AS t(place, number, text) OFFSET 1`;
          const { results, split } = await check(sql, checks);
          const failing = split === null ? [] : await readRows(connection, split.failing, signal);
          const passing = await readRows(connection, split?.passing ?? sql, signal);
          const places = [...failing, ...passing].map((row) => Number(row['place']));
          expect(places.toSorted((left, right) => left - right)).toEqual(cells.map((_, place) => place));
          const named = failing.flatMap((row) => row['__millrace_checks']);
          for (const { name, failingRows } of results)
            expect(String(named.filter((entry) => entry === name).length)).toBe(failingRows);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('tells unique integers of any type and span from those that repeat', async () => {
    const integers: Readonly<Record<string, readonly string[]>> = {
      TINYINT: ['-128', '127'],
      UTINYINT: ['0', '255'],
      INTEGER: ['-2147483648', '2147483647'],
      BIGINT: ['-9223372036854775808', '-9223372036854775807', '9223372036854775807'],
      UBIGINT: ['18446744073709551615', '18446744073709551614'],
    };
    for (const [type, values] of Object.entries(integers)) {
      const sql = (list: readonly string[]): string =>
        `SELECT unnest([${list.map((value) => `'${value}'::${type}`).join(', ')}, NULL]) AS v`;
      const checks: readonly CheckItem[] = [
        { unique: { columns: ['v'] } },
        { distribution: { column: 'v', measure: 'distinctShare', min: 0 } },
      ];
      const different = await check(sql(values), checks);
      expect(different.results.map(({ measure }) => measure)).toEqual([0, 1]);
      const repeated = await check(sql([...values, values[0] ?? '', values[0] ?? '']), checks);
      expect(repeated.results.map(({ measure }) => measure)).toEqual([
        3,
        values.length / (values.length + 2),
      ]);
    }
    const none = await check('SELECT NULL::BIGINT AS v', [{ unique: { columns: ['v'] } }]);
    expect(none.results[0]?.status).toBe('passed');
  });

  it('looks at changed rows where that is enough, and at all of them where it is not', async () => {
    const { results } = await check(
      'SELECT unnest([1, 1, -5]) AS id',
      [{ range: { column: 'id', min: 0 } }, { unique: { columns: ['id'] } }, { rowCount: { min: 3 } }],
      { changed: '(SELECT 1 AS id)' },
    );
    expect(results.map(({ status, failingRows }) => [status, failingRows])).toEqual([
      ['passed', '0'],
      ['failed', '2'],
      ['passed', null],
    ]);
  });

  it('checks no rows, and a million of them', async () => {
    const checks: readonly CheckItem[] = [
      { notNull: { columns: ['id', 'name'] } },
      { unique: { columns: ['id'] } },
      { pattern: { column: 'name', regex: 'n\\d+', onFailure: 'quarantine' } },
      { expression: { condition: 'id >= 0' } },
    ];
    const sql = `SELECT i AS id, CASE WHEN i % 100000 = 7 THEN 'x' || i ELSE 'n' || i END AS name FROM range(1000000) AS t(i)`;
    const none = await check(`${sql} LIMIT 0`, checks);
    expect(none.results.map(({ status }) => status)).toEqual(['passed', 'passed', 'passed', 'passed']);
    const million = await check(sql, checks);
    expect(million.results.map(({ failingRows }) => failingRows)).toEqual(['0', '0', '10', '0']);
    expect(million.results[2]?.message).toBe(
      "rows.name does not match n\\d+ in 10 of 1,000,000 rows (e.g. 'x7', 'x100007', 'x200007'). These rows are set aside; the rest goes on.",
    );
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    const running = runChecks(
      connection,
      {
        plan: await plan(
          [{ name: 'v', type: { kind: 'string' }, nullable: true }],
          [{ pattern: { column: 'v', regex: '(a|b)*' } }],
        ),
        relations: new Map([['rows', '(SELECT hash(i)::VARCHAR AS v FROM range(1000000000) AS t(i))']]),
        fields: [],
        history: new Map(),
        now: 0n,
      },
      controller.signal,
    );
    setTimeout(() => controller.abort(), 50);
    await expect(running).rejects.toThrow();
  });

  it('leaves errors of the machine to the run', async () => {
    const input = {
      plan: await plan([{ name: 'v', type: { kind: 'string' }, nullable: true }], [{ rowCount: { min: 1 } }]),
      relations: new Map([['rows', "read_parquet('nowhere.parquet')"]]),
      fields: [],
      history: new Map(),
      now: 0n,
    };
    await expect(runChecks(connection, input, signal)).rejects.toThrow(/nowhere/);
  });
});
