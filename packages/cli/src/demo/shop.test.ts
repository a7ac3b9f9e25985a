import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import { SHOP_ROWS, createShop } from './shop.ts';
import { changeShop } from './shop-changes.ts';

describe('the sample shop', () => {
  it('is the same each time, before and after its changes', { timeout: 180_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-shop-'));
    try {
      const path = join(folder, 'shop.db');
      createShop(path);
      expect(countRows(path)).toEqual(SHOP_ROWS);
      expect(fingerprint(path)).toMatchInlineSnapshot(`"b7fcdd07f899d445"`);
      const changes = changeShop(path);
      const counts = countRows(path);
      for (const table of ['customers', 'products', 'orders', 'order_lines'] as const) {
        const { inserted, deleted } = changes[table];
        expect([table, counts[table]]).toEqual([table, SHOP_ROWS[table] + inserted - deleted]);
      }
      expect(fingerprint(path)).toMatchInlineSnapshot(`"05ee3d122384e664"`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function countRows(path: string): Record<string, number> {
  const db = new DatabaseSync(path);
  const counts = Object.keys(SHOP_ROWS).map((table) => [
    table,
    Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']),
  ]);
  db.close();
  return Object.fromEntries(counts);
}

function fingerprint(path: string): string {
  const db = new DatabaseSync(path);
  const hash = createHash('sha256');
  for (const table of Object.keys(SHOP_ROWS)) {
    for (const row of db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2 LIMIT 20000`).iterate())
      hash.update(JSON.stringify(Object.values(row)));
  }
  db.close();
  return hash.digest('hex').slice(0, 16);
}
