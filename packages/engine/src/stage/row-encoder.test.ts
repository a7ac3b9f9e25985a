import { BatchBuilder, type BatchEncoder, canonicalRows, type StagedPart } from '@millrace/connector-sdk';
import { temporaryFolder } from '@millrace/connector-sdk/testing';
import type { LogicalType, SourceField } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openRowEncoder, type RowEncoder } from './row-encoder.ts';
import type { StagedColumn } from './staged-columns.ts';
import { openStagingDatabase, type StagingDatabase } from './staging-database.ts';
import type { RejectPredicate } from './row-sieve.ts';
import { openStageWriter, type StageWriter } from './stage-writer.ts';

const INT32: LogicalType = { kind: 'integer', bits: 32, signed: true };
const INT64: LogicalType = { kind: 'integer', bits: 64, signed: true };
const STRING: LogicalType = { kind: 'string' };
const fields: readonly SourceField[] = [
  { name: 'id', type: INT32, nullable: false, nativeType: 'test' },
  { name: 'name', type: STRING, nullable: true, nativeType: 'test' },
];
const columns = fields.map(staged);

/** Rows as lines of JSON; refuses batches with the name `refused` like a destination that cannot keep it. */
function lines(unchecked: readonly number[] = []): BatchEncoder {
  return {
    unchecked,
    encode: ({ rows, columns: vectors }) => {
      const texts = canonicalRows(
        { kind: 'batch', rows, columns: vectors, rejected: [] },
        vectors.map((_, index) => (index === 0 ? INT32 : STRING)),
      );
      if (texts.some((row) => row.includes('refused'))) return undefined;
      return Buffer.from(texts.map((row) => `${JSON.stringify(row)}\n`).join(''));
    },
  };
}

describe('rows encoded for a destination', () => {
  const folder = temporaryFolder('row-encoder');
  let database: StagingDatabase;
  let attempts = 0;

  beforeAll(async () => {
    database = await openStagingDatabase({ memoryBytes: 2 ** 28, threads: 1, scratchFolder: folder.path });
  });

  afterAll(() => {
    database.close();
    folder.remove();
  });

  function open(encoder: RowEncoder | undefined, rejectPredicates: readonly RejectPredicate[] = []) {
    attempts += 1;
    return openStageWriter(database, {
      folder: `${folder.path}/attempt-${attempts}`,
      columns,
      fields,
      metadata: { runId: 'run', loadedAt: '2026-01-02T03:04:05.000Z' },
      rowsPerFile: 4,
      rejectPredicates,
      onRejected: () => undefined,
      encoder,
    });
  }

  /** Files as they are taken while rows arrive. */
  async function takeAll(writer: StageWriter, batches: readonly (readonly string[])[]) {
    const taken = Array.fromAsync(writer.files);
    let id = 0;
    for (const names of batches) {
      const builder = new BatchBuilder(fields);
      for (const name of names) {
        builder.columns[0]?.setInteger(builder.row, id++);
        builder.columns[1]?.setString(builder.row, name);
        builder.endRow(() => []);
      }
      await writer.append(builder.take());
    }
    await writer.finish();
    return (await taken).map(textOf);
  }

  const encoder = (unchecked?: readonly number[]) =>
    openRowEncoder({ encoder: () => lines(unchecked) }, columns, fields);

  it('come with the file that keeps them', async () => {
    const files = await takeAll(await open(encoder()), [['a', 'b'], ['c', 'd'], ['e']]);
    expect(files).toEqual(['["0","a"]["1","b"]["2","c"]["3","d"]', '["4","e"]']);
  });

  it('are dropped with the whole file when a batch of it was not encoded', async () => {
    const files = await takeAll(await open(encoder()), [
      ['a', 'b'],
      ['refused', 'd'],
      ['e', 'f', 'g', 'h'],
    ]);
    expect(files).toEqual([undefined, '["4","e"]["5","f"]["6","g"]["7","h"]']);
  });

  it('are dropped when the file is left with fewer rows', async () => {
    const rule = { column: 'name', predicate: "{column} = 'poison'", reason: 'it is poison' };
    const writer = await open(encoder([1]), [rule]);
    const files = await takeAll(writer, [
      ['a', 'poison', 'c', 'd'],
      ['e', 'f', 'g', 'h'],
    ]);
    expect(files).toEqual([undefined, '["4","e"]["5","f"]["6","g"]["7","h"]']);
    expect(writer.refusedRows).toBe(1);
    expect(writer.rows).toBe(7);
  });

  it('are not made for a destination that falls behind', async () => {
    const FILES = 12;
    const writer = await open(encoder());
    for (let file = 0; file < FILES; file += 1) {
      const builder = new BatchBuilder(fields);
      for (let row = 0; row < 4; row += 1) {
        builder.columns[0]?.setInteger(builder.row, row);
        builder.columns[1]?.setNull(builder.row);
        builder.endRow(() => []);
      }
      await writer.append(builder.take());
    }
    await writer.finish();
    const files = await Array.fromAsync(writer.files);
    expect(files.length).toBe(FILES);
    expect(files.filter((file) => file.encoded !== undefined).length).toBeLessThan(FILES);
    expect(files.at(-1)?.encoded).toBeUndefined();
  });

  it('are not made of columns that are staged otherwise than they were read', () => {
    const destination = { encoder: () => lines() };
    const [id, name] = columns as [StagedColumn, StagedColumn];
    const wider: StagedColumn = {
      ...id,
      field: { ...id.field, type: INT64 },
    };
    const constant: StagedColumn = { ...name, origin: { kind: 'metadata', value: 'runId' } };
    const lost: StagedColumn = { ...name, origin: { kind: 'source', column: 'gone' } };
    expect(openRowEncoder(destination, [wider, name], fields)).toBeUndefined();
    expect(openRowEncoder(destination, [id, constant], fields)).toBeUndefined();
    expect(openRowEncoder(destination, [id, lost], fields)).toBeUndefined();
    expect(openRowEncoder({}, columns, fields)).toBeUndefined();
  });
});

function staged({ name, type, nullable }: SourceField): StagedColumn {
  return { field: { name, type, nullable }, origin: { kind: 'source', column: name } };
}

function textOf({ encoded }: StagedPart): string | undefined {
  return encoded?.map((chunk) => Buffer.from(chunk).toString().replaceAll('\n', '')).join('');
}
