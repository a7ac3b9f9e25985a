import { filesOf, publishRequest } from '@millrace/connector-sdk/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { field, INT64, STRING } from '../harness/test-fields.ts';
import { noSignal, openTestWarehouse, type TestWarehouse } from '../harness/test-warehouse.ts';

/** A load of changed rows (value null is SQL NULL) and keys that are gone. */
interface Load {
  readonly rows: ReadonlyMap<number, string | null>;
  readonly gone: readonly number[];
  readonly isPublishedTwice: boolean;
}

const key = fc.integer({ min: 0, max: 6 });
const value = fc.constantFrom('a', 'b', '', null);
const load: fc.Arbitrary<Load> = fc.record({
  rows: fc.array(fc.tuple(key, value), { maxLength: 5 }).map((entries) => new Map(entries)),
  gone: fc.uniqueArray(key, { maxLength: 3 }),
  isPublishedTwice: fc.boolean(),
});
const loads = fc.array(load, { minLength: 1, maxLength: 5 });

const fields = [field('id', INT64, false), field('value', STRING)];
const RUNS = { numRuns: 12 };
let tables = 0;

async function publishAll(
  warehouse: TestWarehouse,
  sequence: readonly Load[],
  write: { readonly mode: 'merge' | 'scd2'; readonly deletes: 'soft' | 'hard' | 'ignore' },
): Promise<string> {
  tables += 1;
  const table = { schema: 'shop', name: `t${tables}` };
  for (const [index, { rows, gone, isPublishedTwice }] of sequence.entries()) {
    const cells = [...rows].map(
      ([id, text]) => `(${id}::BIGINT, ${text === null ? 'NULL' : `'${text}'`}::VARCHAR)`,
    );
    const files =
      cells.length === 0
        ? []
        : [await warehouse.stage.file(`SELECT * FROM (VALUES ${cells.join(', ')}) v(id, value)`)];
    const goneFile =
      gone.length === 0
        ? []
        : [await warehouse.stage.file(`SELECT unnest([${gone.join(', ')}])::BIGINT AS id`)];
    const request = publishRequest({
      table,
      ...write,
      fields,
      key: ['id'],
      deletedKeys: () => goneFile,
      loadedAt: stamp(index),
    });
    const { record } = await warehouse.destination.publish(request, filesOf(...files), noSignal);
    if (!isPublishedTwice) continue;
    const again = await warehouse.destination.publish(request, filesOf(...files), noSignal);
    expect(again).toMatchObject({ isAdopted: true, record });
  }
  return `shop.t${tables}`;
}

function stamp(index: number): string {
  return `2026-01-01T00:00:0${index}Z`;
}

function stampText(index: number): string {
  return `2026-01-01 00:00:0${index}+00`;
}

it.each(['soft', 'hard', 'ignore'] as const)(
  'merge with deletes: %s ends as a map would',
  async (deletes) => {
    await using warehouse = await openTestWarehouse();
    await fc.assert(
      fc.asyncProperty(loads, async (sequence) => {
        const model = new Map<number, readonly (string | null)[]>();
        for (const [index, { rows, gone }] of sequence.entries()) {
          for (const id of gone) {
            const row = model.get(id);
            if (row === undefined || deletes === 'ignore') continue;
            if (deletes === 'hard') model.delete(id);
            else model.set(id, [row[0] ?? null, row[1] ?? stampText(index)]);
          }
          for (const [id, text] of rows) model.set(id, [text, null]);
        }
        const name = await publishAll(warehouse, sequence, { mode: 'merge', deletes });
        const expected = [...model]
          .toSorted(([a], [b]) => a - b)
          .map(([id, [text, at]]) => [String(id), text, at]);
        const columns = deletes === 'soft' ? 'id, value, deleted_at' : 'id, value, NULL';
        expect(await warehouse.rows(`SELECT ${columns} FROM ${name} ORDER BY id`)).toEqual(expected);
      }),
      RUNS,
    );
  },
);

it('scd2 keeps the versions a list would', async () => {
  await using warehouse = await openTestWarehouse();
  await fc.assert(
    fc.asyncProperty(loads, async (sequence) => {
      const versions: { id: number; text: string | null; from: number; to: number | null }[] = [];
      const current = (id: number) => versions.find((version) => version.id === id && version.to === null);
      for (const [index, { rows, gone }] of sequence.entries()) {
        for (const id of gone) {
          const version = current(id);
          if (version !== undefined) version.to = index;
        }
        for (const [id, text] of rows) {
          const version = current(id);
          if (version !== undefined && version.text === text) continue;
          if (version !== undefined) version.to = index;
          versions.push({ id, text, from: index, to: null });
        }
      }
      const name = await publishAll(warehouse, sequence, { mode: 'scd2', deletes: 'soft' });
      const expected = versions
        .toSorted((a, b) => a.id - b.id || a.from - b.from)
        .map(({ id, text, from, to }) => [
          String(id),
          text,
          stampText(from),
          to === null ? null : stampText(to),
          String(to === null),
        ]);
      expect(
        await warehouse.rows(
          `SELECT id, value, valid_from, valid_to, is_current FROM ${name} ORDER BY id, valid_from`,
        ),
      ).toEqual(expected);
    }),
    RUNS,
  );
});
