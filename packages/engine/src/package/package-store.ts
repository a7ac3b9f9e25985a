import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';

import { readManifest, type Manifest } from '../stage/manifest.ts';
import { toStagingError } from '../stage/staging-error.ts';

/** A finished load package: a folder whose manifest says what it holds. */
export interface LoadPackage {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Folder of all packages of a task: `<stage>/<pipeline>/<task>`. */
export function taskFolder(stage: string, pipeline: string, task: string): string {
  return join(stage, toFolderName(pipeline), toFolderName(task));
}

/** Folder of one attempt's package. */
export function packageFolder(taskPath: string, runId: string, attempt: number): string {
  return join(taskPath, `${toFolderName(runId)}-${attempt}`);
}

/**
 * A name as a single path segment: letters, digits, `.`, `_` and `-` as they are, everything else percent-encoded;
 * names that would be too long or special end in a hash of the whole.
 */
export function toFolderName(name: string): string {
  const encoded = [...Buffer.from(name)].map(encodeByte).join('');
  if (encoded.length <= 180 && encoded !== '' && !encoded.startsWith('.')) return encoded;
  return `${encoded.replace(/^\.+/, '_').slice(0, 140)}~${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9._-]/.test(character)
    ? character
    : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** A package that cannot be read any more: what is wrong with which of its files, as a sentence. */
export interface DamagedPackage {
  readonly folder: string;
  readonly damage: string;
}

/** The finished packages of a task, oldest first; folders that died or were damaged are left out. */
export async function listPackages(taskPath: string): Promise<readonly LoadPackage[]> {
  return (await inspectPackages(taskPath)).packages;
}

/** The finished packages of a task, oldest first, and those that were damaged since. */
export async function inspectPackages(
  taskPath: string,
): Promise<{ readonly packages: readonly LoadPackage[]; readonly damaged: readonly DamagedPackage[] }> {
  const packages: LoadPackage[] = [];
  const damaged: DamagedPackage[] = [];
  for (const folder of await listFolders(taskPath)) {
    const found = await inspectManifest(folder, false);
    if (typeof found === 'string') damaged.push({ folder, damage: found });
    else if (found !== undefined) packages.push({ folder, manifest: found });
  }
  packages.sort(
    (left, right) =>
      compareText(left.manifest.createdAt, right.manifest.createdAt) ||
      left.manifest.attempt - right.manifest.attempt,
  );
  return { packages, damaged };
}

/** Removes what attempts left behind without a manifest. Packages that are listed stay, and so does `except`. */
export async function removeOrphans(taskPath: string, except: string): Promise<void> {
  for (const folder of await listFolders(taskPath)) {
    if (folder === except) continue;
    if (!existsSync(join(folder, 'manifest.json'))) await removeFolder(folder);
  }
}

export interface ReuseOptions {
  readonly taskPath: string;
  readonly runId: string;
  readonly kind: Manifest['kind'];
  readonly schemaFingerprint: string;
  /** The run whose publication the destination shows now; null when it has none. */
  readonly previousRunId: string | null;
}

/**
 * The package of an earlier attempt of the same run that can be published as it stands: it continues exactly what the
 * destination holds now, has the schema of the plan, and every byte of it is what its manifest says.
 */
export async function findReusable(options: ReuseOptions): Promise<LoadPackage | undefined> {
  const mine = (await listPackages(options.taskPath)).filter(
    ({ manifest }) =>
      manifest.runId === options.runId &&
      manifest.kind === options.kind &&
      manifest.schemaFingerprint === options.schemaFingerprint &&
      manifest.previousRunId === options.previousRunId,
  );
  for (const candidate of mine.reverse()) {
    const manifest = await inspectManifest(candidate.folder, true);
    if (typeof manifest === 'object') return { folder: candidate.folder, manifest };
  }
  return undefined;
}

export async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    throw toStagingError(error);
  }
}

/** The manifest when every file of the package is there as it says, else what is wrong; undefined without a manifest. */
async function inspectManifest(
  folder: string,
  verifyChecksums: boolean,
): Promise<Manifest | string | undefined> {
  try {
    return await readManifest(folder, { verifyChecksums });
  } catch (error) {
    if (
      error instanceof PipelineError &&
      (error.code === 'manifestInvalid' || error.code === 'checksumMismatch')
    )
      return error.message;
    throw error;
  }
}

async function listFolders(taskPath: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(taskPath, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(taskPath, entry.name))
      .sort(compareText);
  } catch (error) {
    if (isMissing(error)) return [];
    throw toStagingError(error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
