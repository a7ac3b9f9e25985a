import type { CheckItem, Field, LogicalType } from '@millrace/spec';

const COLUMNS: readonly (readonly [name: string, type: LogicalType, sql: string])[] = [
  ['id', { kind: 'integer', bits: 64, signed: true }, 'i'],
  ['customer_id', { kind: 'integer', bits: 32, signed: true }, '(hash(i) % 1000000)::INTEGER'],
  [
    'status',
    { kind: 'string' },
    "['new', 'paid', 'shipped', 'cancelled', 'refnded'][1 + least(4, hash(i + 1) % 1000 // 249)::INTEGER]",
  ],
  [
    'total',
    { kind: 'decimal', precision: 12, scale: 2 },
    '((hash(i + 2) % 1000000)::DECIMAL(12,2) - 10) / 100',
  ],
  [
    'ratio',
    { kind: 'float', bits: 64 },
    'CASE WHEN i % 1000 = 0 THEN NULL ELSE (hash(i + 3) % 100000) / 7 END',
  ],
  ['ordered_on', { kind: 'date' }, "DATE '2020-01-01' + (hash(i + 4) % 1500)::INTEGER"],
  [
    'updated_at',
    { kind: 'timestamp', timezone: false },
    "TIMESTAMP '2020-06-01' + INTERVAL (hash(i + 5) % 100000000) SECOND",
  ],
  ['sku', { kind: 'string' }, "'SKU-' || lpad((hash(i + 6) % 1000000)::VARCHAR, 6, '0')"],
  [
    'email',
    { kind: 'string' },
    "CASE WHEN hash(i + 7) % 20 = 0 THEN NULL ELSE 'user' || (hash(i + 7) % 5000000) || '@example.com' END",
  ],
  ['quantity', { kind: 'integer', bits: 16, signed: true }, '(hash(i + 8) % 100)::SMALLINT'],
];

export const ORDERS_FIELDS: readonly Field[] = COLUMNS.map(([name, type]) => ({
  name,
  type,
  nullable: true,
}));

export function ordersSql(rows: number): string {
  return `SELECT ${COLUMNS.map(([name, type, sql]) => `CAST(${sql} AS ${typeSql(type)}) AS ${name}`).join(', ')} FROM range(${rows}) AS t(i)`;
}

function typeSql(type: LogicalType): string {
  switch (type.kind) {
    case 'integer':
      return { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[type.bits];
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'float':
      return 'DOUBLE';
    case 'string':
      return 'VARCHAR';
    default:
      return type.kind.toUpperCase();
  }
}

/** A check, and the value that tells its outcome as a person would write it in SQL: an aggregate, or a query of its own. */
export interface HandWritten {
  readonly check: CheckItem;
  readonly sql: string;
  readonly isQuery?: true;
}

const rows = (check: CheckItem, fails: string): HandWritten => ({
  check,
  sql: `count(*) FILTER (WHERE ${fails})`,
});

/** Fifty checks as they stand in a document. */
export const HAND_WRITTEN: readonly HandWritten[] = [
  ...COLUMNS.map(([column]) => rows({ notNull: { columns: [column] } }, `${column} IS NULL`)),
  {
    check: { unique: { columns: ['id'] } },
    sql: 'SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM orders WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1)',
    isQuery: true,
  },
  rows({ range: { column: 'id', min: 0 } }, 'id < 0'),
  { check: { rowCount: { min: 1 } }, sql: 'count(*)' },
  rows(
    { expression: { condition: 'id <> customer_id OR quantity >= 0' } },
    'NOT (id <> customer_id OR quantity >= 0)',
  ),
  rows({ range: { column: 'customer_id', min: 0, max: 999_999 } }, 'customer_id < 0 OR customer_id > 999999'),
  rows({ range: { column: 'customer_id', above: 0 } }, 'customer_id <= 0'),
  rows({ expression: { condition: 'customer_id % 2 IN (0, 1)' } }, 'NOT (customer_id % 2 IN (0, 1))'),
  {
    check: { distribution: { column: 'customer_id', measure: 'mean', max: 1e6 } },
    sql: 'avg(customer_id::DOUBLE)',
  },
  rows(
    { accepted: { column: 'status', values: ['new', 'paid', 'shipped', 'cancelled'] } },
    "status NOT IN ('new', 'paid', 'shipped', 'cancelled')",
  ),
  rows({ length: { column: 'status', min: 3, max: 9 } }, 'length(status) < 3 OR length(status) > 9'),
  rows(
    { expression: { condition: "status <> 'cancelled' OR total < 10000" } },
    "NOT (status <> 'cancelled' OR total < 10000)",
  ),
  rows({ expression: { condition: "NOT starts_with(status, 'x')" } }, "starts_with(status, 'x')"),
  rows({ range: { column: 'total', min: 0 } }, 'total < 0'),
  rows({ range: { column: 'total', below: 100_000 } }, 'total >= 100000'),
  rows({ expression: { condition: 'total >= quantity * -1' } }, 'NOT (total >= quantity * -1)'),
  { check: { distribution: { column: 'total', measure: 'mean', min: 0 } }, sql: 'avg(total::DOUBLE)' },
  rows({ range: { column: 'ratio', min: 0 } }, 'ratio < 0 OR isnan(ratio)'),
  rows({ range: { column: 'ratio', max: 20_000 } }, 'ratio > 20000 OR isnan(ratio)'),
  {
    check: { distribution: { column: 'ratio', measure: 'nullShare', max: 0.01 } },
    sql: 'count(*) FILTER (WHERE ratio IS NULL) / count(*)',
  },
  { check: { distribution: { column: 'ratio', measure: 'mean', max: 20_000 } }, sql: 'avg(ratio)' },
  rows({ range: { column: 'ordered_on', min: '2020-01-01' } }, "ordered_on < DATE '2020-01-01'"),
  rows({ range: { column: 'ordered_on', below: '2100-01-01' } }, "ordered_on >= DATE '2100-01-01'"),
  rows({ expression: { condition: 'ordered_on <= updated_at' } }, 'NOT (ordered_on <= updated_at)'),
  rows({ expression: { condition: 'year(ordered_on) >= 2020' } }, 'NOT (year(ordered_on) >= 2020)'),
  rows({ range: { column: 'updated_at', min: '2020-06-01' } }, "updated_at < TIMESTAMP '2020-06-01'"),
  rows({ range: { column: 'updated_at', max: '2030-01-01 00:00' } }, "updated_at > TIMESTAMP '2030-01-01'"),
  rows({ expression: { condition: 'isfinite(updated_at)' } }, 'NOT isfinite(updated_at)'),
  rows(
    { expression: { condition: 'hour(updated_at) BETWEEN 0 AND 23' } },
    'NOT (hour(updated_at) BETWEEN 0 AND 23)',
  ),
  rows({ length: { column: 'sku', min: 10, max: 10 } }, 'length(sku) <> 10'),
  rows({ expression: { condition: "starts_with(sku, 'SKU-')" } }, "NOT starts_with(sku, 'SKU-')"),
  rows({ expression: { condition: 'sku = upper(sku)' } }, 'NOT (sku = upper(sku))'),
  rows({ pattern: { column: 'sku', regex: 'SKU-\\d{6}' } }, "NOT regexp_full_match(sku, 'SKU-\\d{6}')"),
  rows({ length: { column: 'email', min: 5, max: 40 } }, 'length(email) < 5 OR length(email) > 40'),
  rows({ expression: { condition: "contains(email, '@')" } }, "NOT contains(email, '@')"),
  {
    check: { distribution: { column: 'email', measure: 'nullShare', max: 0.1 } },
    sql: 'count(*) FILTER (WHERE email IS NULL) / count(*)',
  },
  rows({ expression: { condition: "NOT ends_with(email, '.test')" } }, "ends_with(email, '.test')"),
  rows({ range: { column: 'quantity', min: 0, max: 99 } }, 'quantity < 0 OR quantity > 99'),
  rows(
    { accepted: { column: 'quantity', values: Array.from({ length: 100 }, (_, value) => value) } },
    `quantity NOT IN (${Array.from({ length: 100 }, (_, value) => value).join(', ')})`,
  ),
  rows({ expression: { condition: 'quantity > 0 OR total < 10000' } }, 'NOT (quantity > 0 OR total < 10000)'),
  {
    check: { distribution: { column: 'quantity', measure: 'mean', max: 100 } },
    sql: 'avg(quantity::DOUBLE)',
  },
];
