import type { Field, LogicalType } from '@millrace/spec';

const INT: LogicalType = { kind: 'integer', bits: 32, signed: true };
const FLOAT: LogicalType = { kind: 'float', bits: 64 };
const TEXT: LogicalType = { kind: 'string' };
const field = (name: string, type: LogicalType): Field => ({ name, type, nullable: false });

export const CODE_INPUT: readonly Field[] = [
  field('id', INT),
  field('name', TEXT),
  field('status', TEXT),
  field('price', FLOAT),
  field('quantity', INT),
];
export const CODE_OUTPUT: readonly Field[] = [...CODE_INPUT, field('slug', TEXT), field('total', FLOAT)];
export const CODE_OUTPUT_DDL =
  'id INTEGER, name VARCHAR, status VARCHAR, price DOUBLE, quantity INTEGER, slug VARCHAR, total DOUBLE';

/** Doubles and 32-bit integers only, which a driver's row objects hold as plainly as ours. */
export function codeInputSql(rows: number): string {
  return `SELECT i::INTEGER AS id, 'Customer No. ' || (hash(i) % 100000) || ' of Café ' || (i % 97) AS name, ['open', 'paid', 'shipped'][1 + i % 3] AS status, (hash(i) % 100000) / 100 AS price, (1 + i % 7)::INTEGER AS quantity FROM range(${rows}) t(i)`;
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly price: number;
  readonly quantity: number;
}

export const CODE_FUNCTION = (row: Row) => ({
  ...row,
  slug: `${row.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)}-${row.status}`,
  total: Math.round(row.price * row.quantity * 100) / 100,
});

/** What the function makes, said by DuckDB, to check both. */
export const CODE_EXPECTED = `SELECT *, lower(regexp_replace(lower(name), '[^a-z0-9]+', '-', 'g'))[:40] || '-' || status AS slug, round(price * quantity * 100) / 100 AS total`;
