import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';
import { applyEdit } from '@millrace/spec';
import type { Edit } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import { PROJECT_FILE } from './project.ts';

/** Changes `millrace.yaml`, comments and order kept, all edits or none; whoever looks at the portal sees it. */
export async function editProject(context: OperationContext, edits: readonly Edit[]): Promise<void> {
  const { file } = await context.project();
  const path = join(context.projectFolder, PROJECT_FILE);
  let text = await readFile(path, 'utf8');
  for (const edit of edits) {
    const edited = applyEdit(text, edit);
    if (!edited.isApplied)
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `${file} could not be changed: ${edited.reason}`,
      });
    text = edited.text;
  }
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, text);
  await rename(draft, path);
  context.live.publish({ kind: 'document', path: PROJECT_FILE, pipeline: null });
}
