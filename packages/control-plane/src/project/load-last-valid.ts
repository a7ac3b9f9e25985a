import { parsePipeline, type GivenParameters } from '@millrace/spec';

import { didCompile, listSoundTexts } from '../documents/revisions.ts';
import type { Store } from '../store/open-store.ts';
import { DocumentError } from './document-error.ts';
import type { JudgeText } from './judge-offline.ts';
import type { ValidPipeline } from './project.ts';

/** Earlier texts that are looked at; who wrote more wrong ones in a row needs the error. */
const LOOKED_AT = 20;

/** A text that cannot be run, and how to find the one before it that can. */
export interface WrongText {
  readonly pipeline: string;
  readonly given: GivenParameters;
  /** The file as it is now, when it can be parsed. */
  readonly current: ValidPipeline | undefined;
  readonly judge: JudgeText;
}

/**
 * What the file of a pipeline said before it became wrong: the newest text that compiles, with a note for whoever looks at the
 * run. Throws `error`, which is why the file cannot be taken, when that is another reason, when there is no such text, and when
 * the file's own text was run before: then it is the source that changed, and no other text is what anybody asked for.
 */
export async function loadLastValid(
  store: Store,
  { pipeline, given, current, judge }: WrongText,
  error: unknown,
): Promise<ValidPipeline & { readonly note: string }> {
  if (!(error instanceof DocumentError)) throw error;
  if (current !== undefined && (await didCompile(store, pipeline, current.text))) throw error;
  const file = current?.file ?? error.diagnostics[0]?.range.file ?? pipeline;
  for (const { revision, text } of await listSoundTexts(store, pipeline, LOOKED_AT)) {
    if (text === current?.text) continue;
    const parsed = parsePipeline(text, file, given);
    if (parsed.document?.name !== pipeline) continue;
    const earlier = { path: current?.path ?? file, file, text, parsed, document: parsed.document };
    if (!(await judge(earlier))) continue;
    const note = `${file} is wrong now: ${error.message} This run takes its last valid text, revision ${revision}.`;
    return { ...earlier, note };
  }
  throw error;
}
