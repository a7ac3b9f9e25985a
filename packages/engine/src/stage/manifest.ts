import { createHash } from 'node:crypto';
import { open, readFile, rename, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import {
  PipelineError,
  type ServerIdentity,
  type SourcePosition,
  type StagedFile,
} from '@millrace/connector-sdk';
import type { Field } from '@millrace/spec';

import { toStagingError } from './staging-error.ts';

const MANIFEST_NAME = 'manifest.json';
const HASHED_AT_ONCE = 1 << 20;

/**
 * What a load package holds; written last, so that a folder without one is an attempt that died.
 * Paths of files are relative to the folder.
 */
export interface Manifest {
  readonly version: 1;
  readonly pipeline: string;
  readonly task: string;
  readonly runId: string;
  readonly attempt: number;
  /** `full`: the complete table. `delta`: rows that came after the package of `previousRunId`. */
  readonly kind: 'full' | 'delta';
  readonly createdAt: string;
  readonly source: {
    readonly connection: string;
    readonly identity: ServerIdentity;
    readonly statement: string;
  };
  readonly schemaFingerprint: string;
  readonly fields: readonly Field[];
  readonly key: readonly string[];
  readonly files: readonly StagedFile[];
  /** Key columns of rows that are gone at the source. */
  readonly deletedKeys: readonly StagedFile[];
  /** Hashes of the rows of the look-back window, where they are too many for the position (see `Tail`). */
  readonly tail?: StagedFile;
  /** Rows in `files`. */
  readonly rows: number;
  /** Rows the server sent: `rows`, and those rejected or superseded within the package. */
  readonly rowsSent: number;
  readonly bytesReceived: number;
  readonly rejected: number;
  /** Rows that the contract drops, and values that it leaves out of rows that are kept; none when left out. */
  readonly discarded?: { readonly rows: number; readonly values: number };
  readonly position: SourcePosition;
  readonly highMark: string | null;
  readonly previousRunId: string | null;
}

/** Makes the manifest and the names of its files durable: fsync, rename, fsync of the folder. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const temporary = join(folder, `${MANIFEST_NAME}.partial`);
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(`${JSON.stringify(manifest, undefined, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, join(folder, MANIFEST_NAME));
    await syncFolder(folder);
  } catch (error) {
    throw toStagingError(error);
  }
}

/**
 * The manifest of a package folder, or undefined when there is none. Files that were written to after it are read and
 * compared, with `verifyChecksums` all of them. Throws `manifestInvalid` or `checksumMismatch`, whose message says what
 * is wrong with which file.
 */
export async function readManifest(
  folder: string,
  options: { readonly verifyChecksums: boolean },
): Promise<Manifest | undefined> {
  const path = join(folder, MANIFEST_NAME);
  let text: string;
  let writtenMs: number;
  try {
    [text, { mtimeMs: writtenMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const manifest = parseManifest(text, path);
  let isCopied = false;
  for (const file of allFiles(manifest)) {
    const isLater = await checkFile(folder, file, writtenMs, options.verifyChecksums);
    isCopied ||= isLater;
  }
  // What was only copied need not be read again each time; where this cannot be written down, it is.
  if (isCopied) await utimes(path, new Date(), new Date()).catch(() => {});
  return manifest;
}

/** The files with absolute paths. */
export function resolveFiles(folder: string, files: readonly StagedFile[]): StagedFile[] {
  return files.map((file) => ({ ...file, path: join(folder, file.path) }));
}

function allFiles({ files, deletedKeys, tail }: Manifest): readonly StagedFile[] {
  return [...files, ...deletedKeys, ...(tail === undefined ? [] : [tail])];
}

function parseManifest(text: string, path: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(path, 'it is not JSON', error);
  }
  if (!isManifest(value)) throw invalid(path, 'it lacks what a manifest of version 1 must have');
  const names = allFiles(value).map((file) => file.path);
  const outside = names.find((name) => name.includes('/') || name.includes('\\') || name === '..');
  if (outside !== undefined)
    throw invalid(path, `it lists a file outside its folder, ${JSON.stringify(outside)}`);
  return value;
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const manifest = value as Partial<Record<keyof Manifest, unknown>>;
  return (
    manifest.version === 1 &&
    typeof manifest.runId === 'string' &&
    typeof manifest.task === 'string' &&
    typeof manifest.schemaFingerprint === 'string' &&
    typeof manifest.rows === 'number' &&
    typeof manifest.rowsSent === 'number' &&
    typeof manifest.position === 'object' &&
    manifest.position !== null &&
    isFileList(manifest.files) &&
    isFileList(manifest.deletedKeys) &&
    (manifest.tail === undefined || isFileList([manifest.tail]))
  );
}

function isFileList(value: unknown): value is StagedFile[] {
  return (
    Array.isArray(value) &&
    value.every(
      (file: Partial<StagedFile> | null) =>
        typeof file?.path === 'string' &&
        typeof file.rows === 'number' &&
        typeof file.sizeBytes === 'number' &&
        typeof file.sha256 === 'string',
    )
  );
}

/** Whether the file was written to after its manifest, and is all the same what that says. */
async function checkFile(
  folder: string,
  file: StagedFile,
  writtenMs: number,
  isHashed: boolean,
): Promise<boolean> {
  const path = join(folder, file.path);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw mismatch(path, 'is missing');
  if (found.size !== file.sizeBytes)
    throw mismatch(path, `has ${found.size} bytes, where its manifest says ${file.sizeBytes}`);
  const isLater = found.mtimeMs > writtenMs;
  if ((isHashed || isLater) && (await hashFile(path)) !== file.sha256)
    throw mismatch(path, 'holds other bytes than its manifest says (sha-256)');
  return isLater;
}

/** The sha-256 of a file in lower-case hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    // One buffer for all of a file: a stream takes a new one for each read, and a thousand tables' are a gigabyte to collect.
    const buffer = Buffer.allocUnsafeSlow(Math.max(1, Math.min(size, HASHED_AT_ONCE)));
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** Makes a file's bytes durable and returns how many there are. */
export async function syncFile(path: string): Promise<number> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  return (await stat(path)).size;
}

/** Makes the names inside a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function invalid(path: string, reason: string, cause?: unknown): PipelineError {
  return new PipelineError({
    code: 'manifestInvalid',
    blame: 'platform',
    retry: 'backoff',
    message: `The manifest ${path} cannot be used: ${reason}.`,
    cause,
  });
}

function mismatch(path: string, reason: string): PipelineError {
  return new PipelineError({
    code: 'checksumMismatch',
    blame: 'platform',
    retry: 'backoff',
    message: `The staged file ${path} ${reason}.`,
  });
}
