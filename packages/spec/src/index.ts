/**
 * The pipeline language: the document, its parse with positions, diagnostics, edits, and the logical types of data.
 * Runs in any runtime; knows nothing of files, servers or connectors.
 * Enter at `parsePipeline` (text to document) and `LogicalType`.
 */
export * from './dataset.ts';
export * from './logical-type.ts';
export * from './source-table.ts';
export * from './capabilities.ts';
