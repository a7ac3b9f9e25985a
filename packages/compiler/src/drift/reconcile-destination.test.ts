import { parsePipeline, type Field, type LogicalType } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { CONNECTIONS, field, table } from '../cases/fixture.ts';
import { compilePipeline } from '../compile-pipeline.ts';
import type { LoadTask } from '../plan.ts';
import { formatDrift, type DriftResult } from './drift.ts';
import { reconcileDestination } from './reconcile-destination.ts';

const INT32: LogicalType = { kind: 'integer', bits: 32, signed: true };
const INT64: LogicalType = { kind: 'integer', bits: 64, signed: true };
const STRING: LogicalType = { kind: 'string' };
const TARGET = {
  connector: 'columnar',
  identifiers: { maxBytes: 63, isCaseSensitive: false },
  destinationType: (type: LogicalType) => ({
    native: type.kind === 'uuid' || type.kind === 'string' ? 'TEXT' : JSON.stringify(type),
  }),
};
const SOURCE = table(
  's.t',
  [field('id', INT32), field('Name', STRING, true), field('code', { kind: 'uuid' })],
  { key: ['id'] },
);

async function plan(contract: string, write = 'merge'): Promise<LoadTask> {
  const text = `version: 1
name: x
steps:
  t: { source: { connection: shop, table: s.t }, contract: { ${contract} } }
  p: { destination: { from: t, connection: warehouse, table: raw.t, write: ${write} } }
`;
  const { document } = parsePipeline(text, 'x');
  const compiled =
    document && (await compilePipeline({ document, connections: CONNECTIONS, tables: { shop: [SOURCE] } }));
  const [task] = compiled?.plan?.tasks ?? [];
  if (task === undefined) throw new Error('The case gives no plan.');
  return task;
}

async function compare(
  published: readonly Field[],
  contract = '',
  write = 'merge',
): Promise<DriftResult & { readonly lines: readonly string[] }> {
  const result = reconcileDestination(await plan(contract, write), published, TARGET);
  return { ...result, lines: result.changes.map(formatDrift) };
}

const SAME: readonly Field[] = [
  { name: 'id', type: INT32, nullable: false },
  { name: 'name', type: STRING, nullable: true },
  // The destination keeps a uuid as text and describes it so.
  { name: 'code', type: STRING, nullable: false },
];

function replace(name: string, change: Partial<Field>): readonly Field[] {
  return SAME.map((published) => (published.name === name ? { ...published, ...change } : published));
}

describe('reconcileDestination', () => {
  it('finds nothing to do where the destination can tell no difference', async () => {
    expect(await compare(SAME)).toMatchObject({ changes: [], violations: [], task: await plan('') });
  });

  it('adds, ignores or refuses a column that the table lacks', async () => {
    const without = SAME.filter(({ name }) => name !== 'name');
    expect((await compare(without)).changes).toEqual([
      { kind: 'addColumn', field: { name: 'Name', type: STRING, nullable: true } },
    ]);
    const ignored = await compare(without, 'newColumns: ignore');
    expect(ignored.lines).toEqual(['column Name is new and left out']);
    expect(ignored.task.columns.map((column) => column.field.name)).toEqual(['id', 'code']);
    expect(ignored.task.source.fields.map(({ name }) => name)).toEqual(['id', 'code']);
    expect((await compare(without, 'newColumns: stop')).violations).toHaveLength(1);
  });

  it('widens, keeps or refuses another type', async () => {
    const narrow = replace('id', { type: { kind: 'integer', bits: 16, signed: true } });
    expect((await compare(narrow)).lines).toEqual(['column id widens from int16 to int32']);
    const kept = await compare(narrow, 'typeChanges: quarantine');
    expect(kept.task.columns[0]?.field.type).toEqual({ kind: 'integer', bits: 16, signed: true });
    expect(kept.task.source.fields[0]?.type).toEqual(INT32);
    expect(kept.task.arrival).toEqual([{ column: 'id', rule: 'fits', action: 'quarantine' }]);
    expect((await compare(narrow, 'typeChanges: stop')).violations).toHaveLength(1);
    expect((await compare(replace('id', { type: { kind: 'date' } }))).violations).toEqual([
      'raw.t.id is date, and the source has int32 now; no type holds the values of both. Use contract.typeChanges: quarantine, or run a full refresh.',
    ]);
  });

  it('needs no permission where the table holds every value already', async () => {
    expect(await compare(replace('id', { type: INT64 }), 'typeChanges: stop')).toMatchObject({
      changes: [],
      violations: [],
    });
  });

  it('fills or refuses a column that the load does not bring, and knows the columns of its own', async () => {
    const more = [
      ...SAME,
      { name: 'old', type: INT32, nullable: false },
      { name: 'deleted_at', type: INT32, nullable: true },
    ];
    expect((await compare(more)).violations).toEqual([
      'raw.t has a column old that the load does not bring, and contract.missingColumns is freeze. Use evolve, or run a full refresh.',
    ]);
    expect((await compare(more, 'missingColumns: fill')).lines).toEqual([
      'column old is gone and NULL from now on',
      'column old may be NULL now',
    ]);
  });

  it('keeps a filled column in a table that is built anew', async () => {
    const more = [...SAME, { name: 'old', type: INT32, nullable: false }];
    const { task } = await compare(more, 'missingColumns: fill', 'replace');
    expect(task.columns.at(-1)).toEqual({
      field: { name: 'old', type: INT32, nullable: true },
      origin: { kind: 'source', column: 'old' },
    });
    expect(task.source.fields.some(({ name }) => name === 'old')).toBe(false);
    expect((await compare(more, 'missingColumns: fill')).task.columns).toHaveLength(3);
  });

  it('lets NULL in where the source may have it', async () => {
    expect((await compare(replace('name', { nullable: false }))).lines).toEqual([
      'column name may be NULL now',
    ]);
  });
});
