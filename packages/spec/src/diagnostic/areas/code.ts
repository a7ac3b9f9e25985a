import { entry } from '../entry.ts';
import { hint, type Names } from '../wording.ts';

/** The TypeScript of code steps. */
export const codeDiagnostics = {
  codeFileMissing: entry<{ file: string; nearest: Names; known: Names }>(
    'error',
    (p) =>
      `There is no file ${p.file} in the folder transforms.${hint(p.nearest, p.known, 'There are')} Put it there, or write the code under source.`,
  ),
  codeFileUnread: entry<{ file: string; reason: string }>(
    'error',
    (p) => `${p.file} cannot be used: ${p.reason}.`,
  ),
  codeWrong: entry<{ reason: string }>('error', (p) => p.reason),
};
