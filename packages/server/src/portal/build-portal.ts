import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { PipelineError } from '@millrace/connector-sdk';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..', '..');
const WEB = join(REPOSITORY, 'packages', 'web');
/** What goes into the bundle. Types of other packages do not. */
const SOURCES = [
  'packages/web/src',
  'packages/web/public',
  'packages/web/index.html',
  'packages/web/vite.config.ts',
  'packages/spec/src',
  'packages/compiler/src',
  'packages/sql/src',
  'package-lock.json',
];
const STAMP = '.built-from';

/** Where the portal's files are once they are built. */
export const PORTAL_FOLDER = join(WEB, 'dist');

/**
 * Builds the portal when it is missing or its sources changed since. Says what it does, because it takes seconds.
 * Throws `internal` with what the bundler said.
 */
export async function ensurePortal(say: (text: string) => void, signal: AbortSignal): Promise<void> {
  const wanted = await digestOf(SOURCES);
  if (await isBuiltFrom(wanted)) return;
  say(
    `${existsSync(PORTAL_FOLDER) ? 'Building the portal again, because its sources changed' : 'Building the portal'} …`,
  );
  const draft = join(WEB, `dist-${process.pid}`);
  try {
    await promisify(execFile)(
      process.execPath,
      [bundler(), 'build', '--outDir', draft, '--emptyOutDir', '--logLevel', 'warn'],
      // Whoever starts us may stand in a test run or in development; people get the portal as it is meant.
      { cwd: WEB, signal, env: { ...process.env, NODE_ENV: 'production' } },
    );
    await writeFile(join(draft, STAMP), wanted);
    await putInPlace(draft);
  } catch (error) {
    signal.throwIfAborted();
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new PipelineError({
      code: 'internal',
      blame: 'platform',
      retry: 'never',
      message: `The portal could not be built: ${said.trim()}`,
      cause: error,
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function isBuiltFrom(digest: string): Promise<boolean> {
  return (await readFile(join(PORTAL_FOLDER, STAMP), 'utf8').catch(() => '')) === digest;
}

async function putInPlace(draft: string): Promise<void> {
  const old = `${draft}-old`;
  await rename(PORTAL_FOLDER, old).catch(() => undefined);
  await mkdir(dirname(PORTAL_FOLDER), { recursive: true });
  try {
    await rename(draft, PORTAL_FOLDER);
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}

/** npm puts a package's program beside the package that needs it, or at the top. */
function bundler(): string {
  const places = [WEB, REPOSITORY].map((folder) => join(folder, 'node_modules', 'vite', 'bin', 'vite.js'));
  return places.find(existsSync) ?? join(REPOSITORY, 'node_modules', 'vite', 'bin', 'vite.js');
}

/** Of names, sizes and times: reading all would cost more than it saves. */
async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of await filesIn(join(REPOSITORY, path))) {
      const { size, mtimeMs } = await stat(file);
      hash.update(`${file}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

async function filesIn(path: string): Promise<readonly string[]> {
  if (!existsSync(path)) return [];
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
