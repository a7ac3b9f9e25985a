import { parsePipeline, type GivenParameters } from '@millrace/spec';

import { lastValidRevision } from '../documents/revisions.ts';
import type { Store } from '../store/open-store.ts';
import { DocumentError } from './document-error.ts';
import type { ValidPipeline } from './project.ts';

/**
 * What the file of a pipeline said before it became wrong, with a note for whoever looks at the run. Throws `error`, which is
 * why the file cannot be taken, when that is another reason or there was no valid text before.
 */
export async function loadLastValid(
  store: Store,
  pipeline: string,
  given: GivenParameters,
  error: unknown,
): Promise<ValidPipeline & { readonly note: string }> {
  if (!(error instanceof DocumentError)) throw error;
  const last = await lastValidRevision(store, pipeline);
  if (last === undefined) throw error;
  const [first] = error.diagnostics;
  const file = first?.range.file ?? pipeline;
  const parsed = parsePipeline(last.text, file, given);
  if (!parsed.document) throw error;
  const note = `${file} is wrong now: ${error.message} This run takes its last valid text, revision ${last.revision}.`;
  return { path: file, file, text: last.text, parsed, document: parsed.document, note };
}
