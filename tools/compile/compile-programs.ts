import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { rolldown } from 'rolldown';
import type { OutputChunk } from 'rolldown';

import { manifestPath, readManifest } from '../../bin/compiled.mjs';
import type { CompiledManifest } from '../../bin/compiled.mjs';
import { ownPaths } from './own-paths.ts';
import { UsedFiles } from './used-files.ts';

/**
 * What people start, and what a benchmark starts runners with; the processes and threads that these start are found by
 * themselves.
 */
const PROGRAMS = [
  'packages/cli/src/main.ts',
  'packages/cli/src/demo/main.ts',
  'packages/cli/src/start-runner.ts',
];
/** Packages that look for their native parts beside themselves, and one that is not installed. */
const LEFT_ALONE = /^(?:@duckdb\/node-bindings|isolated-vm|pg-native)(?:\/|$)/;
/** Our modules do nothing when they are imported, programs and threads excepted: what nobody uses of them is left out. */
const WITHOUT_EFFECTS = /\/packages\/[^/]+\/src\/(?!(?:.*[/.])?main\.ts$|.*-worker\.ts$)/;
/** A module that is loaded early all the same; every other warning means a program that may not run. */
const HARMLESS_WARNING = 'INEFFECTIVE_DYNAMIC_IMPORT';
/** A server that runs from an older compilation loads more of it when it needs it. */
const KEPT_MS = 7 * 86_400_000;

/**
 * Compiles the programs of a project into a folder of their own below `dist`, and notes beside it where they are and what
 * they were made of. Programs that run from an older compilation are not disturbed. Throws what the compiler says, and
 * when a source changes meanwhile.
 */
export async function compilePrograms(projectFolder: string): Promise<void> {
  const output = dirname(join(projectFolder, manifestPath));
  const draft = join(output, `draft-${process.pid}`);
  try {
    const used = await UsedFiles.begin(projectFolder);
    const chunks = await writeChunks(projectFolder, draft, used);
    const files = used.list();
    const folder = join(dirname(manifestPath), digestOf(chunks));
    const programs = Object.fromEntries(
      chunks.flatMap(({ facadeModuleId, fileName }) => {
        const program = PROGRAMS.find((source) => join(projectFolder, source) === facadeModuleId);
        return program === undefined ? [] : [[program, join(folder, fileName)]];
      }),
    );
    const before = readManifest(projectFolder);
    if (!existsSync(join(projectFolder, folder))) renameSync(draft, join(projectFolder, folder));
    replaceManifest(projectFolder, { folder, programs, files });
    if (before !== undefined) noteEnd(join(projectFolder, before.folder));
    removeOld(output, join(projectFolder, folder));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function writeChunks(
  projectFolder: string,
  folder: string,
  used: UsedFiles,
): Promise<readonly OutputChunk[]> {
  const bundle = await rolldown({
    input: PROGRAMS.map((program) => join(projectFolder, program)),
    cwd: projectFolder,
    platform: 'node',
    external: LEFT_ALONE,
    plugins: [used.plugin(), ownPaths(projectFolder, folder)],
    treeshake: { moduleSideEffects: [{ test: WITHOUT_EFFECTS, sideEffects: false }] },
    onLog: (level, { code, message }) => {
      if (level === 'warn' && code !== HARMLESS_WARNING) throw new Error(message);
    },
  });
  try {
    const { output } = await bundle.write({
      dir: folder,
      format: 'esm',
      entryFileNames: '[name]-[hash].mjs',
      chunkFileNames: '[name]-[hash].mjs',
      sourcemap: true,
      // Node reads text of one byte per character in a quarter of the time, and reads it in every process.
      charset: 'ascii',
      comments: false,
      sourcemapExcludeSources: true,
    });
    return output.filter((file) => file.type === 'chunk');
  } finally {
    await bundle.close();
  }
}

function digestOf(chunks: readonly OutputChunk[]): string {
  const hash = createHash('sha256');
  for (const { fileName, code } of chunks) hash.update(`${fileName}\0${code}\0`);
  return hash.digest('hex').slice(0, 16);
}

/** In one step: who reads it meanwhile sees the one before. */
function replaceManifest(projectFolder: string, manifest: CompiledManifest): void {
  const path = join(projectFolder, manifestPath);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(manifest));
  renameSync(draft, path);
}

/** From now on no new process uses it. */
function noteEnd(folder: string): void {
  if (existsSync(folder)) utimesSync(folder, new Date(), new Date());
}

function removeOld(output: string, current: string): void {
  for (const entry of readdirSync(output, { withFileTypes: true })) {
    const folder = join(output, entry.name);
    if (!entry.isDirectory() || folder === current) continue;
    if (statSync(folder).mtimeMs < Date.now() - KEPT_MS) rmSync(folder, { recursive: true, force: true });
  }
}
