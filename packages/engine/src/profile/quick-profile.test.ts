import { join } from 'node:path';

import type { StagedFile } from '@millrace/connector-sdk';
import { temporaryFolder } from '@millrace/connector-sdk/testing';
import type { Field } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openStagingDatabase, type StagingDatabase } from '../stage/staging-database.ts';
import { quickProfile } from './quick-profile.ts';

const FIELDS: readonly Field[] = [
  { name: 'id', type: { kind: 'integer', bits: 64, signed: true }, nullable: false },
  { name: 'it\'s "total"', type: { kind: 'decimal', precision: 10, scale: 2 }, nullable: true },
  { name: 'ratio', type: { kind: 'float', bits: 64 }, nullable: true },
  { name: 'at', type: { kind: 'timestamp', timezone: false }, nullable: true },
  { name: 'note', type: { kind: 'string' }, nullable: true },
];

const folder = temporaryFolder('quick-profile');
let database: StagingDatabase;

beforeAll(async () => {
  database = await openStagingDatabase({ memoryBytes: 2 ** 28, threads: 2, scratchFolder: folder.path });
});

afterAll(() => {
  database.close();
  folder.remove();
});

/** `total` is 0 to 9 by turns, every fourth note is NULL, and one ratio is infinite. */
async function write(name: string, from: number, to: number): Promise<StagedFile> {
  const path = join(folder.path, `${name}.parquet`);
  await database.execute(
    `COPY (SELECT i AS id, (i % 10)::DECIMAL(10, 2) AS "it's ""total""", CASE WHEN i = 5 THEN 'inf'::DOUBLE ELSE 0.5 END AS ratio,
      TIMESTAMP '2026-01-01 00:00:00' + to_seconds(i) AS at, CASE WHEN i % 4 = 0 THEN NULL ELSE 'x' || i END AS note
      FROM range(${from}, ${to}) AS r(i)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 20480)`,
  );
  return { path, rows: to - from, sizeBytes: 0, sha256: '' };
}

describe('quickProfile', () => {
  it('counts everything of few rows', async () => {
    const profile = await quickProfile(database, [await write('few', 0, 100)], FIELDS);
    expect(profile).toMatchObject({ rows: '100', sampledRows: '100' });
    const [id, total, ratio, at, note] = profile.columns;
    expect(id).toMatchObject({ nulls: '0', min: '0', max: '99', mean: 49.5, distinct: { count: '100' } });
    expect(total).toMatchObject({ type: 'decimal(10, 2)', min: '0.00', max: '9.00', mean: 4.5 });
    expect(Number(total?.distinct?.count)).toBeLessThan(20);
    expect(note?.distinct).toBeNull();
    expect(ratio).toMatchObject({ mean: 0.5, deviation: 0 });
    expect(at).toMatchObject({ max: '2026-01-01 00:01:39', mean: null });
    expect(note).toMatchObject({ nulls: '25', min: null });
  });

  it('tells NULLs and ends of many rows exactly, and means from a part of them', async () => {
    const files = [await write('many-1', 0, 90_000), await write('many-2', 90_000, 200_000)];
    const profile = await quickProfile(database, files, FIELDS);
    expect(profile).toMatchObject({ rows: '200000', sampledRows: '4096' });
    const [id, total, , at, note] = profile.columns;
    expect(id).toMatchObject({ min: '0', max: '199999', distinct: { count: '200000', isExact: false } });
    expect(Math.abs((id?.mean ?? 0) - 100_000)).toBeLessThan(30_000);
    expect(total).toMatchObject({ min: '0.00', max: '9.00', nulls: '0' });
    expect(total?.mean).toBeCloseTo(4.5, 1);
    expect(at?.max).toBe('2026-01-03 07:33:19');
    expect(note).toMatchObject({ nulls: '50000' });
  });

  it('has nothing to tell of nothing', async () => {
    const profile = await quickProfile(database, [], FIELDS);
    expect(profile.rows).toBe('0');
    expect(profile.columns[0]).toMatchObject({ nulls: '0', min: null, mean: null });
  });
});
