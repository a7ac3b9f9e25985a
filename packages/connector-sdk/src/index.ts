/**
 * What a connector is: definition, source, destination, batches, digests, errors.
 * Knows no system, no engine and no driver; a connector's folder imports this and its own driver.
 * Enter at `defineConnector`; the protocol of a read and a publish is in the comments of `Source` and `Destination`.
 */
export * from './batch/batch.ts';
export * from './batch/batch-builder.ts';
export { buffers } from './batch/buffer-pool.ts';
export * from './batch/batch-digest.ts';
export * from './batch/canonical-rows.ts';
export { ColumnWriter, type CellEncoding } from './batch/column-writer.ts';
export * from './connector.ts';
export * from './destination.ts';
export * from './digest.ts';
export * from './pipeline-error.ts';
export * from './query.ts';
export * from './source.ts';
export * from './table-patterns.ts';
