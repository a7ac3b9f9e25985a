import { hasErrors } from '@millrace/spec';
import type { Diagnostic } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { declareConnections } from '../../project/resolve-connections.ts';
import { checkPipelineConnections } from '../../project/check-pipeline-connections.ts';
import { loadPipeline, loadPipelineFiles, textsOf } from '../../project/project.ts';

/** Checks documents without connecting to anything. Wrong documents are the result here, not an error. */
export const validatePipelines = defineOperation({
  name: 'pipelines/validate-pipelines',
  summary: 'Check the documents of the project without connecting to anything.',
  permission: 'pipeline.read',
  input: z.strictObject({ pipeline: z.string().optional() }),
  output: z.strictObject({
    isValid: z.boolean(),
    files: z.array(z.string()),
    diagnostics: z.array(z.custom<Diagnostic>()),
    texts: z.custom<ReadonlyMap<string, string>>(),
  }),
  async handler(context, { pipeline }) {
    const project = await context.project();
    const names = Object.keys(project.document.connections ?? {});
    const declared = await declareConnections(
      project,
      context.registry,
      await context.environmentName(),
      names,
    );
    const files =
      pipeline === undefined
        ? await loadPipelineFiles(context.projectFolder, context.workingFolder)
        : [await loadPipeline(context.projectFolder, context.workingFolder, pipeline)];
    const diagnostics: Diagnostic[] = [...project.diagnostics];
    for (const file of files) {
      diagnostics.push(...file.parsed.diagnostics);
      if (file.parsed.document)
        diagnostics.push(...checkPipelineConnections(file.parsed.document, file.parsed.locate, declared));
    }
    return {
      isValid: !hasErrors(diagnostics),
      files: [project.file, ...files.map((file) => file.file)],
      diagnostics,
      texts: textsOf([project, ...files]),
    };
  },
});
