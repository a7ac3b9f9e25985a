/**
 * One project's life: documents resolved, plans made, runs recorded, leased and executed in runner processes.
 * Knows no connector, no HTTP, no terminal; touches no data itself.
 * Enter at `operations` (every use case) `openProjectHost` and `contextOf` (what they work with).
 */
export { lastValidRevision } from './documents/revisions.ts';
export { watchDocuments } from './documents/watch-documents.ts';
export type { TableEstimate } from './history/estimate-tables.ts';
export { appendAudit } from './audit/audit-log.ts';
export type { AuditOutcome, AuditedAct } from './audit/audit-log.ts';
export { auditTarget } from './audit/audit-target.ts';
export { findApiToken } from './identity/api-tokens.ts';
export { LOCAL_CALLER } from './identity/caller.ts';
export type { Caller } from './identity/caller.ts';
export { acceptInvitation, hasUsers, inviteAdministrator, readInvitation } from './identity/invitations.ts';
export type { Acceptance, Invited } from './identity/invitations.ts';
export { PERMISSIONS, ROLES, isAllowed, isAudited, permissionsOf } from './identity/permissions.ts';
export type { Permission, Role } from './identity/permissions.ts';
export { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './identity/passwords.ts';
export { endSession, findSession, isKnownAddress, signIn, startSession } from './identity/sessions.ts';
export type { LiveEvent, LiveFact } from './live/live-event.ts';
export type { LiveFeed } from './live/live-feed.ts';
export * from './operation-context.ts';
export * from './operation.ts';
export * from './operations/index.ts';
export { isRefusal, toOperationError } from './operations/operation-error.ts';
export type { OperationError, ToldDiagnostic } from './operations/operation-error.ts';
export { toJson } from './operations/to-json.ts';
export { operationTable } from './operations/table.ts';
export type { OperationInput, OperationName, OperationOutput } from './operations/table.ts';
export * from './project-host.ts';
export * from './project/document-error.ts';
export { judgeOffline } from './project/judge-offline.ts';
export type { JudgeText } from './project/judge-offline.ts';
export type { ProposedEdit } from './project/propose-edit.ts';
export { PIPELINES_FOLDER, PROJECT_FILE, listPipelinePaths, loadProject } from './project/project.ts';
export { claimServerFile, readServerFile, requireNoServer } from './project/server-file.ts';
export type { ServerFile } from './project/server-file.ts';
export { listSettings } from './project/secret-settings.ts';
export type { ConnectorSetting } from './project/secret-settings.ts';
export { emailSchema } from './operations/identity/invite-user.ts';
export { passwordSchema } from './operations/identity/change-password.ts';
export { startWorker } from './queue/worker.ts';
export type { Worker, WorkerOptions } from './queue/worker.ts';
export * from './runner/runner-client.ts';
export * from './runner/runner-protocol.ts';
export type { RunAttempt, RunOptions, RunRecord, RunTrigger } from './runs/run-record.ts';
export type { ListedRun } from './runs/run-schema.ts';
export { summarizeTask } from './runs/run-summary.ts';
export type { RunSummary, TaskSummary } from './runs/run-summary.ts';
export type { RunComparison } from './runs/compare-run.ts';
export type { RunGraph, RunGraphNode } from './runs/graph-run.ts';
export { startScheduler } from './schedules/scheduler.ts';
export { STATE_FOLDER } from './state-folder.ts';
export { openExport, type OpenExport } from './warehouse/export-jobs.ts';
export * from './warehouse/warehouse-host.ts';
export { openStore } from './store/open-store.ts';
export type { Store } from './store/open-store.ts';
export { toSystemFailure } from './system-failure.ts';
