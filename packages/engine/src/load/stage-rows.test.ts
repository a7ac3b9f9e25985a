import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { ParquetFile } from '@millrace/connector-sdk';
import { temporaryFolder } from '@millrace/connector-sdk/testing';
import type { SourceField } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openStageWriter } from '../stage/stage-writer.ts';
import { openStagingDatabase, StagingDatabase } from '../stage/staging-database.ts';
import { StageRows } from './stage-rows.ts';

const temporary = temporaryFolder('stage-rows');
const fields: readonly SourceField[] = [
  { name: 'id', type: { kind: 'integer', bits: 32, signed: true }, nullable: true, nativeType: 'int' },
];
let database: StagingDatabase;

beforeAll(async () => {
  const scratchFolder = join(temporary.path, 'scratch');
  database = await openStagingDatabase({ memoryBytes: 2 ** 28, threads: 1, scratchFolder });
});
afterAll(() => {
  database.close();
  temporary.remove();
});

let made = 0;
async function file(id: number, isTemporary: boolean): Promise<ParquetFile> {
  const path = join(temporary.path, `${++made}.parquet`);
  await database.execute(`COPY (SELECT ${id}::INTEGER AS id) TO '${path}' (FORMAT parquet)`);
  return { kind: 'parquet', path, rows: 1, isTemporary };
}

function openRows(): { readonly rows: StageRows; readonly folder: string } {
  const folder = join(temporary.path, `stage-${++made}`);
  const rows = new StageRows(() =>
    openStageWriter(database, {
      folder,
      columns: fields.map((field) => ({ field, origin: { kind: 'source', column: field.name } })),
      fields,
      metadata: { runId: 'run-1', loadedAt: '2026-01-02T03:04:05.000Z' },
      onRejected: () => {},
    }),
  );
  return { rows, folder };
}

async function staged(rows: StageRows): Promise<readonly unknown[]> {
  const writer = await rows.open();
  await writer.finish();
  const paths = writer.writtenFiles.map(({ path }) => path);
  const read = await database.query(`SELECT id FROM ${StagingDatabase.parquetOf(paths)}`);
  return read.map((row) => row['id']);
}

describe('rows to be staged', () => {
  it('stay in the file that the source made for them, until it is known that they are new', async () => {
    const { rows, folder } = openRows();
    const only = await file(1, true);
    await rows.add(only);
    expect(rows.writer).toBeUndefined();
    expect([existsSync(folder), existsSync(only.path)]).toEqual([false, true]);
    expect(await staged(rows)).toEqual([1]);
    expect(existsSync(only.path)).toBe(false);
  });

  it('are staged in their order, the first file when the second comes', async () => {
    const { rows } = openRows();
    await rows.add(await file(1, true));
    await rows.add(await file(2, true));
    expect(rows.writer).toBeDefined();
    await rows.add(await file(3, true));
    expect(await staged(rows)).toEqual([1, 2, 3]);
  });

  it('are staged at once from a file of somebody else, which stays', async () => {
    const { rows } = openRows();
    const theirs = await file(1, false);
    await rows.add(theirs);
    expect(rows.writer).toBeDefined();
    expect(await staged(rows)).toEqual([1]);
    expect(existsSync(theirs.path)).toBe(true);
  });
});
