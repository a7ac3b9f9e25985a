/**
 * The data plane: runs one Plan through extract, stage, check and publish, and emits RunEvents.
 * Knows no document, no store, no server and no particular connector.
 * Enter at `runPlan`.
 */
export { describeTypes } from './code/describe-types.ts';
export * from './data-plane.ts';
export type { DifferenceSamples, StateDifference } from './diff/compare-states.ts';
export type { TableDiff } from './diff/diff-plan.ts';
export type { LoadPreview, PreviewRequest } from './load/preview-plan.ts';
export type {
  PreviewedColumn,
  PreviewedRelation,
  PreviewedSource,
  PreviewStepRequest,
  StepPreview,
} from './preview/preview-step.ts';
export type { ProposedTest, ProposeTestRequest } from './preview/propose-test.ts';
export type { RollbackRequest, RollbackResult } from './package/rollback-table.ts';
export { serveHost, type Host, type HostIdle } from './host/serve-host.ts';
export { HostedDestination } from './host/hosted-destination.ts';
export { openDestinationOf, openSourceOf } from './host/open-connection.ts';
export type { DecideRequest, DecideResult } from './quarantine/decide-rows.ts';
export type { Decision } from './quarantine/decision-log.ts';
export type { DecisionGroup } from './quarantine/list-decisions.ts';
export type { RestoreRequest, RestoreSelection } from './quarantine/restore-rows.ts';
export type * from './quarantine/quarantine-request.ts';
export type { ExportFormat, ExportQuarantineRequest } from './quarantine/export-quarantine.ts';
export * from './run/fold-run.ts';
export { HeldFiles } from './run/held-files.ts';
export * from './run/run-event.ts';
export type { RunSummary } from './run/run-plan.ts';
export * from './run/run-request.ts';
export type { SampleRequest, SampleResult, SampledTable } from './sample/sample-tables.ts';
export type { CheckDifference } from './steps/compare-checks.ts';
export type {
  StepDifference,
  StepTest,
  StepTestResult,
  TestRow,
  TestStepsRequest,
} from './steps/test-steps.ts';
export type { ProfileFileRequest } from './profile/profile-file.ts';
export type { WorkbookRequest } from './upload/workbook-to-csv.ts';
export type { VerifyRequest } from './verify/verify-plan.ts';
export type { VerifyResult } from './verify/verify-task.ts';
