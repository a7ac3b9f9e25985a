import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';

import { readPublishedTable, type PublishedTable } from './published-table.ts';

/** A file below the root, with what it was when it was listed. */
export interface ListedFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly absolutePath: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** The table that Millrace published it as part of, and the folder of that table. */
  readonly published?: { readonly folder: string; readonly table: PublishedTable };
}

const MAX_FILES = 1_000_000;
const MAX_DEPTH = 32;

/** The root's real path. Throws PipelineError when it is not a folder. */
export function resolveRoot(root: string): string {
  const stats = statSync(root, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return realpathSync(root);
  throw new PipelineError({
    code: 'connectionRefused',
    blame: 'config',
    retry: 'never',
    message: `The root folder ${root} ${stats === undefined ? 'does not exist' : 'is not a folder'}. Set the connection's root to an existing folder.`,
  });
}

/**
 * Files below the root in the order of their paths. Names that begin with `.` or `_` are left out: writers of data
 * folders use them for what is not data. A link that leads out of the root is refused, not followed.
 */
export function listFiles(root: string): readonly ListedFile[] {
  const files: ListedFile[] = [];
  const walk = (folder: string, depth: number): void => {
    const published = readPublishedTable(folder);
    if (published !== undefined) {
      files.push(...publishedFiles(root, folder, published));
      return;
    }
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name.startsWith('_')) continue;
      const absolutePath = join(folder, entry.name);
      const path = relative(root, absolutePath).split(sep).join('/');
      if (entry.isSymbolicLink()) requireInside(root, absolutePath, path);
      const stats = entry.isSymbolicLink() ? statSync(absolutePath) : lstatSync(absolutePath);
      if (stats.isDirectory()) {
        // A link back to a folder above would never end.
        if (entry.isSymbolicLink() || depth >= MAX_DEPTH) continue;
        walk(absolutePath, depth + 1);
      } else if (stats.isFile()) {
        files.push({ path, absolutePath, sizeBytes: stats.size, modifiedMs: Math.floor(stats.mtimeMs) });
        if (files.length > MAX_FILES) throw new RangeError(`${root} holds more than ${MAX_FILES} files.`);
      }
    }
  };
  walk(root, 0);
  return files.toSorted((left, right) => (left.path < right.path ? -1 : 1));
}

/** Throws when a link leads out of the root. */
function requireInside(root: string, absolutePath: string, path: string): void {
  const inside = relative(root, realpathSync(absolutePath));
  if (inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)) return;
  throw new PipelineError({
    code: 'permissionDenied',
    blame: 'config',
    retry: 'never',
    message: `${path} is a link that leads out of the root folder, which is refused. Copy the file into the root, or point the connection's root at where it is.`,
  });
}

/** A reader opens what the manifest lists; what else lies there is older, or was never finished. */
export function publishedFiles(root: string, folder: string, table: PublishedTable): readonly ListedFile[] {
  const published = { folder: relative(root, folder).split(sep).join('/'), table };
  return table.files.map((file) => {
    const absolutePath = join(folder, file.path);
    const modifiedMs = Math.floor(statSync(absolutePath).mtimeMs);
    return {
      path: relative(root, absolutePath).split(sep).join('/'),
      absolutePath,
      sizeBytes: file.sizeBytes,
      modifiedMs,
      published,
    };
  });
}
