import { describe, expect, it } from 'vitest';

import { orderOf, orderText, ordersBetween } from '../orders.ts';
import { findTable, requestFor, sortById } from '../read-rows.ts';
import { batchText } from '../batch-text.ts';
import { never, type SourceSubject } from '../subject.ts';

const LARGE_ROWS = 120_000;

/** What an incremental load may rely on. */
export function describeCursors(subject: SourceSubject): void {
  if (subject.capabilities.incrementalBy === 'newFiles') describeNewFiles(subject);
  else describeColumnCursors(subject);
}

function describeColumnCursors(subject: SourceSubject): void {
  const { harness, open, find, read } = subject;
  describe('cursors', () => {
    const orders = ordersBetween(1, 100);
    const idsFrom = (bound: string): string[] =>
      orders.filter((order) => order.updatedAt >= bound).map((order) => String(order.id));

    it('give everything and the highest value without a bound', async () => {
      const name = await harness.createOrders('cursor_all', orders);
      await using source = await open();
      const cursor = { column: 'updated_at', from: null, lookback: 0n };
      const { rows, result } = await read(source, await find(source, name), { cursor });
      expect(sortById(rows)).toEqual(orders.map(orderText));
      expect(result.highMark).toBe(orderOf(100).updatedAt);
    });

    it('include the bound itself with all its ties, and reach back by the look-back', async () => {
      const name = await harness.createOrders('cursor_ties', orders);
      await using source = await open();
      const table = await find(source, name);
      const bound = orderOf(91).updatedAt;
      const cursor = { column: 'updated_at', from: bound, lookback: 0n };
      const ties = await read(source, table, { cursor });
      expect(sortById(ties.rows).map((row) => row[0])).toEqual(idsFrom(bound));
      expect(idsFrom(bound)).toContain('90');
      expect(ties.result.rowsSent).toBe(idsFrom(bound).length);
      expect(ties.result.highMark).toBe(orderOf(100).updatedAt);
      // Three orders share a moment, so 21 seconds are one moment back; a microsecond more is no other row.
      const back = await read(source, table, { cursor: { ...cursor, lookback: 21_000_001n } });
      expect(sortById(back.rows).map((row) => row[0])).toEqual(idsFrom(orderOf(88).updatedAt));
      const byNumber = await read(source, table, { cursor: { column: 'id', from: '99', lookback: 2n } });
      expect(sortById(byNumber.rows).map((row) => row[0])).toEqual(['97', '98', '99', '100']);
      expect(byNumber.result.highMark).toBe('100');
    });

    it('have no rows beyond the last value, and never a mark beyond it', async () => {
      const name = await harness.createOrders('cursor_beyond', orders);
      await using source = await open();
      const from = '2030-01-01 00:00:00.000000';
      const cursor = { column: 'updated_at', from, lookback: 0n };
      const { rows, result } = await read(source, await find(source, name), { cursor });
      expect(rows).toEqual([]);
      expect([null, orderOf(100).updatedAt]).toContain(result.highMark);
    });

    it('count the NULLs of a column that is no fit cursor', async () => {
      const name = await harness.createOrders('cursor_nulls', orders);
      await using source = await open();
      const table = await find(source, name);
      const nulls = orders.filter((order) => order.shippedAt === null).length;
      const evidence = await source.inspectCursor?.(table, 'shipped_at', never);
      if (evidence !== undefined) {
        // A system that keeps the range of every column has no column without an index.
        const isIndexed = table.indexedColumns.includes('shipped_at');
        expect(evidence).toMatchObject({ nullCount: nulls, isIndexed });
        expect(evidence.sampledRows).toBeGreaterThanOrEqual(orders.length);
      }
      const indexed = await source.inspectCursor?.(table, 'updated_at', never);
      if (indexed !== undefined) expect(indexed).toMatchObject({ nullCount: 0, isIndexed: true });
      const cursor = { column: 'shipped_at', from: orderOf(1).shippedAt, lookback: 0n };
      const { rows } = await read(source, table, { cursor });
      expect(rows.filter((row) => row[5] === null)).toEqual([]);
    });

    it('are refused on a column whose order means nothing', async () => {
      const boundaries = await harness.createBoundaries('cursor_kinds');
      await using source = await open();
      const table = await find(source, boundaries.table);
      const field = table.fields.find((each) => each.type.kind === 'json' || each.type.kind === 'bytes');
      if (field === undefined) return;
      const cursor = { column: field.name, from: '00', lookback: 0n };
      await subject.expectFailure(() => read(source, table, { cursor }), ['cursorUnfit']);
    });

    it('see one snapshot, although rows arrive while they are read', async () => {
      const { insertLarge } = harness;
      if (insertLarge === undefined) return;
      const name = await harness.createLarge('cursor_snapshot', LARGE_ROWS);
      await using source = await open();
      const table = await findTable(source, name, never);
      const request = requestFor(table, { cursor: { column: 'id', from: null, lookback: 0n } });
      const types = request.fields.map((field) => field.type);
      const ids: number[] = [];
      const reading = source.read(request, never);
      for (let at = 1; ; at += 1) {
        const step = await reading.next();
        if (step.done === true) {
          expect(step.value).toMatchObject({ rowsSent: LARGE_ROWS, highMark: String(LARGE_ROWS) });
          break;
        }
        const rows =
          step.value.kind === 'batch'
            ? batchText(step.value, types)
            : ((await harness.readParquet?.(step.value, request.fields)) ?? []);
        ids.push(...rows.map((row) => Number(row[0])));
        if (at === 1) await insertLarge(name, LARGE_ROWS + 1);
      }
      expect(ids.length).toBe(LARGE_ROWS);
      expect(ids.includes(LARGE_ROWS + 1)).toBe(false);
      const next = await read(source, table, {
        cursor: { column: 'id', from: String(LARGE_ROWS), lookback: 0n },
      });
      expect(next.rows.map((row) => String(row[0])).toSorted()).toEqual([
        String(LARGE_ROWS),
        String(LARGE_ROWS + 1),
      ]);
    });
  });
}

function describeNewFiles(subject: SourceSubject): void {
  const { harness, open, find, read } = subject;
  describe('positions', () => {
    it('lead to the files that are new, and to nothing when none is', async () => {
      const name = await harness.createOrders('new_files', ordersBetween(1, 10));
      await using source = await open();
      const first = await read(source, await find(source, name));
      expect(first.rows.length).toBe(10);
      const { position } = first.result;
      const nothing = await read(source, await find(source, name), { position });
      expect(nothing.rows).toEqual([]);
      await harness.upsertOrders(name, [...ordersBetween(11, 13), ...ordersBetween(2, 3, 1)]);
      const next = await read(source, await find(source, name), { position: nothing.result.position });
      const expected = [...ordersBetween(2, 3, 1), ...ordersBetween(11, 13)];
      expect(sortById(next.rows)).toEqual(expected.map(orderText));
      // The position crosses a process as JSON.
      const stored = JSON.parse(JSON.stringify(position)) as typeof position;
      const again = await read(source, await find(source, name), { position: stored });
      expect(again.rows.length).toBe(5);
    });
  });
}
