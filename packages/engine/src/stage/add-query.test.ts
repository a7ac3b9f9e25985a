import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { RejectedRow } from '@millrace/connector-sdk';
import { temporaryFolder } from '@millrace/connector-sdk/testing';
import type { LogicalType, SourceField } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import type { RejectPredicate } from './row-sieve.ts';
import type { StagedColumn } from './staged-columns.ts';
import { openStagingDatabase, StagingDatabase } from './staging-database.ts';
import { openStageWriter } from './stage-writer.ts';

const INT32: LogicalType = { kind: 'integer', bits: 32, signed: true };
const FLOAT: LogicalType = { kind: 'float', bits: 64 };
const STRING: LogicalType = { kind: 'string' };

describe('rows of a query', () => {
  it('are one file, written by one statement, under the names of the destination', async () => {
    const { rows, statements, staged, names } = await stage({
      query: `SELECT i::INTEGER AS id, 'n' || i AS name, -0.0::DOUBLE AS zero FROM range(3) r(i)`,
      fields: [field('id', INT32), field('name', STRING), field('zero', FLOAT)],
      columns: [
        column('ID', INT32, 'id'),
        column('zero', FLOAT, 'zero'),
        {
          field: { name: '_run', type: STRING, nullable: false },
          origin: { kind: 'metadata', value: 'runId' },
        },
      ],
      read: 'ID, CAST(zero AS VARCHAR) AS zero, _run',
    });
    expect(rows).toBe(3);
    expect(statements).toHaveLength(1);
    expect(names).toEqual(['part-00000.parquet']);
    expect(staged).toEqual([0, 1, 2].map((ID) => ({ ID, zero: '-0.0', _run: 'run-1' })));
  });

  it('leave no file when there are none', async () => {
    const { rows, names } = await stage({
      query: 'SELECT 1::INTEGER AS id WHERE false',
      fields: [field('id', INT32)],
    });
    expect(rows).toBe(0);
    expect(names).toEqual([]);
  });

  it('are taken out where the destination refuses them', async () => {
    const { rows, staged, rejected } = await stage({
      query: 'SELECT i::INTEGER AS id FROM range(3) r(i)',
      fields: [field('id', INT32)],
      rejectPredicates: [{ column: 'id', predicate: '{column} = 1', reason: 'no ones' }],
      read: 'id',
    });
    expect(rows).toBe(3);
    expect(staged).toEqual([{ id: 0 }, { id: 2 }]);
    expect(rejected).toEqual([{ column: 'id', reason: 'no ones', cells: [Buffer.from('1')] }]);
  });

  it('are converted and rejected as those of any file where the types differ, without being computed again', async () => {
    const { rows, statements, staged, rejected, names } = await stage({
      query: 'SELECT i AS id, 7 AS unused FROM (VALUES (1::BIGINT), (5000000000)) r(i)',
      fields: [field('id', INT32), field('unused', INT32)],
      columns: [column('ID', INT32, 'id')],
      read: 'ID',
    });
    expect(rows).toBe(2);
    expect(statements).toHaveLength(1);
    expect(names).toEqual(['part-00001.parquet']);
    expect(staged).toEqual([{ ID: 1 }]);
    expect(rejected).toEqual([
      {
        column: 'id',
        reason: 'the value does not fit INTEGER',
        cells: [Buffer.from('5000000000'), null],
      },
    ]);
  });

  it('are not taken where the destination keeps another type', async () => {
    const { rows, statements } = await stage({
      query: 'SELECT 1::INTEGER AS id',
      fields: [field('id', INT32)],
      columns: [column('id', STRING, 'id')],
    });
    expect(rows).toBeUndefined();
    expect(statements).toEqual([]);
  });
});

interface Given {
  readonly query: string;
  readonly fields: readonly SourceField[];
  /** Those of the fields when left out. */
  readonly columns?: readonly StagedColumn[];
  readonly rejectPredicates?: readonly RejectPredicate[];
  /** What is read back of the files. */
  readonly read?: string;
}

async function stage({ query, fields, columns, rejectPredicates = [], read }: Given) {
  using folder = temporaryFolder('add-query');
  const database = await openStagingDatabase({
    memoryBytes: 2 ** 28,
    threads: 2,
    scratchFolder: join(folder.path, 'scratch'),
  });
  try {
    const rejected: RejectedRow[] = [];
    const statements: string[] = [];
    const target = join(folder.path, 'package');
    const writer = await openStageWriter(database, {
      folder: target,
      columns: columns ?? fields.map(({ name, type }) => column(name, type, name)),
      fields,
      metadata: { runId: 'run-1', loadedAt: '2026-01-02T03:04:05.000Z' },
      rejectPredicates,
      onRejected: (refused) => rejected.push(...refused),
    });
    const rows = await writer.addQuery(query, (sql) => {
      statements.push(sql);
      return database.query(sql);
    });
    await writer.finish();
    const files = StagingDatabase.parquetOf(writer.writtenFiles.map(({ path }) => path));
    const staged = read === undefined ? [] : await database.query(`SELECT ${read} FROM ${files} ORDER BY 1`);
    return { rows, statements, staged, rejected, names: readdirSync(target).toSorted() };
  } finally {
    database.close();
  }
}

function field(name: string, type: LogicalType): SourceField {
  return { name, type, nullable: true, nativeType: 'test' };
}

function column(name: string, type: LogicalType, of: string): StagedColumn {
  return { field: { name, type, nullable: true }, origin: { kind: 'source', column: of } };
}
