import { readFile } from 'node:fs/promises';
import { basename, extname, join, relative } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';
import { nearestNames, readDraft, type Draft } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import { listPipelinePaths, PIPELINES_FOLDER } from '../project/project.ts';

/** The file of a pipeline, right or wrong. */
export interface PipelineText {
  readonly name: string;
  readonly path: string;
  /** From the folder of the project: `pipelines/shop.yaml`. */
  readonly file: string;
  readonly text: string;
  readonly draft: Draft;
}

/** Every pipeline file, by the name that it gives itself, else by that of the file. */
export async function listDocuments(
  context: Pick<OperationContext, 'projectFolder'>,
): Promise<readonly PipelineText[]> {
  const paths = await listPipelinePaths(context.projectFolder);
  const found = await Promise.all(
    paths.map(async (path): Promise<readonly PipelineText[]> => {
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        // Gone since the folder was listed.
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (text === undefined) return [];
      const file = relative(context.projectFolder, path);
      const draft = readDraft(text, file);
      return [{ name: draft.name ?? basename(path, extname(path)), path, file, text, draft }];
    }),
  );
  return found.flat();
}

/** The file of the pipeline of this name. Throws `configInvalid` when there is none, or more than one. */
export async function findDocument(
  context: Pick<OperationContext, 'projectFolder'>,
  pipeline: string,
): Promise<PipelineText> {
  const all = await listDocuments(context);
  const [found, second] = all.filter(({ name }) => name === pipeline);
  if (found !== undefined && second === undefined) return found;
  const near = nearestNames(
    pipeline,
    all.map(({ name }) => name),
  );
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message:
      found !== undefined && second !== undefined
        ? `Two files say they are the pipeline "${pipeline}": ${found.file} and ${second.file}. Rename one.`
        : `There is no pipeline "${pipeline}".${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''}`,
  });
}

/** Where the file of a new pipeline goes. */
export function documentPath(projectFolder: string, pipeline: string): string {
  return join(projectFolder, PIPELINES_FOLDER, `${pipeline}.yaml`);
}
