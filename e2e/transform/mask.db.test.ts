import { createHmac } from 'node:crypto';

import { seededRandom } from '@millrace/connector-sdk/testing';
import { describe, expect, it } from 'vitest';

import { WarehouseShop } from './warehouse-shop.ts';

const REFERENCE = '${secret:MASK_KEY}';
const KEY = "correct'horse/battery staple";

const PIPELINE = `version: 1
name: masked
steps:
  customers:
    source: { connection: shop, table: customers, load: { mode: incremental, cursor: changed, deletes: detect } }
  orders:
    source: { connection: shop, table: orders, load: { mode: incremental, cursor: changed, deletes: detect } }
  people:
    mask: { from: customers, key: '${REFERENCE}', columns: { id: { method: hash }, name: { method: tokenize } } }
  sold:
    mask: { from: orders, key: '${REFERENCE}', columns: { customer: { method: hash } } }
  named:
    lookup: { from: sold, in: people, on: { customer: id }, columns: [name] }
  shown:
    mask: { from: named, key: '${REFERENCE}', columns: { name: { method: reveal } } }
  plain:
    lookup: { from: orders, in: customers, on: { customer: id }, columns: [name] }
  publishShown:
    destination: { from: shown, connection: warehouse, table: mart.shown }
  publishPeople:
    destination: { from: people, connection: warehouse, table: mart.people }
  publishPlain:
    destination: { from: plain, connection: warehouse, table: mart.plain }
`;

describe('a mask', () => {
  it('gives tokens that join and turn back, by full and by incremental runs', async () => {
    await using shop = new WarehouseShop(seededRandom(11), 50);
    for (let round = 0; round < 3; round++) {
      if (round > 0) shop.change();
      await shop.run(PIPELINE, 'masked', { [REFERENCE]: KEY });
      const { shown = [], plain = [] } = await shop.rows('masked', ['shown', 'plain']);
      expect(withoutCustomer(shown)).toEqual(withoutCustomer(plain));
    }
    await shop.run(PIPELINE, 'full', { [REFERENCE]: KEY });
    const tables = ['people', 'shown'];
    expect(await shop.rows('masked', tables)).toEqual(await shop.rows('full', tables));
  });

  it('makes all rows anew with another key', async () => {
    await using shop = new WarehouseShop(seededRandom(12), 20);
    await shop.run(PIPELINE, 'masked', { [REFERENCE]: KEY });
    const before = await shop.rows('masked', ['people']);
    await shop.run(PIPELINE, 'masked', { [REFERENCE]: `${KEY}!` });
    const { people: after = [] } = await shop.rows('masked', ['people']);
    expect(after).toHaveLength(before['people']?.length ?? 0);
    expect(after.filter((row) => before['people']?.includes(row))).toEqual([]);
  });

  it('computes nothing without its key', async () => {
    await using shop = new WarehouseShop(seededRandom(13), 20);
    await expect(shop.run(PIPELINE, 'masked')).rejects.toThrow(
      /The rows of \w+ cannot be computed: The key \S+ was not given to this run/,
    );
  });

  it('leaves its key in no plan, event or file', async () => {
    await using shop = new WarehouseShop(seededRandom(14), 50);
    const events = await shop.run(PIPELINE, 'masked', { [REFERENCE]: KEY });
    const texts = [JSON.stringify(events), JSON.stringify(await shop.plan(PIPELINE))];
    const halves = ['inner', 'outer'].map((name) =>
      createHmac('sha256', KEY).update(`millrace mask ${name}`).digest('hex'),
    );
    const files = shop.files();
    expect(files.length).toBeGreaterThan(5);
    for (const secret of [KEY, ...halves]) {
      for (const form of [secret, secret.replaceAll("'", "''"), Buffer.from(secret).toString('base64')]) {
        expect(texts.filter((text) => text.includes(form))).toEqual([]);
        expect(files.filter((file) => file.includes(form))).toEqual([]);
      }
    }
  });
});

/** Rows with what the mask leaves as it was. */
function withoutCustomer(rows: readonly string[]): readonly string[] {
  return rows.map((row) => row.replace(/"customer":(?:"\w*"|\d+|null),/, '')).toSorted();
}
