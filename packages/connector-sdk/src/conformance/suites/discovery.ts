import { formatTableName } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { ORDER_COLUMNS, orderText, ordersBetween } from '../orders.ts';
import { sortById } from '../read-rows.ts';
import { never, type SourceSubject } from '../subject.ts';

/** What discovery says is what reading delivers. */
export function describeDiscovery(subject: SourceSubject): void {
  const { harness, open, find, read } = subject;
  describe('discovery', () => {
    it('knows which system it talks to, and the same one every time', async () => {
      await using first = await open();
      await using second = await open();
      const identity = await first.check(never);
      expect(identity.product).not.toBe('');
      expect(identity.version).not.toBe('');
      expect(await second.check(never)).toEqual(identity);
      subject.said.push(JSON.stringify(identity));
    });

    it('finds a table with its columns, key, index and size, and reads exactly these columns', async () => {
      const orders = ordersBetween(1, 250);
      const name = await harness.createOrders('discovered', orders);
      await using source = await open();
      const table = await find(source, name);
      expect(table.fields.map((field) => field.name)).toEqual(ORDER_COLUMNS);
      const kinds = table.fields.map((field) => field.type.kind);
      expect(kinds).toEqual(['integer', 'string', 'decimal', 'string', 'timestamp', 'timestamp', 'string']);
      if (subject.capabilities.incrementalBy === 'column') {
        const nullable = table.fields.filter((field) => field.nullable).map((field) => field.name);
        expect(nullable).toEqual(['shipped_at', 'note']);
        expect(table.key).toEqual(['id']);
        expect(table.indexedColumns).toEqual(expect.arrayContaining(['id', 'updated_at']));
        expect(table.cursorCandidates[0]).toMatchObject({
          column: 'updated_at',
          isIndexed: true,
          isNullable: false,
        });
      }
      const { rows, rejected, result } = await read(source, table);
      expect(sortById(rows)).toEqual(orders.map(orderText));
      expect(rejected).toEqual([]);
      expect(result.rowsSent).toBe(orders.length);
      expect(result.bytesReceived).toBeGreaterThan(0);
    });

    it('reads the columns it is asked for, in that order', async () => {
      const orders = ordersBetween(1, 20);
      const name = await harness.createOrders('columns', orders);
      await using source = await open();
      const table = await find(source, name);
      const fields = ['note', 'id'].flatMap((wanted) =>
        table.fields.filter((field) => field.name === wanted),
      );
      const { rows } = await read(source, table, { fields });
      const expected = orders.map((order) => [order.note, String(order.id)]);
      expect(rows.toSorted((a, b) => Number(a[1]) - Number(b[1]))).toEqual(expected);
    });

    it('reads no more than a sample where a sample is wanted', async () => {
      const orders = ordersBetween(1, 250);
      const name = await harness.createOrders('sampled', orders);
      await using source = await open();
      const table = await find(source, name);
      const { rows, result } = await read(source, table, { maxRows: 20 });
      const texts = new Set(orders.map((order) => JSON.stringify(orderText(order))));
      expect(rows.filter((row) => !texts.has(JSON.stringify(row)))).toEqual([]);
      expect(rows.length).toBeGreaterThanOrEqual(20);
      if (subject.capabilities.incrementalBy === 'column') {
        expect(rows).toHaveLength(20);
        expect(result.rowsSent).toBe(20);
      }
    });

    it('finds the rows of some values for a sample, where it has indexes', async () => {
      if (subject.capabilities.incrementalBy !== 'column') return;
      const orders = ordersBetween(1, 250);
      const name = await harness.createOrders('matched', orders);
      await using source = await open();
      const table = await find(source, name);
      const matched = async (column: string, values: readonly string[]) => {
        const { rows, result } = await read(source, table, { maxRows: 20, matching: { column, values } });
        expect(result.rowsSent).toBe(rows.length);
        return sortById(rows).map((row) => row[0]);
      };
      expect(await matched('id', ['200', '3', '999999', '-7'])).toEqual(['3', '200']);
      expect(await matched('id', [])).toEqual([]);
      // Notes with quotes, with a backslash, with a line break.
      for (const order of orders.filter(({ id }) => id >= 4 && id <= 6)) {
        for (const [index, { name: column, type }] of table.fields.entries()) {
          const value = orderText(order)[index];
          if (!['decimal', 'string'].includes(type.kind) || typeof value !== 'string') continue;
          const expected = orders.map(orderText).filter((row) => row[index] === value);
          const found = await matched(column, [value]);
          expect(found).toHaveLength(Math.min(20, expected.length));
          expect(expected.map(([id]) => id)).toEqual(expect.arrayContaining(found));
        }
      }
    });

    it('reads an empty table as no rows', async () => {
      if (subject.capabilities.snapshot === 'file') return;
      const name = await harness.createOrders('empty_one', []);
      await using source = await open();
      const { rows, result } = await read(source, await find(source, name));
      expect(rows).toEqual([]);
      expect(result).toMatchObject({ rowsSent: 0, highMark: null });
    });

    it('lists tables by pattern, sorted by name, without those excluded', async () => {
      const made = [];
      for (const each of ['list_c', 'list_a', 'list_b', 'list_d']) {
        made.push(await harness.createOrders(each, ordersBetween(1, 2)));
      }
      const schema = made[0]?.schema;
      const prefix = schema === undefined ? '' : `${schema}.`;
      await using source = await open();
      const request = { include: [`${prefix}list_*`], exclude: [`${prefix}*_b*`] };
      const found = await source.discover(request, never);
      const names = found.map((each) => each.table.name);
      expect(names).toEqual(names.toSorted());
      expect(names.map((each) => each.slice(0, 6))).toEqual(['list_a', 'list_c', 'list_d']);
      expect(await source.discover({ include: [`${prefix}nothing_like_*`], exclude: [] }, never)).toEqual([]);
    });

    it('names near misses of a table that does not exist', async () => {
      const name = await harness.createOrders('customers_here', ordersBetween(1, 1));
      await using source = await open();
      const exact = formatTableName(name);
      const include = [exact.replace('customers_here', 'custommers_here')];
      const error = await subject.expectFailure(
        () => source.discover({ include, exclude: [] }, never),
        ['tableMissing'],
      );
      expect(error.message).toContain(include[0]);
      expect(error.message).toContain(exact);
      expect(error.blame).toBe('config');
    });

    it('says that a table went away after it was discovered', async () => {
      const name = await harness.createOrders('goes_away', ordersBetween(1, 3));
      await using source = await open();
      const table = await find(source, name);
      await harness.drop(name);
      const error = await subject.expectFailure(() => read(source, table), ['tableMissing']);
      expect(error.message).toContain(name.name);
      expect(error.retry).toBe('never');
    });
  });
}
