import { temporaryFolder } from '@millrace/connector-sdk/testing';
import type { LogicalType, SourceField } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openStagingDatabase, type StagingDatabase } from '../stage/staging-database.ts';
import { profileSample } from './profile-sample.ts';

let database: StagingDatabase;

beforeAll(async () => {
  const scratchFolder = temporaryFolder('profile-sample').path;
  database = await openStagingDatabase({ memoryBytes: 2 ** 28, threads: 1, scratchFolder });
});

afterAll(() => database.close());

const INTEGER: LogicalType = { kind: 'integer', bits: 64, signed: true };
const field = (name: string, type: LogicalType): SourceField => ({
  name,
  type,
  nullable: true,
  nativeType: type.kind,
});

async function profile(
  values: string,
  fields: readonly SourceField[],
  pairs: readonly (readonly [string, string])[] = [],
) {
  const table = database.uniqueName('profiled');
  const names = fields.map((_, index) => `c${index}`).join(', ');
  await database.execute(`CREATE TABLE ${table} AS SELECT * FROM (${values}) AS made(${names})`);
  return await profileSample(database, table, fields, pairs);
}

describe('profileSample', () => {
  it('counts, and finds extremes in the order of the type and values by frequency', async () => {
    const { rows, columns } = await profile(
      "VALUES (9::BIGINT, 'b'), (10, 'a'), (10, 'b'), (NULL, NULL), (9007199254740993, '🚲é')",
      [field('id', INTEGER), field('text', { kind: 'string' })],
    );
    expect(rows).toBe(5);
    expect(columns[0]).toMatchObject({
      name: 'id',
      nonNull: 4,
      distinct: 3,
      min: '9',
      max: '9007199254740993',
    });
    expect(columns[0]?.top[0]).toEqual({ value: '10', count: 2 });
    expect(columns[1]).toMatchObject({ nonNull: 4, distinct: 3, maxLength: 2, meanLength: 1.25 });
    expect(columns[1]?.values.toSorted()).toEqual(['a', 'b', '🚲é']);
  });

  it('describes a table without rows, and types without an order', async () => {
    const { columns } = await profile("SELECT CAST('{}' AS JSON), CAST('x' AS BLOB), 1::BIGINT WHERE false", [
      field('json', { kind: 'json' }),
      field('bytes', { kind: 'bytes' }),
      field('id', INTEGER),
    ]);
    for (const column of columns)
      expect(column).toMatchObject({
        nonNull: 0,
        distinct: 0,
        min: null,
        max: null,
        meanLength: null,
        top: [],
        values: [],
      });
    const [bytes] = (await profile("VALUES ('\\x00\\xFF'::BLOB)", [field('bytes', { kind: 'bytes' })]))
      .columns;
    expect(bytes).toMatchObject({ min: null, values: ['00FF'] });
  });

  it('cuts long values, and keeps the least hashes of many', async () => {
    const { columns } = await profile("SELECT i, repeat('x', 5000) || i FROM range(5000) AS r(i)", [
      field('id', INTEGER),
      field('text', { kind: 'string' }),
    ]);
    const [id, text] = columns;
    expect(text?.values.every((value) => value.length === 200)).toBe(true);
    expect(text?.maxLength).toBe(5004);
    expect(id?.distinct).toBe(5000);
    expect(id?.sketch.hashes).toHaveLength(2048);
    expect(id?.sketch.upTo).toBe(id?.sketch.hashes.at(-1));
    expect(id?.sketch.hashes).toEqual(id?.sketch.hashes.toSorted((left, right) => left - right));
  });

  it('puts equal values of different widths at the same place of a sketch', async () => {
    const small = await profile('SELECT i::TINYINT FROM range(50) AS r(i)', [
      field('a', { kind: 'integer', bits: 8, signed: true }),
    ]);
    const large = await profile('SELECT i::BIGINT FROM range(50) AS r(i)', [field('b', INTEGER)]);
    expect(small.columns[0]?.sketch.hashes).toEqual(large.columns[0]?.sketch.hashes);
  });

  it('compares columns row by row', async () => {
    const moment: LogicalType = { kind: 'timestamp', timezone: false };
    const { pairs } = await profile(
      "SELECT i, TIMESTAMP '2026-01-01' + to_days(i::INTEGER), TIMESTAMP '2026-01-01' + to_days(i::INTEGER + i::INTEGER % 2) FROM range(100) AS r(i)",
      [field('id', INTEGER), field('created_at', moment), field('updated_at', moment)],
      [
        ['updated_at', 'created_at'],
        ['updated_at', 'id'],
        ['updated_at', 'gone'],
      ],
    );
    expect(pairs).toHaveLength(2);
    expect(pairs[0]).toMatchObject({ rows: 100, less: 0, greater: 50 });
    expect(pairs[1]).toMatchObject({ less: 0, greater: 0 });
    expect(pairs[1]?.rankCorrelation).toBeGreaterThan(0.99);
  });
});
