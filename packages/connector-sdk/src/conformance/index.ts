/**
 * The tests that every connector passes against the real system, and the contract of the harness that offers it.
 * Knows no connector: what differs between systems is in their harnesses and capabilities.
 * Enter at `describeConnector`; a harness for a system that speaks SQL is made with `ordersOverSql` and
 * `createBoundariesOverSql`.
 */
export { canonicalFromText } from './canonical-from-text.ts';
export { describeConnector } from './describe-connector.ts';
export * from './harness.ts';
export { HOSTILE_NAMES } from './hostile-names.ts';
export { ORDER_COLUMNS, orderOf, type OrderRow, ordersBetween, orderText } from './orders.ts';
export { findTable, readRows, type ReadRows, requestFor, sortById } from './read-rows.ts';
export { digestOf, hashRow } from './row-digest.ts';
export {
  type BoundaryOptions,
  type BoundaryValues,
  createBoundariesOverSql,
} from './sql/boundaries-over-sql.ts';
export { ordersOverSql, type OrderTypes } from './sql/orders-over-sql.ts';
export { quoteTableOf, type SqlProbe, tableIn } from './sql/sql-probe.ts';
