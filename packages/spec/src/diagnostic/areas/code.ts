import { entry } from '../entry.ts';
import { hint, type Names } from '../wording.ts';

/** The TypeScript of code steps. */
export const codeDiagnostics = {
  codeFileMissing: entry(
    'error',
    (p: { file: string; nearest: Names; known: Names }) =>
      `There is no file ${p.file} in the folder transforms.${hint(p.nearest, p.known, 'There are')} Put it there, or write the code under source.`,
  ),
  codeFileUnread: entry(
    'error',
    (p: { file: string; reason: string }) => `${p.file} cannot be used: ${p.reason}.`,
  ),
  codeWrong: entry('error', (p: { reason: string }) => p.reason),
};
