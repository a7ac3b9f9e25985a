import { DuckDBInstance } from '@duckdb/node-api';
import type { DatasetProfile } from '@millrace/compiler';
import type { Field } from '@millrace/spec';
import { duckdbDialect, parseDuckdbType, quoteIdentifier } from '@millrace/sql';
import { describe, expect, it } from 'vitest';

import { readRows, textAt } from '../stage/read-rows.ts';
import { profileDataset } from './profile-dataset.ts';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.run("SET TimeZone = 'UTC'");
const signal = new AbortController().signal;

async function profile(sql: string, exact: readonly string[] = []): Promise<DatasetProfile> {
  const described = await readRows(connection, `DESCRIBE ${sql}`, signal);
  const fields = described.map((column): Field => {
    const type = parseDuckdbType(textAt(column, 'column_type'));
    if (type === undefined) throw new Error(`No logical type holds ${textAt(column, 'column_type')}.`);
    return { name: textAt(column, 'column_name'), type, nullable: true };
  });
  return profileDataset(connection, { relation: `(${sql})`, fields, exact }, signal);
}

async function column(expression: string): Promise<DatasetProfile['columns'][number]> {
  const { columns } = await profile(`SELECT unnest(${expression}) AS v`);
  const [only] = columns;
  if (only === undefined) throw new Error('There is no column.');
  return only;
}

describe('profileDataset', () => {
  it('tells numbers', async () => {
    expect(await column('[1, 2, 2, NULL, 5]')).toEqual({
      name: 'v',
      type: 'int32',
      nulls: '1',
      nonFinite: null,
      distinct: { count: '3', isExact: true },
      min: '1',
      max: '5',
      mean: 2.5,
      deviation: Math.sqrt(3),
      quantiles: [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99].map((at) => ({
        at,
        value: at < 0.26 ? '1' : at < 0.76 ? '2' : '5',
      })),
      lengths: null,
      top: [
        { value: '2', share: 0.5 },
        { value: '1', share: 0.25 },
        { value: '5', share: 0.25 },
      ],
      shapes: [],
      histogram: {
        shares: [0.25, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.25],
      },
    });
  });

  it('keeps large and exact numbers', async () => {
    const large = await column('[18446744073709551615::UBIGINT, 0]');
    expect([large.min, large.max]).toEqual(['0', '18446744073709551615']);
    const exact = await column("['99999999999999999999999999999999999.999'::DECIMAL(38,3), '-0.001']");
    expect([exact.min, exact.max]).toEqual(['-0.001', '99999999999999999999999999999999999.999']);
  });

  it('passes over infinities and not-a-number, and counts them', async () => {
    const profiled = await column("['nan'::DOUBLE, 'infinity', '-infinity', NULL, 1, 3]");
    expect(profiled).toMatchObject({ nulls: '1', nonFinite: '3', min: '1.0', max: '3.0', mean: 2 });
    expect(await column("['nan'::DOUBLE, 'nan', 2]")).toMatchObject({ nonFinite: '2', max: '2.0', mean: 2 });
    expect(await column("['nan'::DOUBLE]")).toMatchObject({ nonFinite: '1', max: null, histogram: null });
    const days = await column("['infinity'::DATE, '2024-02-29', NULL]");
    expect(days).toMatchObject({ nulls: '1', nonFinite: '1', min: '2024-02-29', max: '2024-02-29' });
  });

  it('survives numbers whose squares are too large', async () => {
    const profiled = await column('[1e308::DOUBLE, -1e308, 0]');
    expect(profiled).toMatchObject({ nonFinite: '0', min: '-1e+308', max: '1e+308', deviation: null });
  });

  it('tells moments', async () => {
    const at = await column("[TIMESTAMPTZ '2024-01-01 00:00:00+00', '2024-01-01 12:00:00.000001+00']");
    expect(at).toMatchObject({ min: '2024-01-01 00:00:00+00', max: '2024-01-01 12:00:00.000001+00' });
    expect(at.histogram?.shares[0]).toBe(0.5);
    expect(await column("[TIME '00:00:00', '24:00:00']")).toMatchObject({ min: '00:00:00', max: '24:00:00' });
  });

  it('tells texts with their lengths and shapes', async () => {
    const skus = await column("['AB-12', 'AB-13', 'größe 😀', '', NULL]");
    expect(skus).toMatchObject({
      nulls: '1',
      lengths: { min: 0, mean: 4.25, max: 7 },
      shapes: [
        { value: 'AA-99', share: 0.5 },
        { value: '', share: 0.25 },
        { value: 'aaaaa 😀', share: 0.25 },
      ],
    });
  });

  it('tells what has no order', async () => {
    const { columns } = await profile(
      `SELECT * FROM (VALUES ('\\xFF\\x00'::BLOB, '{"a":1}'::JSON, '00000000-0000-0000-0000-000000000001'::UUID, true), (NULL, NULL, NULL, NULL)) AS t(raw, payload, uid, flag)`,
    );
    expect(columns.map(({ nulls, min, lengths }) => ({ nulls, min, lengths }))).toEqual([
      { nulls: '1', min: null, lengths: { min: 2, mean: 2, max: 2 } },
      { nulls: '1', min: null, lengths: { min: 7, mean: 7, max: 7 } },
      { nulls: '1', min: null, lengths: null },
      { nulls: '1', min: 'true', lengths: null },
    ]);
  });

  it('tells an empty dataset', async () => {
    const { rows, columns } = await profile(`SELECT 1 AS id, 'x' AS name, 1.5::DOUBLE AS ratio LIMIT 0`);
    expect(rows).toBe('0');
    for (const empty of columns)
      expect(empty).toMatchObject({
        nulls: '0',
        min: null,
        distinct: { count: '0', isExact: true },
        top: [],
        quantiles: [],
        histogram: null,
      });
  });

  it('takes any name', async () => {
    const names = [
      'select',
      'a"b',
      'line\nbreak',
      'größe 😀',
      '__proto__',
      'constructor',
      'c0',
      'is_drawn',
      'sample',
    ];
    const { columns } = await profile(
      `SELECT ${names.map((name, index) => `${index} AS ${quoteIdentifier(duckdbDialect, name)}`).join(', ')}`,
    );
    expect(columns.map(({ name, max }) => [name, max])).toEqual(
      names.map((name, index) => [name, String(index)]),
    );
  });

  it('counts a million rows exactly where asked, and estimates the rest within its bounds', async () => {
    const { rows, sampledRows, columns } = await profile(
      `SELECT i AS id, i % 1000 AS bucket, hash(i) % 100000 / 1000 AS ratio FROM range(1000000) AS t(i)`,
      ['id'],
    );
    expect(rows).toBe('1000000');
    expect(Math.abs(Number(sampledRows) - 32_768)).toBeLessThan(2000);
    const [id, bucket] = columns;
    expect(id?.distinct).toEqual({ count: '1000000', isExact: true });
    expect(Math.abs(Number(bucket?.distinct?.count) - 1000)).toBeLessThan(5);
    expect(id).toMatchObject({ min: '0', max: '999999', mean: 499_999.5 });
    for (const { at, value } of id?.quantiles ?? [])
      expect(Math.abs(Number(value) / 1_000_000 - at)).toBeLessThan(0.02);
    expect(id?.histogram?.shares.every((share) => Math.abs(share - 0.05) < 0.01)).toBe(true);
  });

  it('estimates different values whatever their frequencies are', async () => {
    const different = {
      most_are_one: [`if(i % 2 = 0, 'usual', 'v' || i)`, 500_001],
      rare: [`if(i % 100 = 0, i, i % 10)`, 10_010],
      pairs: ['i // 2', 500_000],
      thousands: ['hash(i // 200)', 5000],
      with_nulls: ['if(i % 3 = 0, NULL, i)', 666_666],
      all_null: ['NULL::INTEGER', 0],
    } as const;
    const { columns } = await profile(
      `SELECT ${Object.entries(different).map(([name, [sql]]) => `${sql} AS ${name}`)} FROM range(1000000) AS t(i)`,
    );
    for (const { name, distinct } of columns) {
      const [, count] = different[name as keyof typeof different];
      const error = Math.abs(Number(distinct?.count) - count) / Math.max(1, count);
      expect([name, distinct?.count, error < 0.06]).toEqual([name, distinct?.count, true]);
    }
  });

  it('stops when it is cancelled, and leaves nothing behind', async () => {
    const controller = new AbortController();
    const running = profileDataset(
      connection,
      {
        relation: '(SELECT hash(i)::VARCHAR AS v FROM range(100000000) AS t(i))',
        fields: [{ name: 'v', type: { kind: 'string' }, nullable: true }],
      },
      controller.signal,
    );
    setTimeout(() => controller.abort(), 50);
    await expect(running).rejects.toThrow();
    expect(
      await readRows(connection, "FROM duckdb_tables() WHERE table_name LIKE '%profile%'", signal),
    ).toEqual([]);
  });
});
