/**
 * One project's life: documents resolved, plans made, runs recorded, leased and executed in runner processes.
 * Knows no connector, no HTTP, no terminal; touches no data itself.
 * Enter at `operations` (every use case) and `createOperationContext` (what they work with).
 */
export type { TableEstimate } from './history/estimate-tables.ts';
export * from './operation-context.ts';
export * from './operation.ts';
export * from './operations/index.ts';
export { operationTable } from './operations/table.ts';
export type { OperationError, OperationInput, OperationName, OperationOutput } from './operations/table.ts';
export * from './project/document-error.ts';
export type { ProposedEdit } from './project/propose-edit.ts';
export { PIPELINES_FOLDER, PROJECT_FILE, listPipelinePaths } from './project/project.ts';
export { listSettings } from './project/secret-settings.ts';
export type { ConnectorSetting } from './project/secret-settings.ts';
export * from './runner/runner-client.ts';
export * from './runner/runner-protocol.ts';
export type { RunAttempt, RunOptions, RunRecord } from './runs/run-record.ts';
export { summarizeTask } from './runs/run-summary.ts';
export type { RunSummary, TaskSummary } from './runs/run-summary.ts';
export { toSystemFailure } from './system-failure.ts';
