import { DatabaseSync } from 'node:sqlite';

import { seededRandom } from './seeded-random.ts';
import { SHOP_ROWS } from './shop.ts';

/** Rows of the shop that a day of business adds, changes and removes, per table. */
export interface ShopChanges {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** One more day of business: new orders with their lines, paid and shipped ones, withdrawn ones, a price rise. */
export function changeShop(path: string): Readonly<Record<keyof typeof SHOP_ROWS, ShopChanges>> {
  const db = new DatabaseSync(path);
  try {
    const now = '2026-01-02 09:00:00.000001';
    const random = seededRandom(20_260_102);
    const insertOrder = db.prepare('INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    const insertLine = db.prepare('INSERT INTO order_lines VALUES (?, ?, ?, ?, ?, ?, ?)');
    db.exec('BEGIN');
    for (let id = SHOP_ROWS.orders + 1; id <= SHOP_ROWS.orders + 1_000; id++) {
      insertOrder.run(
        id,
        1 + Math.floor(random() * SHOP_ROWS.customers),
        'new',
        '19.98',
        null,
        now,
        null,
        now,
      );
      for (let line = 1; line <= 2; line++)
        insertLine.run(id, line, 1 + Math.floor(random() * SHOP_ROWS.products), 1, '9.99', null, now);
    }
    const count = (sql: string): number => Number(db.prepare(sql).run().changes);
    const changes = {
      customers: {
        inserted: count(
          `INSERT INTO customers VALUES (${SHOP_ROWS.customers + 1}, 'Nýr Viðskiptavinur', NULL, 'Reykjavík', 0, '0.10', '${now}', '${now}')`,
        ),
        updated: count(`UPDATE customers SET city = 'Łódź', updated_at = '${now}' WHERE id % 100 = 7`),
        deleted: 0,
      },
      products: {
        inserted: 0,
        updated: count(`UPDATE products SET price = '129.90', updated_at = '${now}' WHERE id % 40 = 3`),
        deleted: 0,
      },
      order_lines: {
        inserted: 2_000,
        updated: 0,
        deleted: count('DELETE FROM order_lines WHERE order_id % 500 = 11'),
      },
      orders: {
        inserted: 1_000,
        updated: count(
          `UPDATE orders SET status = 'shipped', shipped_on = '2026-01-02', updated_at = '${now}' WHERE status = 'paid' AND id % 20 = 1`,
        ),
        deleted: count('DELETE FROM orders WHERE id % 500 = 11'),
      },
    };
    db.exec('COMMIT');
    return changes;
  } finally {
    db.close();
  }
}
