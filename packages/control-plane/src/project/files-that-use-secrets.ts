import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { parseValueReferences } from '@millrace/spec';

import { listPipelinePaths, PROJECT_FILE } from './project.ts';

/** The files of the project that refer to each secret, relative to the working folder. Comments count: nothing is parsed. */
export async function filesThatUseSecrets({
  projectFolder,
  workingFolder,
}: {
  readonly projectFolder: string;
  readonly workingFolder: string;
}): Promise<ReadonlyMap<string, readonly string[]>> {
  const used = new Map<string, string[]>();
  for (const path of [join(projectFolder, PROJECT_FILE), ...(await listPipelinePaths(projectFolder))]) {
    const { references } = parseValueReferences(await readFile(path, 'utf8'));
    const names = references.filter(({ scheme }) => scheme === 'secret').map(({ name }) => name);
    for (const name of new Set(names))
      used.set(name, [...(used.get(name) ?? []), relative(workingFolder, path) || path]);
  }
  return used;
}
