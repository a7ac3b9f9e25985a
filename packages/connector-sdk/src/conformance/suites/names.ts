import { describe, expect, it } from 'vitest';

import { HOSTILE_NAMES } from '../hostile-names.ts';
import { never, type SourceSubject } from '../subject.ts';

/** Names are data. */
export function describeNames(subject: SourceSubject): void {
  const { harness, open, find, read } = subject;
  const allowed = (kind: 'table' | 'column'): readonly string[] =>
    HOSTILE_NAMES.filter((name) => harness.refusesName(name, kind) === undefined);
  describe('names', () => {
    it('of columns may be anything the system allows', async () => {
      const names = allowed('column');
      const table = await harness.createNamed('hostile_columns', names);
      await using source = await open();
      const found = await find(source, table);
      expect(found.fields.map((field) => field.name)).toEqual(names);
      expect((await read(source, found)).rows).toEqual([names.map((_, index) => String(index))]);
      const [key = ''] = names;
      const digest = await source.digest?.({ table, fields: found.fields, key: [key], buckets: 2 }, never);
      if (digest !== undefined) expect(digest.map((bucket) => bucket.rows)).toEqual([1n]);
    });

    it('of tables may be anything the system allows, twins included', async () => {
      // A column of its own tells each table from its twins.
      const columnsOf = (index: number): readonly string[] => ['id', `own_${index}`];
      const tables = [];
      for (const [index, name] of allowed('table').entries()) {
        tables.push(await harness.createNamed(name, columnsOf(index)));
      }
      await using source = await open();
      for (const [index, table] of tables.entries()) {
        const found = await find(source, table);
        expect(found.table).toEqual(table);
        expect(
          found.fields.map((field) => field.name),
          table.name,
        ).toEqual(columnsOf(index));
        expect((await read(source, found)).rows, table.name).toEqual([['0', '1']]);
      }
      for (const table of tables) await harness.drop(table);
    });
  });
}
