import type { Capabilities, WriteMode } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { INTEGER, makeEvidence, MOMENT, type MadeTable } from '../testing/make-evidence.ts';
import { findKey } from '../keys/find-key.ts';
import { chooseLoad } from './choose-load.ts';
import { pairsToCompare } from './prove-cursor.ts';

const SOURCE: NonNullable<Capabilities['source']> = {
  extractIn: 'worker',
  snapshot: 'transaction',
  loadModes: ['full', 'incremental'],
  incrementalBy: 'column',
  hasDigest: true,
  hasSchemas: true,
};
const NOW = '2026-06-01T00:00:00.000Z';
const times = Array.from(
  { length: 30 },
  (_, index) => `2026-01-${String(index + 1).padStart(2, '0')} 00:00:00`,
);

const orders: MadeTable = {
  name: 'orders',
  key: ['id'],
  indexedColumns: ['id', 'updated_at'],
  estimatedRows: 5_000_000,
  isComplete: false,
  columns: [
    { name: 'id', type: INTEGER, values: times.map((_, index) => index + 1) },
    { name: 'created_at', type: MOMENT, values: times },
    { name: 'updated_at', type: MOMENT, values: times },
  ],
  pairs: [
    { left: 'updated_at', right: 'created_at', rows: 30, less: 0, greater: 12, rankCorrelation: 0.9 },
    { left: 'updated_at', right: 'id', rows: 30, less: 0, greater: 0, rankCorrelation: 0.4 },
  ],
};

function choose(
  changes: Partial<MadeTable>,
  source = SOURCE,
  writeModes: readonly WriteMode[] = ['replace', 'merge'],
) {
  const evidence = makeEvidence({ ...orders, ...changes });
  return chooseLoad(evidence, findKey(evidence), { source, writeModes }, NOW);
}

const changed = (name: string, changes: object): MadeTable['columns'] =>
  orders.columns.map((column) => (column.name === name ? { ...column, ...changes } : column));

describe('chooseLoad', () => {
  it('reads by a cursor that is proven, and names the proof', () => {
    expect(choose({})).toEqual({
      mode: 'incremental',
      cursor: 'updated_at',
      lookback: '5m',
      detectsDeletes: true,
      reasons: [
        'about 5,000,000 rows',
        'updated_at is proven: NOT NULL, indexed, no NULL and 30 different values in the 30 rows sampled, never before created_at, and later in 12 of 30 rows',
      ],
    });
  });

  it.each([
    ['it may be NULL', { columns: changed('updated_at', { nullable: true }) }, 'updated_at may be NULL'],
    ['no index serves it', { indexedColumns: ['id'] }, 'updated_at leads no index'],
    ['it was not seen to rise', { pairs: [] }, 'updated_at was not seen to rise'],
    [
      'it came before the creation',
      {
        pairs: [
          { left: 'updated_at', right: 'created_at', rows: 30, less: 1, greater: 12, rankCorrelation: 0.1 },
        ],
      },
      'updated_at was not seen to rise',
    ],
    [
      'it reaches into the future',
      { columns: changed('updated_at', { values: [...times.slice(1), '9999-12-31 00:00:00'] }) },
      'updated_at reaches 9999-12-31 00:00:00',
    ],
    ['there is none', { columns: orders.columns.slice(0, 2) }, 'no column says by its name'],
    ['the table has no key', { key: [] }, 'without a declared key'],
    ['it is a view', { kind: 'view' as const }, 'a view has no index'],
    ['it is small', { estimatedRows: 40 }, '40 rows are read in a moment'],
  ])('reads everything because %s', (_, changes, reason) => {
    const choice = choose(changes);
    expect(choice.mode).toBe('full');
    expect(choice.reasons.join()).toContain(reason);
  });

  it('believes a server that keeps the column itself', () => {
    const candidate = { isIndexed: true, isNullable: false, score: 70 };
    const choice = choose({
      pairs: [],
      cursorCandidates: [
        { ...candidate, column: 'updated_at', reason: 'the server sets it on every update; indexed' },
      ],
    });
    expect(choice.mode).toBe('incremental');
  });

  it('reads everything where either end can do no better', () => {
    expect(choose({}, { ...SOURCE, loadModes: ['full'] }).mode).toBe('full');
    expect(choose({}, { ...SOURCE, incrementalBy: 'newFiles' }).mode).toBe('full');
    expect(choose({}, SOURCE, ['append', 'replace']).mode).toBe('full');
  });

  it('asks for the comparisons that it needs', () => {
    expect(pairsToCompare(makeEvidence(orders).table)).toEqual([
      ['updated_at', 'created_at'],
      ['updated_at', 'id'],
    ]);
  });
});
