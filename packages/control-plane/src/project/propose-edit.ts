import { join, relative } from 'node:path';

import type { SchemaDrift } from '@millrace/engine';
import { applyEdits, diffText, type Edit } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import { loadPipelineFiles } from './project.ts';

/** What to change in a pipeline's file so that its contracts take in what changed at the source. */
export interface ProposedEdit {
  readonly file: string;
  readonly edits: readonly Edit[];
  /** A unified diff of the file, from the folder of the project. */
  readonly diff: string;
}

/** Null when nothing is to be changed, or the file says something else by now. */
export async function proposeEdit(
  context: OperationContext,
  pipeline: string,
  drifts: readonly (SchemaDrift | null)[],
): Promise<ProposedEdit | null> {
  const wanted = drifts.flatMap((drift) => drift?.edits ?? []);
  if (wanted.length === 0) return null;
  const files = await loadPipelineFiles(context.projectFolder, context.workingFolder);
  const found = files.find(({ parsed }) => parsed.document?.name === pipeline);
  const steps = found?.parsed.document?.steps;
  if (found === undefined || steps === undefined) return null;
  // What a template made has no step of that name in the document.
  const edits = [...new Map(wanted.map((edit) => [JSON.stringify(edit), edit])).values()].filter(
    (edit) => edit.kind === 'setField' && Object.hasOwn(steps, String(edit.path[1])),
  );
  const edited = applyEdits(found.text, edits);
  if (!edited.isApplied || edited.text === found.text) return null;
  const path = relative(context.projectFolder, join(context.workingFolder, found.file));
  return { file: found.file, edits, diff: diffText(found.text, edited.text, path) };
}
