import { PipelineError, type Blame, type PipelineErrorCode, type Retry } from '@millrace/connector-sdk';

/** Primary result codes of SQLite (https://sqlite.org/rescode.html); extended codes carry them in the low byte. */
const SQLITE_PERM = 3;
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_NOMEM = 7;
const SQLITE_READONLY = 8;
const SQLITE_INTERRUPT = 9;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_CONSTRAINT = 19;
const SQLITE_AUTH = 23;
const SQLITE_NOTADB = 26;

interface Meaning {
  readonly code: PipelineErrorCode;
  readonly retry: Retry;
  readonly text: string;
}

function meaningOf(primaryCode: number, path: string): Meaning | undefined {
  switch (primaryCode) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {
        code: 'warehouseBusy',
        retry: 'backoff',
        text: `${path} is locked by another process. Wait for it to finish, or raise busyTimeoutSeconds.`,
      };
    case SQLITE_NOTADB:
      return {
        code: 'fileMalformed',
        retry: 'never',
        text: `${path} is not an SQLite database (or it is encrypted). Check the connection's path.`,
      };
    case SQLITE_CORRUPT:
      return {
        code: 'fileMalformed',
        retry: 'never',
        text: `${path} is damaged. Run "PRAGMA integrity_check" on it and restore it from a backup; nothing was published.`,
      };
    case SQLITE_FULL:
      return {
        code: 'diskFull',
        retry: 'backoff',
        text: `There is no space left on the disk that holds ${path}.`,
      };
    case SQLITE_NOMEM:
      return {
        code: 'outOfMemory',
        retry: 'backoff',
        text: `SQLite ran out of memory while working on ${path}.`,
      };
    case SQLITE_INTERRUPT:
      return { code: 'queryKilled', retry: 'backoff', text: `The statement on ${path} was interrupted.` };
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return {
        code: 'permissionDenied',
        retry: 'never',
        text: `${path} cannot be opened as needed. Check the permissions of the file and of its folder (SQLite keeps its journal there).`,
      };
    case SQLITE_CONSTRAINT:
      return {
        code: 'keyNotUnique',
        retry: 'never',
        text: `A row breaks a constraint of its table in ${path}: its key is there twice, or a column that must have a value has none.`,
      };
    case SQLITE_IOERR:
      return {
        code: 'connectionLost',
        retry: 'backoff',
        text: `Reading or writing ${path} failed on the disk.`,
      };
    default:
      return undefined;
  }
}

/** Every error of this connector as a PipelineError. `path` names the database; `doing` says what was tried. */
export function toPipelineError(error: unknown, path: string, blame: Blame, doing: string): PipelineError {
  if (error instanceof PipelineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const meaning = isSqliteError(error) ? meaningOf(error.errcode & 0xff, path) : undefined;
  return new PipelineError({
    code: meaning?.code ?? 'queryFailed',
    blame,
    retry: meaning?.retry ?? 'never',
    message: `${doing} failed: ${meaning === undefined ? message : `${meaning.text} (SQLite: ${message})`}`,
    cause: error,
  });
}

function isSqliteError(error: unknown): error is Error & { readonly errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}
