import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import { requiredCode, type CodeFiles } from '@millrace/compiler';
import type { PipelineDocument } from '@millrace/spec';

export const TRANSFORMS_FOLDER = 'transforms';

/** What a person writes is far below; a file of this size is not code. */
const MAX_BYTES = 1024 * 1024;

/** Reads the files that the code steps of documents name; undefined when they have none. */
export async function loadCode(
  projectFolder: string,
  workingFolder: string,
  documents: readonly Pick<PipelineDocument, 'steps'>[],
): Promise<CodeFiles | undefined> {
  const required = [...new Set(documents.flatMap(requiredCode))];
  if (required.length === 0) return undefined;
  const folder = join(projectFolder, TRANSFORMS_FOLDER);
  const known = await listCode(folder);
  const texts = new Map<string, string>();
  const problems = new Map<string, string>();
  for (const file of required) {
    const read = await readCode(folder, file);
    if (read === undefined) continue;
    if ('text' in read) texts.set(file, read.text);
    else problems.set(file, read.problem);
  }
  return { folder: `${relative(workingFolder, folder)}${sep}`, texts, problems, known };
}

/** The text of each file by the name that messages use. */
export function textsOfCode(code: CodeFiles | undefined): readonly { file: string; text: string }[] {
  return [...(code?.texts ?? [])].map(([file, text]) => ({ file: `${code?.folder ?? ''}${file}`, text }));
}

/** Paths below the folder, in order; none when the folder is missing. */
async function listCode(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder, { recursive: true });
    return names
      .filter((name) => name.endsWith('.ts'))
      .map((name) => name.split(sep).join('/'))
      .toSorted();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function readCode(
  folder: string,
  file: string,
): Promise<{ readonly text: string } | { readonly problem: string } | undefined> {
  try {
    // A link may lead anywhere, and a plan shows what it was read from.
    const [path, root] = await Promise.all([realpath(join(folder, file)), realpath(folder)]);
    if (!path.startsWith(`${root}${sep}`))
      return { problem: `it is a link that leads out of ${TRANSFORMS_FOLDER}` };
    const { size } = await stat(path);
    if (size > MAX_BYTES) return { problem: 'it is larger than 1 MiB. Keep data in a source, not in code' };
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    if (isMissing(error)) return undefined;
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
