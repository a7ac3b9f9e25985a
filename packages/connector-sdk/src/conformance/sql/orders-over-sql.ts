import type { SourceHarness } from '../harness.ts';
import { ORDER_COLUMNS, orderText, type OrderRow } from '../orders.ts';
import { quoteTableOf, type SqlProbe, tableIn } from './sql-probe.ts';

const ROWS_PER_STATEMENT = 500;

export interface OrderTypes {
  readonly integer: string;
  readonly text: string;
  readonly decimal: string;
  readonly timestamp: string;
  /** A time as a literal. */
  readonly time: (text: string) => string;
}

type OrderTables = Pick<SourceHarness, 'createOrders' | 'upsertOrders'> &
  Required<Pick<SourceHarness, 'deleteOrders' | 'drop' | 'createNamed'>>;

/** Tables of orders for a system that speaks SQL. */
export function ordersOverSql(probe: SqlProbe, types: OrderTypes): OrderTables {
  const columns = ORDER_COLUMNS.join(', ');
  const cell = (name: string, value: string | null): string => {
    if (value === null) return 'NULL';
    if (name === 'id' || name === 'amount') return value;
    return name.endsWith('_at') ? types.time(value) : probe.literal(value);
  };
  const insert = async (target: string, rows: readonly OrderRow[]): Promise<void> => {
    for (let first = 0; first < rows.length; first += ROWS_PER_STATEMENT) {
      const values = rows.slice(first, first + ROWS_PER_STATEMENT).map((row) => {
        const cells = orderText(row).map((value, index) => cell(ORDER_COLUMNS[index] ?? '', value));
        return `(${cells.join(', ')})`;
      });
      await probe.run(`INSERT INTO ${target} (${columns}) VALUES ${values.join(', ')}`);
    }
  };
  const remove = async (target: string, ids: readonly number[]): Promise<void> => {
    if (ids.length > 0) await probe.run(`DELETE FROM ${target} WHERE id IN (${ids.join(', ')})`);
  };
  return {
    async createOrders(name, rows) {
      const table = tableIn(probe, name);
      const target = quoteTableOf(probe, table);
      await probe.run(
        `CREATE TABLE ${target} (id ${types.integer} NOT NULL PRIMARY KEY, customer ${types.text} NOT NULL, ` +
          `amount ${types.decimal} NOT NULL, status ${types.text} NOT NULL, updated_at ${types.timestamp} NOT NULL, ` +
          `shipped_at ${types.timestamp} NULL, note ${types.text} NULL)`,
      );
      await probe.run(`CREATE INDEX ${probe.quote(`${name}_updated`)} ON ${target} (updated_at)`);
      await insert(target, rows);
      return table;
    },
    async upsertOrders(table, rows) {
      const target = quoteTableOf(probe, table);
      await probe.run('BEGIN');
      await remove(
        target,
        rows.map((row) => row.id),
      );
      await insert(target, rows);
      await probe.run('COMMIT');
    },
    async deleteOrders(table, ids) {
      await remove(quoteTableOf(probe, table), ids);
    },
    async createNamed(name, names) {
      const table = tableIn(probe, name);
      const target = quoteTableOf(probe, table);
      const definitions = names.map((each) => `${probe.quote(each)} ${types.integer}`);
      await probe.run(`CREATE TABLE ${target} (${definitions.join(', ')})`);
      await probe.run(`INSERT INTO ${target} VALUES (${names.map((_, index) => index).join(', ')})`);
      return table;
    },
    async drop(table) {
      await probe.run(`DROP TABLE ${quoteTableOf(probe, table)}`);
    },
  };
}
