import type { TextRow } from './harness.ts';

/** One order; times are `YYYY-MM-DD HH:MM:SS.ffffff` in UTC. */
export interface OrderRow {
  readonly id: number;
  readonly customer: string;
  /** With two decimals. */
  readonly amount: string;
  readonly status: string;
  readonly updatedAt: string;
  readonly shippedAt: string | null;
  readonly note: string | null;
}

/** Columns of a table of orders, in order; `id` is the key, `updated_at` indexed and NOT NULL. */
export const ORDER_COLUMNS = [
  'id',
  'customer',
  'amount',
  'status',
  'updated_at',
  'shipped_at',
  'note',
] as const;

const STATUSES = ['new', 'paid', 'shipped', 'cancelled'];
const NOTES = [null, '', 'äöü 🦆', 'tab\there', 'it\'s "quoted"', 'back\\slash', 'two\nlines', ' spaces '];
const START = Date.UTC(2026, 0, 1);

/** A deterministic order; another `revision` of the same id is a later state of it. */
export function orderOf(id: number, revision = 0): OrderRow {
  const seconds = id * 7 + revision * 100_000;
  return {
    id,
    customer: `customer ${(id * 31 + revision) % 97}`,
    amount: `${(id * 37 + revision * 11) % 10_000}.${String((id * 13 + revision) % 100).padStart(2, '0')}`,
    status: STATUSES[(id + revision) % STATUSES.length] ?? 'new',
    // Three orders at a time share a moment.
    updatedAt: timeOf(Math.floor(seconds / 21) * 21, revision),
    shippedAt: id % 5 === 0 ? null : timeOf(seconds, id % 1_000_000),
    note: NOTES[(id + revision) % NOTES.length] ?? null,
  };
}

/** Orders with ids from `first` to `last`. */
export function ordersBetween(first: number, last: number, revision = 0): readonly OrderRow[] {
  return Array.from({ length: last - first + 1 }, (_, index) => orderOf(first + index, revision));
}

/** The row as canonical text, in the order of `ORDER_COLUMNS`. */
export function orderText(row: OrderRow): TextRow {
  return [String(row.id), row.customer, row.amount, row.status, row.updatedAt, row.shippedAt, row.note];
}

function timeOf(seconds: number, micros: number): string {
  const text = new Date(START + seconds * 1000).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}.${String(micros).padStart(6, '0')}`;
}
