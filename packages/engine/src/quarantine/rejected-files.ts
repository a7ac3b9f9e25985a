import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { LoadTask } from '@millrace/compiler';

import { toFolderName } from '../package/package-store.ts';
import { toStagingError } from '../stage/staging-error.ts';
import type { PublishedLoad } from './quarantine-request.ts';

/** The rows that one load of a table could not keep, as its quarantine writer left them. */
export interface RejectedFile {
  readonly path: string;
  readonly runId: string;
  /** False when they stopped the load. */
  readonly isPublished: boolean;
  /** Names of the columns that were read, in order. */
  readonly columns: readonly string[];
}

/**
 * The files whose rows are missing in the table now: those of its last load in full and of the loads since, and those
 * that stopped a load after the last one that was published. Without a word about a run its rows count.
 */
export async function listRejectedFiles(
  quarantineFolder: string,
  pipeline: string,
  task: LoadTask,
  loads: readonly PublishedLoad[],
): Promise<readonly RejectedFile[]> {
  const folder = join(quarantineFolder, toFolderName(pipeline), toFolderName(task.id));
  const mine = loads.filter((load) => load.pipeline === pipeline && load.task === task.id);
  // Ids of runs begin with their time.
  const last =
    mine
      .map(({ runId }) => runId)
      .toSorted()
      .at(-1) ?? '';
  const lastFull =
    mine
      .filter(({ isFull }) => isFull)
      .map(({ runId }) => runId)
      .toSorted()
      .at(-1) ?? '';
  const published = new Set(mine.map(({ runId }) => runId));
  const files: RejectedFile[] = [];
  for (const { name, runId } of await latestAttempts(folder)) {
    const isPublished = published.size === 0 || published.has(runId);
    if (isPublished ? runId < lastFull : runId < last) continue;
    const path = join(folder, name);
    files.push({ path, runId, isPublished, columns: await columnsOf(path) });
  }
  return files;
}

/** One file for each run, of its last attempt that left one; the oldest run first. */
async function latestAttempts(
  folder: string,
): Promise<readonly { readonly name: string; readonly runId: string }[]> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw toStagingError(error);
  }
  const latest = new Map<string, { readonly name: string; readonly attempt: number }>();
  for (const name of names) {
    const [, encoded = '', attempt = ''] = /^(.+)-(\d+)\.jsonl$/.exec(name) ?? [];
    if (encoded === '') continue;
    const runId = decodeURIComponent(encoded);
    const known = latest.get(runId);
    if (known === undefined || known.attempt < Number(attempt))
      latest.set(runId, { name, attempt: Number(attempt) });
  }
  return [...latest]
    .map(([runId, { name }]) => ({ name, runId }))
    .toSorted((left, right) => (left.runId < right.runId ? -1 : 1));
}

/** Every line of a file has the same columns. */
async function columnsOf(path: string): Promise<readonly string[]> {
  const handle = await open(path);
  try {
    for await (const line of handle.readLines()) {
      const value: unknown = JSON.parse(line);
      if (typeof value !== 'object' || value === null || !('cells' in value)) return [];
      const { cells } = value;
      return typeof cells === 'object' && cells !== null ? Object.keys(cells) : [];
    }
    return [];
  } finally {
    await handle.close();
  }
}
