import { PipelineError, type PipelineErrorCode } from '@millrace/connector-sdk';

/** Failures of the operating system that a person can mend, by what Node calls them. */
const FAILURES: Readonly<Record<string, readonly [code: PipelineErrorCode, sentence: string]>> = {
  EACCES: ['permissionDenied', 'You may not do that there. Change the rights of the file or its folder.'],
  EPERM: ['permissionDenied', 'You may not do that there. Change the rights of the file or its folder.'],
  EROFS: ['permissionDenied', 'The file system is read-only. Use a folder that can be written to.'],
  ENOSPC: ['diskFull', 'The disk is full. Free space, and run again.'],
  EDQUOT: ['diskFull', 'Your quota of disk space is used up. Free space, and run again.'],
  EMFILE: ['internal', 'Too many files are open. Raise the limit (ulimit -n), and run again.'],
  ENFILE: ['internal', 'Too many files are open on this machine. Close some, and run again.'],
  EISDIR: ['configInvalid', 'It is a folder, and a file was expected. Move it out of the way.'],
  ENOTDIR: ['configInvalid', 'A part of the path is a file, and a folder was expected. Check the path.'],
  EEXIST: ['configInvalid', 'There is a file of that name already. Move it out of the way.'],
  ENAMETOOLONG: ['configInvalid', 'The path is too long. Use a shorter one.'],
  ELOOP: ['configInvalid', 'Its symbolic links lead in a circle. Mend them.'],
};

/** Says which file could not be used and why; undefined for errors that no file system made. */
export function toSystemFailure(error: unknown): PipelineError | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  // A recursive mkdir says ENOENT where the file system is read-only.
  const failure = Object.hasOwn(FAILURES, code ?? '')
    ? FAILURES[code ?? '']
    : code === 'ENOENT' && syscall === 'mkdir'
      ? FAILURES['EROFS']
      : undefined;
  if (failure === undefined) return undefined;
  const [word, sentence] = failure;
  return new PipelineError({
    code: word,
    blame: 'platform',
    retry: 'never',
    message: `${path ?? 'A file'} cannot be ${VERBS[syscall ?? ''] ?? 'used'}: ${sentence}`,
    cause: error,
  });
}

const VERBS: Readonly<Record<string, string>> = {
  open: 'opened',
  read: 'read',
  write: 'written',
  mkdir: 'made',
  rename: 'put in place',
  unlink: 'removed',
  rmdir: 'removed',
  rm: 'removed',
  scandir: 'listed',
};
