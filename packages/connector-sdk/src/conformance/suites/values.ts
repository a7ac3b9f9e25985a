import { createHash } from 'node:crypto';

import { formatLogicalType } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import type { BoundaryTable } from '../harness.ts';
import type { ReadRows } from '../read-rows.ts';
import type { SourceSubject } from '../subject.ts';

/** Every value arrives by the server's own text, or is rejected with a reason. */
export function describeValues(subject: SourceSubject): void {
  const { harness, open, find, read } = subject;
  describe('values', () => {
    it('have the declared types, and arrive exactly or are rejected, each alone', async () => {
      const boundaries = await harness.createBoundaries('boundaries');
      await using source = await open();
      const table = await find(source, boundaries.table);
      const types = Object.fromEntries(
        table.fields.map((field) => [field.name, formatLogicalType(field.type)]),
      );
      const declared = boundaries.columns.map(({ name, type }) => [name, formatLogicalType(type)]);
      expect(types).toEqual({ id: types['id'], ...Object.fromEntries(declared) });
      const found = await read(source, table);
      expect(arrived(boundaries, found)).toEqual(expected(boundaries));
      expect(found.rejected.length + found.rows.length).toBe(found.result.rowsSent);
    });
  });
}

/** Per column and value what should come out: the text, or the reason of the rejection. */
function expected(boundaries: BoundaryTable): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    boundaries.columns.map((column) => [
      `${column.name} (${column.native})`,
      column.values.map((value) => [
        value.sql,
        'text' in value ? shorten(value.text) : expect.stringMatching(value.rejected),
      ]),
    ]),
  );
}

function arrived(boundaries: BoundaryTable, found: ReadRows): Readonly<Record<string, unknown>> {
  const rows = new Map(found.rows.map((row) => [Number(row[0]), row]));
  const rejected = new Map(
    found.rejected.map((row) => [Number(Buffer.from(row.cells[0] ?? []).toString('latin1')), row]),
  );
  return Object.fromEntries(
    boundaries.columns.map((column, index) => [
      `${column.name} (${column.native})`,
      column.values.map(({ id, sql }) => {
        const row = rows.get(id);
        if (row !== undefined && row.some((cell, at) => at > 0 && at !== index + 1 && cell !== null)) {
          return [sql, 'a value in a column that has none'];
        }
        if (row !== undefined) return [sql, shorten(row[index + 1] ?? null)];
        const reject = rejected.get(id);
        if (reject === undefined) return [sql, 'lost'];
        return [sql, reject.column === column.name ? reject.reason : `rejected for ${reject.column}`];
      }),
    ]),
  );
}

/** Long texts by their length and hash, so that a difference can be read. */
function shorten(text: string | null): string | null {
  if (text === null || text.length <= 200) return text;
  return `${text.slice(0, 20)}… ${text.length} characters, MD5 ${createHash('md5').update(text).digest('hex')}`;
}
