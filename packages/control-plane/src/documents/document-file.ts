import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Names a text: the same for the same text. */
export function revisionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Puts a text in place of a file, whole or not at all, whatever happens meanwhile. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const partial = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.partial`);
  try {
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Undefined when there is no such file. */
export async function readFileIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const writers = new Map<string, Promise<unknown>>();

/** Lets one at a time of this process read and write a file. */
export async function holdFile<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const mine = (writers.get(path) ?? Promise.resolve()).then(work, work);
  writers.set(path, mine);
  try {
    return await mine;
  } finally {
    if (writers.get(path) === mine) writers.delete(path);
  }
}
