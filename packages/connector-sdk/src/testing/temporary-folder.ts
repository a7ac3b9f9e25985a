import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder under the system's temporary folder; `using`, `await using` or `remove()` deletes it with its content. */
export interface TemporaryFolder extends Disposable {
  readonly path: string;
  remove(): void;
}

// Unix socket paths end at 107 bytes, so the name stays short. It holds the process id, by which a later run finds
// the folders of a test run that was killed.
const prefix = 'millrace-';

/** Makes an empty folder that only the current user can read. */
export function temporaryFolder(label = 'test'): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-${label}-`));
  const remove = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  return { path, remove, [Symbol.dispose]: remove };
}

/** Deletes the temporary folders of processes that no longer exist; returns the paths it deleted. */
export function removeAbandonedFolders(): string[] {
  const removed: string[] = [];
  for (const name of readdirSync(tmpdir())) {
    const processId = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (processId === undefined || isAlive(Number(processId))) continue;
    const path = join(tmpdir(), name);
    rmSync(path, { recursive: true, force: true });
    removed.push(path);
  }
  return removed;
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
