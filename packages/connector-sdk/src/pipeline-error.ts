/** Who has to act: the author of the document, the owner of the source or the destination, or Millrace itself. */
export type Blame = 'config' | 'source' | 'destination' | 'platform';

export type Retry = 'never' | 'backoff' | { readonly afterMs: number };

/**
 * What failed, as a stable word for tests, alerts and runbooks. The message says it for a person:
 * the thing, the reason, the next step.
 */
export type PipelineErrorCode =
  | 'configInvalid'
  | 'connectionRefused'
  | 'connectionLost'
  | 'connectionTimeout'
  | 'authenticationFailed'
  | 'permissionDenied'
  | 'tlsFailed'
  | 'tableMissing'
  | 'columnMissing'
  | 'cursorUnfit'
  | 'keyNotUnique'
  | 'schemaDrift'
  | 'tablePaused'
  | 'planStale'
  | 'queryFailed'
  | 'queryKilled'
  | 'codeInvalid'
  | 'codeFailed'
  | 'codeTimeout'
  | 'codeOutOfMemory'
  | 'protocolViolation'
  | 'valueUnrepresentable'
  | 'fileMalformed'
  | 'quarantineOverflow'
  | 'manifestInvalid'
  | 'checksumMismatch'
  | 'rowCountMismatch'
  | 'diskFull'
  | 'outOfMemory'
  | 'fenced'
  | 'runActive'
  | 'warehouseBusy'
  | 'positionLost'
  | 'upstreamFailed'
  | 'checkFailed'
  | 'cancelled'
  | 'internal';

export interface PipelineErrorOptions {
  readonly code: PipelineErrorCode;
  readonly blame: Blame;
  readonly retry: Retry;
  readonly message: string;
  readonly cause?: unknown;
}

/** The one thrown class for what fails at run time. Anything else that is thrown is a bug and reported as one. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  readonly code: PipelineErrorCode;
  readonly blame: Blame;
  readonly retry: Retry;

  constructor(options: PipelineErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.blame = options.blame;
    this.retry = options.retry;
  }
}

/** The error's plain form, which crosses threads and processes; `fromPlain` restores the class. Causes stay behind. */
export type PlainPipelineError = Omit<PipelineErrorOptions, 'cause'>;

export function toPlainPipelineError(error: unknown): PlainPipelineError {
  if (error instanceof PipelineError) {
    return { code: error.code, blame: error.blame, retry: error.retry, message: error.message };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'internal', blame: 'platform', retry: 'never', message };
}

export function fromPlainPipelineError(plain: PlainPipelineError): PipelineError {
  return new PipelineError(plain);
}

/** Throws the run's cancellation as a PipelineError when the signal has fired. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (!signal.aborted) return;
  if (signal.reason instanceof PipelineError) throw signal.reason;
  throw new PipelineError({
    code: 'cancelled',
    blame: 'platform',
    retry: 'never',
    message: 'The run was cancelled.',
  });
}
