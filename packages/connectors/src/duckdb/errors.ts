import { PipelineError, type Blame, type PipelineErrorCode, type Retry } from '@millrace/connector-sdk';

interface Meaning {
  readonly pattern: RegExp;
  readonly code: PipelineErrorCode;
  readonly retry: Retry;
  readonly blame?: Blame;
  readonly advice?: string;
}

/** DuckDB has no error codes over this interface: the words are all there is. The first match counts. */
const MEANINGS: readonly Meaning[] = [
  { pattern: /Could not set lock on file/, code: 'warehouseBusy', retry: 'backoff' },
  {
    pattern: /No space left on device|max_temp_directory_size/,
    code: 'diskFull',
    retry: 'backoff',
    advice: 'Free space on the disk.',
  },
  {
    pattern: /Out of Memory|failed to (allocate|pin)/i,
    code: 'outOfMemory',
    retry: 'backoff',
    blame: 'platform',
    advice: 'Raise memoryLimit of the connection.',
  },
  { pattern: /^INTERRUPT/, code: 'cancelled', retry: 'never', blame: 'platform' },
  {
    pattern: /not a valid DuckDB database file/,
    code: 'configInvalid',
    retry: 'never',
    blame: 'config',
    advice: 'Give the path of a DuckDB file, or of a file that does not exist yet.',
  },
  {
    pattern: /database file with version number|newer version|was created with DuckDB version/i,
    code: 'configInvalid',
    retry: 'never',
    blame: 'config',
    advice: 'Open it with the DuckDB that wrote it and export it, or give another path.',
  },
  {
    pattern: /Corrupt database file|[Cc]hecksum .*does not match|computed checksum/,
    code: 'checksumMismatch',
    retry: 'never',
    advice: 'The file is damaged: restore it from a copy, or load its tables into a new one.',
  },
  {
    pattern: /Permission denied|read-only (mode|file system)/i,
    code: 'permissionDenied',
    retry: 'never',
    advice: 'Give this user the right to it.',
  },
  {
    pattern: /NOT NULL constraint failed/,
    code: 'schemaDrift',
    retry: 'never',
    advice: 'Let the column hold NULL.',
  },
  { pattern: /^(Conversion|Out of Range) Error/, code: 'valueUnrepresentable', retry: 'never' },
  { pattern: /^Catalog Error: (Table|View)\b.*does not exist/, code: 'tableMissing', retry: 'never' },
  { pattern: /^Binder Error: (Referenced c|C)olumn/, code: 'columnMissing', retry: 'never' },
  { pattern: /^TransactionContext Error: .*[Cc]onflict/, code: 'queryFailed', retry: 'backoff' },
];

/** An error of DuckDB or of the file system as the one error of the product; `doing` starts the message. */
export function toPipelineError(error: unknown, doing: string, blame: Blame): PipelineError {
  if (error instanceof PipelineError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const code = errorCode(error);
  const meaning =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? { code: 'diskFull' as const, retry: 'backoff' as const, advice: 'Free space on the disk.' }
      : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? {
            code: 'permissionDenied' as const,
            retry: 'never' as const,
            advice: 'Give this user the right to it.',
          }
        : MEANINGS.find((candidate) => candidate.pattern.test(text));
  const found: Omit<Meaning, 'pattern'> = meaning ?? { code: 'queryFailed', retry: 'never' };
  return new PipelineError({
    code: found.code,
    blame: found.blame ?? blame,
    retry: found.retry,
    message: [`${doing}: ${text.trim()}`, found.advice].filter((part) => part !== undefined).join(' '),
    cause: error,
  });
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
