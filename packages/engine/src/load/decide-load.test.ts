import type { LoadTask } from '@millrace/compiler';
import type { PublishedTable } from '@millrace/connector-sdk';
import { describe, expect, it } from 'vitest';

import { refuseUnfitCursor } from './check-cursor.ts';
import { decideLoad } from './decide-load.ts';
import type { LoadPosition } from './load-position.ts';

const identity = { product: 'MariaDB', version: '11.8', identity: 'uuid-1' };
const integer = { kind: 'integer', bits: 64, signed: true } as const;
const timestamp = { kind: 'timestamp', timezone: false } as const;

const task: LoadTask = {
  kind: 'load',
  id: 'orders:shop.orders',
  sourceStep: 'orders',
  destinationStep: 'publish',
  source: {
    connection: 'shop',
    connector: 'any',
    table: {
      table: { schema: 'shop', name: 'orders' },
      kind: 'table',
      fields: [
        { name: 'id', type: integer, nullable: false, nativeType: 'bigint' },
        { name: 'updated_at', type: timestamp, nullable: true, nativeType: 'datetime' },
      ],
      key: ['id'],
      indexedColumns: ['id'],
      estimatedRows: 500_000,
      estimatedBytes: null,
      cursorCandidates: [
        { column: 'created_at', isIndexed: true, isNullable: false, score: 1, reason: 'indexed' },
      ],
      notes: [],
    },
    fields: [],
    schemaFingerprint: 'f',
  },
  load: { kind: 'incremental', cursor: 'updated_at', lookback: '0', detectDeletes: false },
  columns: [],
  contract: {
    newTables: 'evolve',
    missingTables: 'evolve',
    newColumns: 'evolve',
    typeChanges: 'evolve',
    missingColumns: 'freeze',
  },
  quarantine: { maxRows: 0, maxShare: 0 },
  destination: {
    connection: 'w',
    connector: 'any',
    table: { name: 'orders' },
    mode: 'merge',
    deletes: 'soft',
    key: ['id'],
  },
};

const position: LoadPosition = {
  version: 1,
  identity,
  source: {},
  cursor: {
    column: 'updated_at',
    mark: '2024-05-01 10:00:00.000000',
    lookback: '0',
    columns: ['id int64'],
    tail: null,
  },
};

function published(saved: LoadPosition | Record<string, unknown>, runId = 'r0'): PublishedTable {
  const record = {
    runId,
    fenceToken: 1,
    version: 3,
    position: { ...saved },
    publishedAt: '2026-01-01T00:00:00Z',
    rows: 5,
    schemaFingerprint: 'f',
  };
  return { table: { name: 'orders' }, fields: [], record, estimatedRows: 5 };
}

const base = { task, identity, runId: 'r1', isFullRefresh: false };

describe('decideLoad', () => {
  it('loads everything the first time', () => {
    expect(decideLoad({ ...base, published: undefined })).toMatchObject({
      kind: 'full',
      reason: 'first load',
      publishMode: 'merge',
    });
  });

  it('continues from the record of the destination', () => {
    expect(decideLoad({ ...base, published: published(position) })).toMatchObject({
      kind: 'incremental',
      from: { mark: '2024-05-01 10:00:00.000000' },
    });
  });

  it('adopts what this run published before', () => {
    expect(decideLoad({ ...base, published: published(position, 'r1') })).toMatchObject({ kind: 'adopt' });
  });

  it('rebuilds the table on a full refresh', () => {
    const hard: LoadTask = { ...task, destination: { ...task.destination, deletes: 'hard' } };
    expect(
      decideLoad({ ...base, task: hard, isFullRefresh: true, published: published(position) }),
    ).toMatchObject({ kind: 'full', publishMode: 'replace' });
  });

  it('keeps the marks of deleted rows on a full refresh', () => {
    expect(decideLoad({ ...base, isFullRefresh: true, published: published(position) })).toMatchObject({
      kind: 'full',
      publishMode: 'merge',
      isComplete: true,
    });
  });

  it('leaves a table alone that it did not make, also on a full refresh', () => {
    const foreign = { ...published(position), record: null };
    for (const isFullRefresh of [false, true]) {
      expect(() => decideLoad({ ...base, isFullRefresh, published: foreign })).toThrow(/left alone/);
    }
  });

  it('stops when the server was replaced, naming the last good position', () => {
    const other = { ...identity, identity: 'uuid-2' };
    expect(() => decideLoad({ ...base, identity: other, published: published(position) })).toThrow(
      /another server now: MariaDB 11.8 \(uuid-2\).*updated_at = 2024-05-01 10:00:00.000000 on MariaDB 11.8 \(uuid-1\)/,
    );
  });

  it('stops when the rows came from another table, and goes on where that was not saved yet', () => {
    const elsewhere = published({ ...position, table: 'shop.orders_eu' });
    expect(() => decideLoad({ ...base, published: elsewhere })).toThrow(
      /its rows came from shop.orders_eu, and its source is shop.orders now.*--full-refresh/,
    );
    const same = published({ ...position, table: 'shop.orders' });
    expect(decideLoad({ ...base, published: same })).toMatchObject({ kind: 'incremental' });
  });

  it('stops when the saved position cannot be read, when the record is lost, and when the cursor was changed', () => {
    expect(() => decideLoad({ ...base, published: published({ strange: 1 }) })).toThrow(
      /saved position cannot be read/,
    );
    expect(() => decideLoad({ ...base, published: { ...published(position), record: null } })).toThrow(
      /nothing says that Millrace published it/,
    );
    const changed: LoadTask = {
      ...task,
      load: { kind: 'incremental', cursor: 'id', lookback: '0', detectDeletes: false },
    };
    expect(() => decideLoad({ ...base, task: changed, published: published(position) })).toThrow(
      /cursor is id now, but updated_at was saved/,
    );
  });
});

describe('refuseUnfitCursor', () => {
  it('names the NULLs it found and a better column', () => {
    const evidence = { nullCount: 312, sampledRows: 20_000, isIndexed: true, estimatedRows: 500_000 };
    expect(() => refuseUnfitCursor(task, 'updated_at', evidence)).toThrow(
      'shop.orders.updated_at cannot be a cursor: 312 of 20,000 sampled rows are NULL. Use load.mode: full, or choose created_at.',
    );
  });

  it('refuses a column without an index on a large table only', () => {
    const evidence = { nullCount: 0, sampledRows: 20_000, isIndexed: false, estimatedRows: 500_000 };
    expect(() => refuseUnfitCursor(task, 'updated_at', evidence)).toThrow(
      /no index, and the table has about 500,000 rows/,
    );
    expect(() => refuseUnfitCursor(task, 'updated_at', { ...evidence, estimatedRows: 900 })).not.toThrow();
  });
});
