import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';

const LOCK = '.lock';
/** A lock of another machine, which cannot be asked whether its owner lives, is held for a day at most. */
const FOREIGN_LOCK_MS = 24 * 60 * 60 * 1000;

/** Takes the lock of a table's folder; `release` gives it back. Throws `runActive` when a living process holds it. */
export function lockTable(folder: string, table: string): { release(): void } {
  const path = join(folder, LOCK);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const file = tryCreate(path);
    if (file !== undefined) {
      writeSync(file, `${hostname()} ${process.pid}\n`);
      closeSync(file);
      return { release: () => rmSync(path, { force: true }) };
    }
    if (isHeld(path)) break;
    rmSync(path, { force: true });
  }
  throw new PipelineError({
    code: 'runActive',
    blame: 'platform',
    retry: 'backoff',
    message: `Table ${table} is being published by another process. If there is none, remove ${path}.`,
  });
}

function tryCreate(path: string): number | undefined {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
    throw error;
  }
}

function isHeld(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  const [host, processId] = readFileSync(path, 'utf8').trim().split(' ');
  if (host !== hostname()) return Date.now() - stats.mtimeMs < FOREIGN_LOCK_MS;
  try {
    process.kill(Number(processId), 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
