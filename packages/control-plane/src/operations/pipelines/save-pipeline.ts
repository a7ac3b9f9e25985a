import { hasErrors, mergeTexts, readDraft, type Diagnostic } from '@millrace/spec';
import { z } from 'zod';

import { holdFile, readFileIfThere, replaceFile, revisionOf } from '../../documents/document-file.ts';
import { findDocument } from '../../documents/find-document.ts';
import { authorOf, findRevisionText, rememberRevision } from '../../documents/revisions.ts';
import { defineOperation } from '../../operation.ts';

const saved = {
  pipeline: z.string(),
  text: z.string(),
  revision: z.string(),
  isValid: z.boolean(),
  diagnostics: z.array(z.custom<Diagnostic>()),
};

/**
 * Writes the text of a pipeline into its file. A file that was changed underneath is not overwritten: both changes are put
 * together step by step, or, where both changed the same, nothing is written and the answer shows both.
 */
export const savePipeline = defineOperation({
  name: 'pipelines/save-pipeline',
  summary: 'Save the document of a pipeline; changes of its file meanwhile are merged, or shown.',
  permission: 'pipeline.write',
  input: z.strictObject({
    pipeline: z.string(),
    text: z.string().max(8_000_000),
    /** The revision that the text was made from. */
    baseRevision: z.string(),
    isRestored: z.boolean().default(false),
  }),
  output: z.discriminatedUnion('outcome', [
    z.strictObject({ outcome: z.literal('saved'), ...saved }),
    z.strictObject({
      outcome: z.literal('merged'),
      ...saved,
      /** Parts that were taken from the file: steps, and other keys of the document. */
      fromFile: z.array(z.string()),
    }),
    z.strictObject({
      outcome: z.literal('conflict'),
      /** Parts that both changed; empty where the texts cannot be told apart by steps. */
      conflicts: z.array(z.string()),
      /** What the file has now; saving again with its revision as the base overwrites it. */
      theirs: z.strictObject({ text: z.string(), revision: z.string() }),
      base: z.string().nullable(),
    }),
  ]),
  async handler(context, { pipeline, text, baseRevision, isRestored }) {
    const found = await findDocument(context, pipeline);
    const store = await context.store();
    return await holdFile(found.path, async () => {
      const theirs = (await readFileIfThere(found.path)) ?? found.text;
      const revision = revisionOf(theirs);
      const write = async (written: string) => {
        await replaceFile(found.path, written);
        const { diagnostics, name = pipeline } = readDraft(written, found.file);
        const isValid = !hasErrors(diagnostics);
        const origin = isRestored ? ('restored' as const) : ('saved' as const);
        const seen = { pipeline: name, text: written, isValid, origin, author: authorOf(context.caller) };
        const kept = await rememberRevision(store, seen);
        context.live.publish({ kind: 'document', path: found.file, pipeline: name });
        return {
          pipeline: name,
          text: written,
          revision: kept,
          isValid,
          diagnostics: [...diagnostics],
        };
      };
      if (revision === baseRevision) return { outcome: 'saved' as const, ...(await write(text)) };
      const base = await findRevisionText(store, pipeline, baseRevision);
      const merged =
        base === undefined ? { isMerged: false as const, conflicts: [] } : mergeTexts(base, text, theirs);
      if (!merged.isMerged) {
        const shown = { text: theirs, revision };
        return {
          outcome: 'conflict' as const,
          conflicts: [...merged.conflicts],
          theirs: shown,
          base: base ?? null,
        };
      }
      await rememberRevision(store, {
        pipeline,
        text: theirs,
        isValid: !hasErrors(readDraft(theirs, found.file).diagnostics),
        origin: 'file',
        author: null,
      });
      return { outcome: 'merged' as const, ...(await write(merged.text)), fromFile: [...merged.theirs] };
    });
  },
});
