import { PipelineError } from '@millrace/connector-sdk';

/** What DuckDB or the disk said while staging, as the run's error. A PipelineError passes unchanged. */
export function toStagingError(error: unknown): Error {
  if (error instanceof PipelineError) return error;
  if (!(error instanceof Error)) return new Error(String(error));
  const code = (error as NodeJS.ErrnoException).code;
  if (
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    /no space left|failed to offload data block|disk quota/i.test(error.message)
  ) {
    return new PipelineError({
      code: 'diskFull',
      blame: 'platform',
      retry: 'backoff',
      message: `The disk is full where the load is staged: ${firstLine(error.message)}. Free space there, or move the project to a larger disk; the next run continues.`,
      cause: error,
    });
  }
  if (/out of memory|could not allocate/i.test(error.message)) {
    return new PipelineError({
      code: 'outOfMemory',
      blame: 'platform',
      retry: 'backoff',
      message: `Staging needs more memory than limits.memory allows: ${firstLine(error.message)}. Raise it in millrace.yaml, or lower limits.parallelTables.`,
      cause: error,
    });
  }
  return error;
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/[.\s]+$/, '');
}
