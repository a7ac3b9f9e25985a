import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';
import { applyEdits, hasErrors, NAME_PATTERN, parsePipeline } from '@millrace/spec';
import { z } from 'zod';

import { documentPath, listDocuments } from '../../documents/find-document.ts';
import { authorOf, rememberRevision } from '../../documents/revisions.ts';
import { defineOperation } from '../../operation.ts';
import { PIPELINE_SCHEMA_LINE } from '../projects/create-project.ts';

/** Makes the file of a new pipeline, without steps or with a text that is given. */
export const createPipeline = defineOperation({
  name: 'pipelines/create-pipeline',
  summary: 'Make a new pipeline.',
  permission: 'pipeline.write',
  input: z.strictObject({
    pipeline: z
      .string()
      .regex(NAME_PATTERN, 'must begin with a letter and hold letters, digits, - and _ only'),
    description: z.string().optional(),
    /** The document; its name becomes that of the pipeline. */
    text: z.string().max(8_000_000).optional(),
  }),
  output: z.strictObject({
    pipeline: z.string(),
    file: z.string(),
    text: z.string(),
    revision: z.string(),
  }),
  async handler(context, { pipeline, description, text }) {
    const path = documentPath(context.projectFolder, pipeline);
    const file = relative(context.projectFolder, path);
    const isTaken = (await listDocuments(context)).some(
      (each) => each.name === pipeline || each.path === path,
    );
    if (isTaken)
      throw refused(`There is a pipeline "${pipeline}" already. Choose another name, or open that one.`);
    const edited = applyEdits(text ?? `${PIPELINE_SCHEMA_LINE}\nversion: 1\nname: ${pipeline}\nsteps: {}\n`, [
      { kind: 'setField', path: ['name'], value: pipeline },
      ...(description === undefined || description === ''
        ? []
        : [{ kind: 'setField', path: ['description'], value: description } as const]),
    ]);
    if (!edited.isApplied) throw refused(edited.reason);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, edited.text, { flag: 'wx' });
    const isValid = !hasErrors(parsePipeline(edited.text, file).diagnostics);
    const revision = await rememberRevision(await context.store(), {
      pipeline,
      text: edited.text,
      isValid,
      origin: 'saved',
      author: authorOf(context.caller),
    });
    context.live.publish({ kind: 'document', path: file, pipeline });
    return { pipeline, file, text: edited.text, revision };
  },
});

function refused(message: string): PipelineError {
  return new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message });
}
