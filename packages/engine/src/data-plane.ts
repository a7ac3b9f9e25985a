import type { CodeAnalyser, DatasetProfile, SqlAnalyser } from '@millrace/compiler';

import type { TableDiff } from './diff/diff-plan.ts';
import type { LoadPreview, PreviewRequest } from './load/preview-plan.ts';
import type { PreviewStepRequest, StepPreview } from './preview/preview-step.ts';
import type { ProposedTest, ProposeTestRequest } from './preview/propose-test.ts';
import type { ProfileFileRequest } from './profile/profile-file.ts';
import type { RollbackRequest, RollbackResult } from './package/rollback-table.ts';
import type { DecideRequest, DecideResult } from './quarantine/decide-rows.ts';
import type { DecisionGroup } from './quarantine/list-decisions.ts';
import type {
  QuarantinedRecord,
  QuarantineGroup,
  QuarantineRequest,
} from './quarantine/quarantine-request.ts';
import type { ExportQuarantineRequest } from './quarantine/export-quarantine.ts';
import type { RestoreRequest } from './quarantine/restore-rows.ts';
import type { RunContext, RunRequest } from './run/run-request.ts';
import type { RunSummary } from './run/run-plan.ts';
import type { SampleRequest, SampleResult } from './sample/sample-tables.ts';
import type { KeptAnswers } from './sql-analysis/kept-answers.ts';
import type { StepTestResult, TestStepsRequest } from './steps/test-steps.ts';
import type { WorkbookRequest } from './upload/workbook-to-csv.ts';
import type { VerifyRequest } from './verify/verify-plan.ts';
import type { VerifyResult } from './verify/verify-task.ts';

// DuckDB costs 100 ms and 30 MB to import; whoever only folds events imports this package without it.

/**
 * Runs one attempt of one run: every table of the plan, each its own state machine, some at a time. Emits the events as
 * they happen, `runFinished` last. Fails only by events; throws nothing but bugs in `context` itself.
 */
export async function runPlan(
  request: RunRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<RunSummary> {
  const module = await import('./run/run-plan.ts');
  return await module.runPlan(request, context, signal);
}

/** Takes the decisions of a run for each table and stops before the first row. Throws `PipelineError`. */
export async function previewPlan(
  request: PreviewRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<readonly LoadPreview[]> {
  const module = await import('./load/preview-plan.ts');
  return await module.previewPlan(request, context, signal);
}

/**
 * Runs a plan without publishing, and compares what each table would be with what it is. What is kept on this machine
 * stays as it was. Throws `PipelineError`.
 */
export async function diffPlan(
  request: RunRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<readonly TableDiff[]> {
  const module = await import('./diff/diff-plan.ts');
  return await module.diffPlan(request, context, signal);
}

/** Compares each table of a plan with its source, one after the other, as they come. Throws `PipelineError`. */
export async function* verifyPlan(
  request: VerifyRequest,
  context: RunContext,
  signal: AbortSignal,
): AsyncGenerator<VerifyResult> {
  const module = await import('./verify/verify-plan.ts');
  yield* module.verifyPlan(request, context, signal);
}

/** Reads some rows of tables and describes their columns; writes nothing that stays. Throws `PipelineError`. */
export async function sampleTables(
  request: SampleRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<readonly SampleResult[]> {
  const module = await import('./sample/sample-tables.ts');
  return await module.sampleTables(request, context, signal);
}

/** Computes a step over a bounded sample of its tables; writes nothing but the kept sample. Throws `PipelineError`. */
export async function previewStep(
  request: PreviewStepRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<StepPreview> {
  const module = await import('./preview/preview-step.ts');
  return await module.previewStep(request, context, signal);
}

/** Makes a test of a few rows of the samples and of what the steps make of them. Throws `PipelineError`. */
export async function proposeTest(
  request: ProposeTestRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<ProposedTest> {
  const module = await import('./preview/propose-test.ts');
  return await module.proposeTest(request, context, signal);
}

/**
 * Publishes a table as it was after an earlier run, from load packages alone; the source is not asked. The saved position
 * becomes that run's, so that the next incremental load continues from there. Throws `PipelineError`: `tableMissing`
 * when the table was never published, `positionLost` when the packages of that run are gone, `checksumMismatch` when
 * one is damaged.
 */
export async function rollbackTable(
  request: RollbackRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<RollbackResult> {
  const module = await import('./package/rollback-table.ts');
  return await module.rollbackTable(request, context, signal);
}

/** What is in quarantine, by step and reason. */
export async function listQuarantine(
  request: QuarantineRequest,
  signal: AbortSignal,
): Promise<readonly QuarantineGroup[]> {
  const module = await import('./quarantine/read-quarantine.ts');
  return await module.listQuarantine(request, signal);
}

/** The first rows in quarantine, and how many there are. */
export async function showQuarantine(
  request: QuarantineRequest & { readonly limit: number },
  signal: AbortSignal,
): Promise<{ readonly rows: readonly QuarantinedRecord[]; readonly total: number }> {
  const module = await import('./quarantine/read-quarantine.ts');
  return await module.showQuarantine(request, signal);
}

/** Writes the rows of one step that are in quarantine to a file. Throws `PipelineError`. */
export async function exportQuarantine(
  request: ExportQuarantineRequest,
  signal: AbortSignal,
): Promise<{ readonly rows: number }> {
  const module = await import('./quarantine/export-quarantine.ts');
  return await module.exportQuarantine(request, signal);
}

/** Writes down what a person decided about rows in quarantine; the next run of the steps acts on it. */
export async function decideRows(request: DecideRequest, signal: AbortSignal): Promise<DecideResult> {
  const module = await import('./quarantine/decide-rows.ts');
  return await module.decideRows(request, signal);
}

/** Takes back that rows were discarded; the next run of the steps acts on it. */
export async function restoreRows(request: RestoreRequest): Promise<DecideResult> {
  const module = await import('./quarantine/restore-rows.ts');
  return await module.restoreRows(request);
}

/** What people decided about rows of a pipeline and did not take back, the latest first. */
export async function listDecisions(
  quarantineFolder: string,
  pipeline: string,
): Promise<readonly DecisionGroup[]> {
  const module = await import('./quarantine/list-decisions.ts');
  return await module.listDecisions(quarantineFolder, pipeline);
}

/** Runs examples of a document over the steps of its plan, in memory; a test that cannot be run is a result that says why. */
export async function testSteps(
  request: TestStepsRequest,
  signal: AbortSignal,
): Promise<readonly StepTestResult[]> {
  const module = await import('./steps/test-steps.ts');
  return await module.testSteps(request, signal);
}

/**
 * Opens what the compiler asks about SQL: a DuckDB of its own, in memory, that reads no file and runs nothing. Opening takes 0.1 s; keep it for
 * as long as documents are compiled.
 */
export async function openSqlAnalyser(): Promise<SqlAnalyser & AsyncDisposable> {
  const module = await import('./sql-analysis/open-sql-analyser.ts');
  return await module.openSqlAnalyser();
}

/** What `openSqlAnalyser` answered in an earlier process of the same program; undefined when nothing is kept. */
export async function recallAnswers(kept: KeptAnswers): Promise<string | undefined> {
  const module = await import('./sql-analysis/kept-answers.ts');
  return await module.recallAnswers(kept);
}

/** Keeps answers for `recallAnswers`, in place of those before. */
export async function keepAnswers(kept: KeptAnswers, answers: string): Promise<void> {
  const module = await import('./sql-analysis/kept-answers.ts');
  await module.keepAnswers(kept, answers);
}

/** What the compiler asks about the code of steps: each text is loaded once, in a sandbox of its own. */
export async function createCodeAnalyser(): Promise<CodeAnalyser> {
  const module = await import('./code/code-analyser.ts');
  return module.createCodeAnalyser();
}

/** Imports what a run needs, so that a process that will run one does it while it waits for the request. */
export async function loadDataPlane(): Promise<void> {
  await Promise.all([import('./run/run-plan.ts'), import('./verify/verify-plan.ts')]);
}

/** Writes the first sheet of a workbook as a CSV file; how many rows it has. Throws `PipelineError`. */
export async function workbookToCsv(
  request: WorkbookRequest,
  signal: AbortSignal,
): Promise<{ readonly rows: number }> {
  const module = await import('./upload/workbook-to-csv.ts');
  return await module.workbookToCsv(request, signal);
}

/** Describes the values in a Parquet file, of all its rows. Throws `PipelineError`. */
export async function profileFile(request: ProfileFileRequest, signal: AbortSignal): Promise<DatasetProfile> {
  const module = await import('./profile/profile-file.ts');
  return await module.profileFile(request, signal);
}
