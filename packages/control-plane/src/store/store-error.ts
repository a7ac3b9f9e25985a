import { PipelineError, type PipelineErrorCode } from '@millrace/connector-sdk';

/** SQLite's primary result codes for what a machine does to a file, as opposed to what a program does wrong. */
const REASONS: Readonly<Record<number, readonly [code: PipelineErrorCode, sentence: string]>> = {
  5: [
    'internal',
    'is locked by another process for more than 10 s. Wait until that one is done, and run again.',
  ],
  8: ['permissionDenied', 'cannot be written. Give yourself the right to write to it and to its folder.'],
  10: ['diskFull', 'cannot be read or written. Free space on its disk, or check the disk, and run again.'],
  11: ['fileMalformed', 'is damaged.'],
  13: ['diskFull', 'cannot grow, because its disk is full. Free space, and run again.'],
  14: ['permissionDenied', 'cannot be opened. Check that its folder is there and that you may write to it.'],
  26: ['fileMalformed', 'is no database.'],
};
const MOVE_ASIDE =
  'Put a copy back, or move it aside: the list of runs is lost then, and tables go on from the positions that are kept with them.';

/** What is said of a failure of the store's file; anything else is returned as it is. */
export function toStoreError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  const reason = REASONS[error.errcode & 0xff];
  if (reason === undefined) return error;
  const [code, sentence] = reason;
  return new PipelineError({
    code,
    blame: 'platform',
    retry: 'never',
    message: `The project's state, ${path}, ${sentence}${code === 'fileMalformed' ? ` ${MOVE_ASIDE}` : ''} (${error.message})`,
    cause: error,
  });
}
