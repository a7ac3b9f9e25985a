import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where Node keeps the compiled code of test processes, their threads and their children. */
export const compiledCode = join(import.meta.dirname, '../../node_modules/.cache/compiled-tests');

const KEPT_MS = 7 * 24 * 3_600_000;

/** Deletes what was compiled a week ago: each run asks for test files by URLs of its own, and nothing else forgets them. */
export function removeOldCode(folder: string, now: number): void {
  for (const entry of filesIn(folder)) {
    const path = join(entry.parentPath, entry.name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined && now - found.mtimeMs > KEPT_MS) rmSync(path, { force: true });
  }
}

function filesIn(folder: string): ReturnType<typeof readAll> {
  try {
    return readAll(folder).filter((entry) => entry.isFile());
  } catch {
    return [];
  }
}

const readAll = (folder: string) => readdirSync(folder, { recursive: true, withFileTypes: true });
