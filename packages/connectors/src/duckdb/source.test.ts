import { join } from 'node:path';

import type { ParquetFile, ReadRequest, ReadResult, Source } from '@millrace/connector-sdk';
import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { afterAll, describe, expect, it } from 'vitest';

import { duckdbConfig } from './config.ts';
import { changeFile, noSignal, queryFile } from './harness/test-warehouse.ts';
import { openDuckdbSource } from './source.ts';

const folder = temporaryFolder('duckdb-source');
const config = duckdbConfig.parse({ path: join(folder.path, 'shop.duckdb') });
await changeFile(
  config,
  `CREATE SCHEMA "odd ""name";
  CREATE TABLE "odd ""name"."select" (id BIGINT NOT NULL, updated_at TIMESTAMP, "Ä 'x" HUGEINT, tags INTEGER[], amount DECIMAL(9,2));
  INSERT INTO "odd ""name"."select" SELECT i, TIMESTAMP '2026-01-01' + to_days(i::INTEGER), i * 170141183460469231731687303715884105, [i, NULL], i / 2 FROM range(5) r(i);
  CREATE VIEW recent AS SELECT * FROM "odd ""name"."select" WHERE id > 2;
  CREATE SCHEMA _millrace; CREATE TABLE _millrace.other (i INTEGER)`,
);
afterAll(() => folder.remove());

async function read(
  source: Source,
  request: Partial<ReadRequest> & Pick<ReadRequest, 'table'>,
): Promise<{ file: ParquetFile; result: ReadResult }> {
  const rows = source.read(
    { fields: request.table.fields, cursor: null, position: null, scratchFolder: folder.path, ...request },
    noSignal,
  );
  const first = await rows.next();
  const last = await rows.next();
  if (first.done === true || first.value.kind !== 'parquet' || last.done !== true)
    throw new Error('One file was expected.');
  return { file: first.value, result: last.value };
}

describe('source', () => {
  it('discovers tables and views with their types, and nothing of the system', async () => {
    await using source = await openDuckdbSource(config, noSignal);
    const tables = await source.discover({ include: [], exclude: [] }, noSignal);
    expect(tables.map(({ table, kind }) => [table.schema, table.name, kind])).toEqual([
      ['main', 'recent', 'view'],
      ['odd "name', 'select', 'table'],
    ]);
    expect(
      tables[1]?.fields.map(({ name, nativeType, type, nullable }) => [
        name,
        nativeType,
        type.kind,
        nullable,
      ]),
    ).toEqual([
      ['id', 'BIGINT', 'integer', false],
      ['updated_at', 'TIMESTAMP', 'timestamp', true],
      ["Ä 'x", 'HUGEINT', 'decimal', true],
      ['tags', 'INTEGER[]', 'json', true],
      ['amount', 'DECIMAL(9,2)', 'decimal', true],
    ]);
    expect(tables[1]?.cursorCandidates[0]).toMatchObject({ column: 'updated_at' });
  });

  it('reads all rows exactly into a file of the attempt', async () => {
    await using source = await openDuckdbSource(config, noSignal);
    const [, table] = await source.discover({ include: [], exclude: [] }, noSignal);
    if (table === undefined) throw new Error('The table was not found.');
    const { file, result } = await read(source, { table });
    expect(result).toMatchObject({ rowsSent: 5, highMark: null });
    expect(await queryFile(config, `FROM read_parquet('${file.path}') WHERE id = 4`)).toEqual([
      ['4', '2026-01-05 00:00:00', '680564733841876926926749214863536420', '[4,null]', '2.00'],
    ]);
  });

  it('reads a range with its look-back, and reports the highest value', async () => {
    await using source = await openDuckdbSource(config, noSignal);
    const [, table] = await source.discover({ include: [], exclude: [] }, noSignal);
    if (table === undefined) throw new Error('The table was not found.');
    const day = 86_400_000_000n;
    const cursor = { column: 'updated_at', from: '2026-01-04 00:00:00.000000', lookback: day };
    const { result } = await read(source, { table, cursor });
    expect(result).toMatchObject({ rowsSent: 3, highMark: '2026-01-05 00:00:00.000000' });
    const byId = await read(source, {
      table,
      cursor: { column: 'id', from: '-9223372036854775807', lookback: 10n },
    });
    expect(byId.result).toMatchObject({ rowsSent: 5, highMark: '4' });
    expect(await source.inspectCursor?.(table, 'updated_at', noSignal)).toMatchObject({
      nullCount: 0,
      sampledRows: 5,
    });
  });

  it('names a file that does not exist', async () => {
    const missing = openDuckdbSource({ ...config, path: join(folder.path, 'none.duckdb') }, noSignal);
    await expect(missing).rejects.toMatchObject({ code: 'configInvalid', blame: 'config' });
  });
});
