import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync } from 'node:fs';
import { copyFile, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { StagedFile } from '@millrace/connector-sdk';
import type { TableName } from '@millrace/spec';

import { errorCode } from '../errors.ts';
import { foldName } from './names.ts';

/** `shop/orders`: where a table's versions lie under the root of the warehouse's files. */
export function tableFolder(table: TableName): string {
  return join(folderName(table.schema ?? 'main'), folderName(table.name));
}

/**
 * Puts staged files into a new version folder of a table, durably, and returns the folder's path under the root.
 * Files are hard links: they cost no copy, and the load package they come from can be retired on its own. The folders are
 * handled synchronously, which takes a third of the time of `fs/promises`; only copies are large enough to wait for.
 */
export async function placeFiles(
  root: string,
  table: TableName,
  version: number,
  files: readonly StagedFile[],
): Promise<PlacedFiles> {
  const folder = join(tableFolder(table), `${version}-${randomBytes(4).toString('hex')}`);
  const created = mkdirSync(join(root, folder), { recursive: true });
  const names: string[] = [];
  for (const [index, file] of files.entries()) {
    const name = `part-${String(index).padStart(5, '0')}.parquet`;
    await placeFile(file.path, join(root, folder, name));
    names.push(name);
  }
  syncFolders(join(root, folder), dirname(created ?? root));
  return { folder, names };
}

export interface PlacedFiles {
  readonly folder: string;
  readonly names: readonly string[];
}

/** Removes the version folders of a table that no record lists: older versions and leftovers of dead attempts. */
export async function removeFilesExcept(
  root: string,
  table: TableName,
  keep: readonly (string | null)[],
): Promise<void> {
  const parent = tableFolder(table);
  let names: string[];
  try {
    names = await readdir(join(root, parent));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  for (const name of names) {
    const folder = join(parent, name);
    if (!keep.includes(folder)) await rm(join(root, folder), { recursive: true, force: true });
  }
}

const NO_LINK = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'EACCES', 'ENOSYS']);

/** A hard link, or a synced copy where a link is impossible. */
export async function placeFile(from: string, to: string): Promise<void> {
  try {
    // The staged file is on disk already: its manifest was written after it was synced.
    linkSync(from, to);
    return;
  } catch (error) {
    if (!NO_LINK.has(errorCode(error) ?? '')) throw error;
  }
  await copyFile(from, to);
  const handle = await open(to, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Renames, or copies where the target is on another file system. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
    return;
  } catch (error) {
    if (errorCode(error) !== 'EXDEV') throw error;
  }
  await copyFile(from, to);
  await rm(from);
}

/** Syncs a folder and those above it up to and including `last`, so that the new names survive a power cut. */
function syncFolders(folder: string, last: string): void {
  for (let current = folder; ; current = dirname(current)) {
    const handle = openSync(current, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    if (current === last || current === dirname(current)) return;
  }
}

/** Names that are not plain get a hash, so that no two names share a folder and none leaves its parent. */
function folderName(name: string): string {
  const folded = foldName(name);
  if (/^[a-z0-9_][a-z0-9_-]{0,99}$/u.test(folded)) return folded;
  const slug = folded.replaceAll(/[^a-z0-9_-]+/gu, '-').slice(0, 40);
  return `${slug}~${createHash('sha256').update(folded).digest('hex').slice(0, 16)}`;
}
