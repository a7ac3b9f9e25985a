import { PipelineError, type Blame, type PipelineErrorCode } from '@millrace/connector-sdk';

/** A file whose content is not what its format, dialect or columns say. */
export function malformed(where: string, reason: string, nextStep: string): PipelineError {
  return new PipelineError({
    code: 'fileMalformed',
    blame: 'source',
    retry: 'never',
    message: `${where}: ${reason}. ${nextStep}`,
  });
}

/** Every error of this connector as a PipelineError; `doing` says what was tried. */
export function toPipelineError(error: unknown, blame: Blame, doing: string): PipelineError {
  if (error instanceof PipelineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = errorCodeOf(error);
  return new PipelineError({
    code: pipelineCodeOf(code, blame),
    blame,
    retry: code === 'ENOSPC' || code === 'EIO' || code === 'EMFILE' ? 'backoff' : 'never',
    message: `${doing} failed: ${message}${nextStepOf(code)}`,
    cause: error,
  });
}

function errorCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function pipelineCodeOf(code: string, blame: Blame): PipelineErrorCode {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
      return blame === 'source' ? 'tableMissing' : 'configInvalid';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'permissionDenied';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'diskFull';
    case 'EIO':
      return 'connectionLost';
    default:
      // Codes of zlib: a packed file that is cut off or damaged.
      return /^(?:Z_|ERR_ZLIB|ZSTD_|ERR_ZSTD)/.test(code) ? 'fileMalformed' : 'queryFailed';
  }
}

function nextStepOf(code: string): string {
  if (code === 'ENOSPC' || code === 'EDQUOT') return '. Free space on the disk; the run can then go on.';
  if (code === 'EACCES' || code === 'EPERM') return '. Give the user that runs Millrace access to it.';
  if (/^(?:Z_|ERR_ZLIB|ZSTD_|ERR_ZSTD)/.test(code))
    return '. The packed file is damaged or cut off; provide it again.';
  return '';
}
