import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { basename, extname, join, relative } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';
import { hasErrors, nearestNames, parsePipeline, parseProject } from '@millrace/spec';
import type {
  Diagnostic,
  GivenParameters,
  Locate,
  ParsedPipeline,
  PipelineDocument,
  ProjectDocument,
} from '@millrace/spec';

import { DocumentError } from './document-error.ts';

export const PROJECT_FILE = 'millrace.yaml';
export const PIPELINES_FOLDER = 'pipelines';

/** A project folder with its parsed `millrace.yaml`. */
export interface Project {
  readonly folder: string;
  /** `millrace.yaml` as messages name it. */
  readonly file: string;
  readonly text: string;
  readonly document: ProjectDocument;
  readonly diagnostics: readonly Diagnostic[];
  readonly locate: Locate;
}

/** A parsed pipeline file. */
export interface PipelineFile {
  readonly path: string;
  /** The path as messages name it: relative to the folder the person is in. */
  readonly file: string;
  readonly text: string;
  readonly parsed: ParsedPipeline;
}

export interface ValidPipeline extends PipelineFile {
  readonly document: PipelineDocument;
}

/** Reads `millrace.yaml`; throws `DocumentError` when it is wrong and `configInvalid` when there is none. */
export async function loadProject(folder: string, workingFolder: string): Promise<Project> {
  const path = join(folder, PROJECT_FILE);
  const file = relative(workingFolder, path) || path;
  const text = await readText(path, noProject(file));
  const { document, diagnostics, locate } = parseProject(text, file);
  if (!document) throw new DocumentError(diagnostics, new Map([[file, text]]));
  return { folder, file, text, document, diagnostics, locate };
}

/** Throws `configInvalid` when the folder is no project. */
export function requireProject(folder: string, workingFolder: string): void {
  const path = join(folder, PROJECT_FILE);
  if (!existsSync(path)) throw configError(noProject(relative(workingFolder, path) || path));
}

function noProject(file: string): string {
  return `There is no project here: ${file} does not exist. Make one with millrace init, or name its folder with --project.`;
}

/** All pipeline files, sorted by path, right or wrong. */
export async function loadPipelineFiles(
  folder: string,
  workingFolder: string,
  given?: GivenParameters,
): Promise<readonly PipelineFile[]> {
  const paths = await listPipelinePaths(folder);
  return await Promise.all(paths.map((path) => loadPipelineFile(path, workingFolder, given)));
}

/**
 * The pipeline of this name: the file `<name>.yaml` if it says so itself, else the file that says so. Its parameters have
 * the values that are given.
 * Throws `DocumentError` when that file is wrong and `configInvalid` naming near misses when there is none.
 */
export async function loadPipeline(
  folder: string,
  workingFolder: string,
  name: string,
  given?: GivenParameters,
): Promise<ValidPipeline> {
  const paths = await listPipelinePaths(folder);
  const namesake = paths.find((path) => basename(path, extname(path)) === name);
  if (namesake !== undefined) {
    const file = await loadPipelineFile(namesake, workingFolder, given);
    const { document } = file.parsed;
    if (document?.name === name) return { ...file, document };
    // Its values may be all that is wrong with it: then it is another pipeline, which were not given these.
    const looked = parsePipeline(file.text, file.file);
    if (!looked.document || looked.document.name === name)
      throw new DocumentError(file.parsed.diagnostics, textsOf([file]));
  }
  const files = await Promise.all(paths.map((path) => loadPipelineFile(path, workingFolder)));
  const named = files.filter((file) => file.parsed.document?.name === name);
  const [found, second] = named;
  if (found && !second) return withValues(found, given);
  if (found && second)
    throw configError(
      `Two files say they are the pipeline "${name}": ${found.file} and ${second.file}. Rename one.`,
    );
  const known = files.map((file) => file.parsed.document?.name ?? basename(file.path, extname(file.path)));
  const near = nearestNames(name, known);
  const hint =
    near.length > 0
      ? ` Did you mean ${near.join(' or ')}?`
      : known.length > 0
        ? ` There are: ${known.join(', ')}.`
        : ` The folder ${PIPELINES_FOLDER} holds none yet.`;
  throw configError(`There is no pipeline "${name}".${hint}`);
}

/** The text of each file by the name messages use. */
export function textsOf(
  files: readonly { readonly file: string; readonly text: string }[],
): ReadonlyMap<string, string> {
  return new Map(files.map((file) => [file.file, file.text]));
}

/** Throws `DocumentError` if one of the diagnostics is an error. */
export function throwIfWrong(
  diagnostics: readonly Diagnostic[],
  files: readonly { readonly file: string; readonly text: string }[],
): void {
  if (hasErrors(diagnostics)) throw new DocumentError(diagnostics, textsOf(files));
}

/** Paths of the pipeline files in order; none when the folder is missing. */
export async function listPipelinePaths(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(join(folder, PIPELINES_FOLDER));
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(folder, PIPELINES_FOLDER, name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** The file with values in place of its parameters. */
function withValues(file: PipelineFile, given: GivenParameters | undefined): ValidPipeline {
  const parsed = parsePipeline(file.text, file.file, given);
  if (!parsed.document) throw new DocumentError(parsed.diagnostics, textsOf([file]));
  return { ...file, parsed, document: parsed.document };
}

async function loadPipelineFile(
  path: string,
  workingFolder: string,
  given?: GivenParameters,
): Promise<PipelineFile> {
  const file = relative(workingFolder, path) || path;
  const text = await readText(path, `${file} disappeared while it was read. Run the command again.`);
  return { path, file, text, parsed: parsePipeline(text, file, given) };
}

async function readText(path: string, whenMissing: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      throw configError(whenMissing, error);
    throw configError(
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}. Check its permissions.`,
      error,
    );
  }
}

function configError(message: string, cause?: unknown): PipelineError {
  return new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message, cause });
}
