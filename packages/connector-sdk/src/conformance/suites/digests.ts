import type { SourceTable } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import type { DigestRequest } from '../../digest.ts';
import type { Source } from '../../source.ts';
import type { TextRow } from '../harness.ts';
import { orderOf, ordersBetween } from '../orders.ts';
import { digestOf, hashRow } from '../row-digest.ts';
import { never, type SourceSubject } from '../subject.ts';

const BUCKETS = 16;

/** What a system computes over its rows is what follows from the rows it delivers. */
export function describeDigests(subject: SourceSubject): void {
  if (!subject.capabilities.hasDigest) return;
  const { harness, open, find, read } = subject;
  describe('digests', () => {
    it('agree with the rows, with a key and without', async () => {
      const name = await harness.createOrders('digested', ordersBetween(1, 500));
      await using source = await open();
      const table = await find(source, name);
      const { rows } = await read(source, table);
      await expectDigest(source, table, ['id'], rows);
      await expectDigest(source, table, ['status', 'id'], rows);
      await expectDigest(source, table, [], rows);
    });

    it('agree on every boundary value', async () => {
      const boundaries = await harness.createBoundaries('digested_boundaries');
      const unfit = boundaries.columns.filter((column) => column.values.some((value) => 'rejected' in value));
      await using source = await open();
      const table = await find(source, boundaries.table);
      // Whole columns without rejected values first, since one of those would change the count of rows.
      const fit = table.fields.filter((field) => unfit.every((column) => column.name !== field.name));
      for (const field of fit.slice(1)) {
        const part = { ...table, fields: [fit[0] ?? field, field] };
        const { rows } = await read(source, part, { fields: part.fields });
        await expectDigest(source, part, ['id'], rows, field.name);
      }
    });

    it('stop at a high mark', async () => {
      const orders = ordersBetween(1, 100);
      const name = await harness.createOrders('digested_part', orders);
      await using source = await open();
      const table = await find(source, name);
      const value = orderOf(61).updatedAt;
      const { rows } = await read(source, table);
      const below = rows.filter((row) => (row[4] ?? '') <= value);
      expect(below.length).toBeLessThan(rows.length);
      const where = { kind: 'atMost', column: 'updated_at', value } as const;
      const request: DigestRequest = {
        table: table.table,
        fields: table.fields,
        key: ['id'],
        buckets: BUCKETS,
        where,
      };
      expect(await source.digest?.(request, never)).toEqual(digestOf(below, [0], BUCKETS));
    });
  });
}

async function expectDigest(
  source: Source,
  table: SourceTable,
  key: readonly string[],
  rows: readonly TextRow[],
  label = '',
): Promise<void> {
  const { fields } = table;
  const keyIndexes = key.map((name) => fields.findIndex((field) => field.name === name));
  const request: DigestRequest = { table: table.table, fields, key, buckets: BUCKETS };
  expect(await source.digest?.(request, never), label).toEqual(digestOf(rows, keyIndexes, BUCKETS));
  const inBuckets = [1, 4, 5];
  const found: string[] = [];
  for await (const row of source.digestRows?.(request, inBuckets, never) ?? []) {
    found.push(`${row.key.join('|')} ${row.hash}`);
  }
  const expected = rows
    .map((row) => hashRow(row, keyIndexes, BUCKETS))
    .filter((row) => inBuckets.includes(row.bucket))
    .map((row) => `${row.key.join('|')} ${row.hash}`);
  expect(found.toSorted(), label).toEqual(expected.toSorted());
}
