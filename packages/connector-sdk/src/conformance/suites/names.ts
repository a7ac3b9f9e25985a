import { describe, expect, it } from 'vitest';

import { HOSTILE_NAMES } from '../hostile-names.ts';
import { never, type SourceSubject } from '../subject.ts';

/** Names are data. */
export function describeNames(subject: SourceSubject): void {
  const { harness, open, find, read } = subject;
  const names = HOSTILE_NAMES.filter((name) => harness.refusesName(name) === undefined);
  describe('names', () => {
    it('of columns may be anything the system allows', async () => {
      const table = await harness.createNamed('hostile_columns', names);
      await using source = await open();
      const found = await find(source, table);
      expect(found.fields.map((field) => field.name)).toEqual(names);
      expect((await read(source, found)).rows).toEqual([names.map((_, index) => String(index))]);
      const [key = ''] = names;
      const digest = await source.digest?.({ table, fields: found.fields, key: [key], buckets: 2 }, never);
      if (digest !== undefined) expect(digest.map((bucket) => bucket.rows)).toEqual([1n]);
    });

    it.each(names)('of tables may be anything the system allows: %j', async (name) => {
      const table = await harness.createNamed(name, ['id', name === 'id' ? 'other' : name]);
      await using source = await open();
      const found = await find(source, table);
      expect(found.table.name).toBe(table.name);
      expect((await read(source, found)).rows).toEqual([['0', '1']]);
      await harness.drop(table);
    });
  });
}
