import type {
  CodeProblem,
  DatasetProfile,
  DescribedColumn,
  DescribeRequest,
  ParsedExpression,
  ParsedQuery,
  SqlProblem,
  SqlRelation,
} from '@millrace/compiler';
import type {
  CursorEvidence,
  DiscoverRequest,
  PlainPipelineError,
  QueryRequest,
  QueryResult,
  ServerIdentity,
} from '@millrace/connector-sdk';
import type {
  DecideRequest,
  DecideResult,
  ExportQuarantineRequest,
  LoadPreview,
  QuarantinedRecord,
  QuarantineGroup,
  QuarantineRequest,
  PreviewStepRequest,
  ProfileFileRequest,
  ProposedTest,
  ProposeTestRequest,
  ResolvedConnection,
  RollbackResult,
  RunEvent,
  RunOutcome,
  RunRequest,
  SampleRequest,
  StepPreview,
  StepTestResult,
  TestStepsRequest,
  SampleResult,
  TableDiff,
  VerifyResult,
  WorkbookRequest,
} from '@millrace/engine';
import type { SourceTable } from '@millrace/spec';

/**
 * What a runner process does for its parent. Everything that touches data or a driver happens in the runner: the
 * parent never opens a DuckDB file and survives whatever a driver does. Requests hold secrets and travel by IPC only.
 */
export interface RunnerMethods {
  /** What the compiler asks about SQL; the answers in the order of the questions. */
  readonly analyse: {
    readonly request: { readonly questions: readonly SqlQuestion[] };
    readonly result: readonly SqlAnswer[];
  };
  /** What the same program kept in a file by `keepAnswers`; null when it did not. */
  readonly recallAnswers: { readonly request: { readonly file: string }; readonly result: string | null };
  readonly keepAnswers: {
    readonly request: { readonly file: string; readonly answers: string };
    readonly result: null;
  };
  /** What the compiler asks about the TypeScript of code steps; null when it can be run. */
  readonly checkCode: { readonly request: { readonly text: string }; readonly result: CodeProblem | null };
  /** Opens embedded files that the next run uses, while its plan is made. */
  readonly getReady: {
    readonly request: { readonly connections: readonly ResolvedConnection[] };
    readonly result: null;
  };
  readonly check: { readonly request: ConnectionRequest; readonly result: ServerIdentity };
  readonly discover: {
    readonly request: ConnectionRequest & DiscoverRequest;
    readonly result: readonly SourceTable[];
  };
  readonly inspectCursor: {
    readonly request: ConnectionRequest & { readonly table: SourceTable; readonly column: string };
    /** null when the source gathers no evidence. */
    readonly result: CursorEvidence | null;
  };
  readonly preview: {
    readonly request: { readonly run: RunRequest };
    readonly result: readonly LoadPreview[];
  };
  readonly previewStep: { readonly request: PreviewStepRequest; readonly result: StepPreview };
  readonly proposeTest: { readonly request: ProposeTestRequest; readonly result: ProposedTest };
  readonly test: { readonly request: TestStepsRequest; readonly result: readonly StepTestResult[] };
  readonly sample: { readonly request: SampleRequest; readonly result: readonly SampleResult[] };
  readonly run: { readonly request: { readonly run: RunRequest }; readonly result: RunOutcome };
  readonly diff: { readonly request: { readonly run: RunRequest }; readonly result: readonly TableDiff[] };
  readonly verify: {
    readonly request: { readonly run: RunRequest };
    readonly result: readonly VerifyResult[];
  };
  readonly rollback: {
    readonly request: { readonly run: RunRequest; readonly task: string; readonly toRun: string | null };
    readonly result: RollbackResult;
  };
  readonly listQuarantine: {
    readonly request: QuarantineRequest;
    readonly result: readonly QuarantineGroup[];
  };
  readonly showQuarantine: {
    readonly request: QuarantineRequest & { readonly limit: number };
    readonly result: { readonly rows: readonly QuarantinedRecord[]; readonly total: number };
  };
  readonly exportQuarantine: {
    readonly request: ExportQuarantineRequest;
    readonly result: { readonly rows: number };
  };
  /** A file that came from outside is opened in the runner, where it can end nothing else. */
  readonly workbookToCsv: { readonly request: WorkbookRequest; readonly result: { readonly rows: number } };
  readonly profileFile: { readonly request: ProfileFileRequest; readonly result: DatasetProfile };
  readonly decideRows: { readonly request: DecideRequest; readonly result: DecideResult };
  readonly query: { readonly request: ConnectionRequest & QueryRequest; readonly result: QueryResult };
}

/** A call of an `SqlAnalyser`. */
export type SqlQuestion =
  | { readonly kind: 'expression'; readonly text: string }
  | { readonly kind: 'query'; readonly text: string; readonly relations: readonly SqlRelation[] }
  | { readonly kind: 'describe'; readonly request: DescribeRequest };

export type SqlAnswer = ParsedExpression | ParsedQuery | readonly DescribedColumn[] | SqlProblem;

export type RunnerMethod = keyof RunnerMethods;
export type RunnerRequest<Method extends RunnerMethod> = RunnerMethods[Method]['request'];
export type RunnerResult<Method extends RunnerMethod> = RunnerMethods[Method]['result'];

export interface ConnectionRequest {
  readonly connection: ResolvedConnection;
}

export type ToRunner =
  | { readonly kind: 'call'; readonly id: number; readonly method: RunnerMethod; readonly request: unknown }
  | { readonly kind: 'cancel'; readonly id: number };

export type FromRunner =
  | { readonly kind: 'event'; readonly id: number; readonly event: RunEvent }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: PlainPipelineError };
