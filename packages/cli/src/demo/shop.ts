import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

import { seededRandom } from './seeded-random.ts';
import type { Random } from './seeded-random.ts';

/** Rows of the sample shop; every run of the demo makes exactly the same ones. */
export const SHOP_ROWS = {
  customers: 20_000,
  products: 2_000,
  orders: 200_000,
  order_lines: 600_000,
} as const;

/** The working day of the shop's last order; changes made later carry later times. */
const DAYS = 730;
const FIRST_DAY = Date.UTC(2024, 0, 1);

const FIRST_NAMES = [
  'Anna',
  'Björn',
  'Chloé',
  'Дмитрий',
  'Esra',
  'Fatma',
  'Giulia',
  'Håkon',
  'Iñaki',
  'Jürgen',
  'Kateřina',
  '李',
  'Łukasz',
  'Μαρία',
  'Nguyễn',
  "O'Neil",
  'Paulo',
  'René',
  'さくら',
  'Zoë',
];
const LAST_NAMES = [
  'Andersson',
  'Bäcker',
  'Čapek',
  'Dubois',
  'Øster',
  'Fernández',
  'García',
  'Hoffmann',
  'Иванова',
  'Jensen',
  'Kowalski',
  'Λάμπρου',
  'Müller',
  '田中',
  'Nowak',
  'Silva',
  'Şahin',
  'Rossi',
  'Straße',
  '王',
];
const CITIES = [
  'Berlin',
  'Kraków',
  'São Paulo',
  'Zürich',
  'Αθήνα',
  '東京',
  'Malmö',
  'İzmir',
  'Brno',
  'Nîmes',
];
const ADJECTIVES = ['Blue', 'Quiet', 'Solid', 'Größe-M', 'Café', 'Light', 'Old', 'Royal', 'Smart', 'Wild'];
const NOUNS = [
  'lamp',
  'chair',
  'teapot ☕',
  'notebook',
  'jacket',
  'bicycle',
  'shelf',
  'keyboard',
  'backpack',
  'blanket',
];
const STATUSES = ['new', 'paid', 'paid', 'shipped', 'shipped', 'shipped', 'shipped', 'cancelled'];

/** Makes the shop's SQLite file anew at `path`. */
export function createShop(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
  const db = new DatabaseSync(path);
  try {
    db.exec(
      'PRAGMA foreign_keys = OFF; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536',
    );
    db.exec(`
      CREATE TABLE customers (
        id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, email TEXT, city TEXT, is_business BOOLEAN NOT NULL,
        credit_limit DECIMAL(12,2), created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL);
      CREATE TABLE products (
        id INTEGER NOT NULL PRIMARY KEY, sku TEXT NOT NULL UNIQUE, name TEXT NOT NULL, price DECIMAL(10,2) NOT NULL,
        weight_kg REAL, attributes JSON, discontinued_on DATE, updated_at TIMESTAMP NOT NULL);
      CREATE TABLE orders (
        id INTEGER NOT NULL PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id), status TEXT NOT NULL,
        total DECIMAL(12,2) NOT NULL, note TEXT, ordered_at TIMESTAMP NOT NULL, shipped_on DATE, updated_at TIMESTAMP NOT NULL);
      CREATE TABLE order_lines (
        order_id INTEGER NOT NULL REFERENCES orders (id), line_number INTEGER NOT NULL,
        product_id INTEGER NOT NULL REFERENCES products (id), quantity INTEGER NOT NULL, unit_price DECIMAL(10,2) NOT NULL,
        discount REAL, updated_at TIMESTAMP NOT NULL, PRIMARY KEY (order_id, line_number));
      BEGIN`);
    const random = seededRandom(20_240_101);
    insertCustomers(db, random);
    const prices = insertProducts(db, random);
    insertOrders(db, random, prices);
    for (const table of Object.keys(SHOP_ROWS))
      db.exec(`CREATE INDEX ${table}_updated_at ON ${table} (updated_at)`);
    db.exec('COMMIT; PRAGMA journal_mode = WAL');
  } finally {
    db.close();
  }
}

function insertCustomers(db: DatabaseSync, random: Random): void {
  const insert = db.prepare('INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  for (let id = 1; id <= SHOP_ROWS.customers; id++) {
    const name = `${pick(FIRST_NAMES, random)} ${pick(LAST_NAMES, random)}`;
    const created = momentOf(Math.floor(random() * DAYS), random);
    const email = random() < 0.05 ? null : `customer${id}@example.com`;
    const limit = random() < 0.3 ? null : centsToText(Math.floor(random() * 1_000_000));
    insert.run(
      id,
      name,
      email,
      random() < 0.1 ? null : pick(CITIES, random),
      random() < 0.2 ? 1 : 0,
      limit,
      created,
      created,
    );
  }
}

function insertProducts(db: DatabaseSync, random: Random): readonly number[] {
  const insert = db.prepare('INSERT INTO products VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const prices = [0];
  for (let id = 1; id <= SHOP_ROWS.products; id++) {
    const cents = 99 + Math.floor(random() * 49_900);
    prices.push(cents);
    const attributes =
      random() < 0.3
        ? null
        : `{"colour": "${pick(ADJECTIVES, random)}", "size": ${Math.floor(random() * 60)}}`;
    const discontinued = random() < 0.05 ? dayText(Math.floor(random() * DAYS)) : null;
    const name = `${pick(ADJECTIVES, random)} ${pick(NOUNS, random)} ${id}`;
    const weight = random() < 0.1 ? null : Math.floor(random() * 40_000) / 1000;
    insert.run(
      id,
      `SKU-${String(id).padStart(6, '0')}`,
      name,
      centsToText(cents),
      weight,
      attributes,
      discontinued,
      momentOf(0, random),
    );
  }
  return prices;
}

function insertOrders(db: DatabaseSync, random: Random, prices: readonly number[]): void {
  const insertOrder = db.prepare('INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const insertLine = db.prepare('INSERT INTO order_lines VALUES (?, ?, ?, ?, ?, ?, ?)');
  const spareLines = SHOP_ROWS.order_lines - SHOP_ROWS.orders * 3;
  if (spareLines !== 0) throw new RangeError('Orders have three lines on average.');
  for (let id = 1; id <= SHOP_ROWS.orders; id++) {
    const day = Math.floor((id / (SHOP_ROWS.orders + 1)) * DAYS);
    const ordered = momentOf(day, random);
    // 1 to 5 lines in turn, so that every five orders have fifteen.
    const lines = ((id - 1) % 5) + 1;
    let cents = 0;
    for (let line = 1; line <= lines; line++) {
      const product = 1 + Math.floor(random() * SHOP_ROWS.products);
      const quantity = 1 + Math.floor(random() * random() * 8);
      const price = prices[product] ?? 0;
      cents += price * quantity;
      insertLine.run(
        id,
        line,
        product,
        quantity,
        centsToText(price),
        random() < 0.8 ? null : Math.floor(random() * 30) / 100,
        ordered,
      );
    }
    const status = pick(STATUSES, random);
    const note =
      random() < 0.95 ? null : `Ring twice, please — “${pick(CITIES, random)}”\n${pick(FIRST_NAMES, random)}`;
    const shipped = status === 'shipped' ? dayText(Math.min(DAYS - 1, day + 2)) : null;
    insertOrder.run(
      id,
      1 + Math.floor(random() * SHOP_ROWS.customers),
      status,
      centsToText(cents),
      note,
      ordered,
      shipped,
      ordered,
    );
  }
}

function pick<T>(items: readonly [T, ...T[]] | readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('Nothing to pick from.');
  return item;
}

function centsToText(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

const dayTexts = Array.from({ length: DAYS }, (_, day) =>
  new Date(FIRST_DAY + day * 86_400_000).toISOString().slice(0, 10),
);
const twoDigits = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));

function dayText(day: number): string {
  return dayTexts[day] ?? '2024-01-01';
}

function momentOf(day: number, random: Random): string {
  const second = Math.floor(random() * 86_400);
  const micros = String(Math.floor(random() * 1_000_000)).padStart(6, '0');
  return `${dayText(day)} ${twoDigits[Math.floor(second / 3600)]}:${twoDigits[Math.floor(second / 60) % 60]}:${twoDigits[second % 60]}.${micros}`;
}
