import { join } from 'node:path';

import {
  type BoundaryTable,
  orderOf,
  type OrderRow,
  ordersBetween,
  orderText,
  type TextRow,
} from '@millrace/connector-sdk/conformance';
import { temporaryFolder } from '@millrace/connector-sdk/testing';
import type { TableName } from '@millrace/spec';
import { afterAll, describe, expect, it } from 'vitest';

import {
  outcomeOf,
  type Pipeline,
  referenceTo,
  runPipeline,
  type Steps,
  targetIn,
  taskFor,
} from './run-pipeline.ts';
import { sortRows } from './destination-subject.ts';
import { findSystems, type RunningSystem, startSystems } from './systems.ts';

/** Every value of every source in every destination, and a table with a history, through the whole product. */
const systems = await findSystems();
const sources = await startSystems(
  systems.filter(({ definition }) => definition.capabilities.source !== undefined),
);
const targets = await startSystems(
  systems.filter(({ definition }) => definition.capabilities.destination !== undefined),
);
const folder = temporaryFolder('pairs');

afterAll(async () => {
  for (const { instance } of [...sources.running, ...targets.running]) await instance[Symbol.asyncDispose]();
  folder.remove();
});

it.skipIf(true).each([...new Set([...sources.skipped, ...targets.skipped])])('%s', () =>
  expect.unreachable(),
);

describe.each(sources.running.map((system) => ({ title: system.title, system })))(
  'from $title',
  ({ system: from }) => {
    const source = from.instance.source;
    if (source === undefined) return;
    let boundaries: BoundaryTable | undefined;
    let orders: TableName | undefined;
    const rows = new Map<number, OrderRow>();
    const written: OrderRow[] = [];
    const keepsOldRows = from.definition.capabilities.source?.incrementalBy === 'newFiles';

    const pipelineTo = (to: RunningSystem, tables: readonly TableName[], steps: Steps): Pipeline => {
      const name = `${from.title} to ${to.title}`.replaceAll(/[^a-z]+/g, '-');
      return { name, from, to, steps, tables, folder: join(folder.path, name) };
    };
    const prefix = `from_${from.title.replaceAll(/\W+/g, '_')}`;
    const targetSystems = targets.running.map((system) => ({ title: system.title, system }));

    it.each(targetSystems)('every boundary value reaches $title, or quarantine', async ({ system: to }) => {
      boundaries ??= await source.createBoundaries('pair_boundaries');
      const target = targetIn(to, `${prefix}_boundaries`);
      const run = await runPipeline(
        pipelineTo(to, [boundaries.table], {
          values: {
            source: { connection: 'from', table: referenceTo(boundaries.table), load: { mode: 'full' } },
            quarantine: { maxRows: 10_000, maxShare: 1 },
          },
          copy: {
            destination: { from: 'values', connection: 'to', table: referenceTo(target), write: 'replace' },
          },
        }),
      );
      const task = taskFor(run, 'values');
      const outcome = outcomeOf(run, task);
      expect(outcome.error).toBe(null);
      const fields = task.columns.map((column) => column.field);
      const found = (await to.instance.destination?.readRows(task.destination.table, fields)) ?? [];
      const { missing, differing, total } = compareBoundaries(boundaries, found, to);
      expect(differing.slice(0, 8)).toEqual([]);
      expect(missing.filter((value) => !value.isDocumented)).toEqual([]);
      expect(found.length + outcome.quarantined).toBe(total);
      expect(missing.length).toBe(outcome.quarantined);
      // A comparison finds the rows that are missing, and no other difference.
      const { verified } = outcome;
      const examples = verified?.examples.filter((text) => !isMissing(text, missing)) ?? ['not verified'];
      expect(examples).toEqual([]);
      expect(verified).toMatchObject({ onlyDestination: 0, differing: 0 });
      expect(verified?.onlySource).toBeLessThanOrEqual(missing.length);
    });

    it.each(targetSystems)('a table reaches $title whole', async ({ system: to }) => {
      if (orders === undefined) {
        for (const row of ordersBetween(1, 400)) rows.set(row.id, row);
        written.push(...rows.values());
        orders = await source.createOrders('pair_orders', written);
      }
      await loadOrders(to);
    });

    it('changes', async () => {
      expect(orders).toBeDefined();
      if (orders === undefined) return;
      const changed = [...ordersBetween(401, 450), ...[3, 7, 99, 400].map((id) => orderOf(id, 1))];
      for (const row of changed) rows.set(row.id, row);
      written.push(...changed);
      await source.upsertOrders(orders, changed);
      if (source.deleteOrders === undefined) return;
      const gone = [1, 50, 399];
      for (const id of gone) rows.delete(id);
      await source.deleteOrders(orders, gone);
    });

    it.each(targetSystems)('its changes reach $title', async ({ system: to }) => {
      await loadOrders(to);
    });

    // One destination per source, and each of them once.
    const next = targetSystems[sources.running.indexOf(from) % targetSystems.length];
    it.each(next === undefined ? [] : [next])(
      'nothing new leaves $title as it is',
      async ({ system: to }) => {
        await loadOrders(to);
      },
    );

    const loadOrders = async (to: RunningSystem): Promise<void> => {
      if (orders === undefined) return;
      const target = targetIn(to, `${prefix}_orders`);
      const run = await runPipeline(pipelineTo(to, [orders], orderSteps(from, to, orders, target)));
      const task = taskFor(run, 'orders');
      const outcome = outcomeOf(run, task);
      expect(outcome.error).toBe(null);
      expect(outcome.quarantined).toBe(0);
      const fields = task.columns.map((column) => column.field);
      const found = (await to.instance.destination?.readRows(target, fields)) ?? [];
      // Files are not rewritten: a row that changed is there twice, unless it was merged.
      const isMerged = task.destination.mode === 'merge';
      const source = keepsOldRows && !isMerged ? written : [...rows.values()];
      const expected = source.map(orderText);
      expect(sortRows(found)).toEqual(sortRows(expected));
      if (outcome.isUnchanged) return;
      expect(outcome.verified).toMatchObject({ isEqual: true, rows: expected.length });
    };
  },
);

/** Incremental where both sides can, with the rows that are gone; else a full copy. */
function orderSteps(from: RunningSystem, to: RunningSystem, table: TableName, target: TableName): Steps {
  const source = { connection: 'from', table: referenceTo(table) };
  const copy = { from: 'orders', connection: 'to', table: referenceTo(target) };
  const canMerge = to.definition.capabilities.destination?.writeModes.includes('merge') === true;
  const { incrementalBy, hasDigest } = from.definition.capabilities.source ?? {};
  const key = ['id'];
  if (canMerge && incrementalBy === 'column' && hasDigest === true) {
    return {
      orders: {
        source: {
          ...source,
          load: { mode: 'incremental', cursor: 'updated_at', key, lookback: '1m', deletes: 'detect' },
        },
      },
      copy: { destination: { ...copy, write: 'merge', key, deletes: 'hard' } },
    };
  }
  if (canMerge && incrementalBy === 'newFiles') {
    return {
      orders: { source: { ...source, load: { mode: 'incremental', key } } },
      copy: { destination: { ...copy, write: 'merge', key } },
    };
  }
  return {
    orders: { source: { ...source, load: { mode: 'full' } } },
    copy: { destination: { ...copy, write: 'replace' } },
  };
}

interface Comparison {
  readonly total: number;
  readonly missing: readonly {
    readonly id: number;
    readonly column: string;
    readonly sql: string;
    readonly isDocumented: boolean;
  }[];
  readonly differing: readonly unknown[];
}

function compareBoundaries(
  boundaries: BoundaryTable,
  found: readonly TextRow[],
  to: RunningSystem,
): Comparison {
  const byId = new Map(found.map((row) => [Number(row[0]), row]));
  const missing: Comparison['missing'][number][] = [];
  const differing: unknown[] = [];
  let total = 0;
  boundaries.columns.forEach(({ name: column, type, values }, index) => {
    const documented = to.definition.destinationType?.(type)?.mapping !== undefined;
    for (const value of values) {
      total += 1;
      const row = byId.get(value.id);
      const isRejected = 'rejected' in value;
      if (row === undefined) {
        missing.push({ id: value.id, column, sql: value.sql, isDocumented: isRejected || documented });
        continue;
      }
      const expected = isRejected ? 'in quarantine' : value.text;
      const others = row.filter((cell, at) => at > 0 && at !== index + 1 && cell !== null);
      const actual = row[index + 1] ?? null;
      if (actual !== expected || others.length > 0) {
        differing.push({
          column,
          sql: value.sql,
          expected: expected.slice(0, 200),
          actual: actual?.slice(0, 200),
          others,
        });
      }
    }
  });
  return { total, missing, differing };
}

function isMissing(example: string, missing: Comparison['missing']): boolean {
  return missing.some(({ id }) => example === `id ${id}: only at the source`);
}
