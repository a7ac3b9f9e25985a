import { PipelineError } from '@millrace/connector-sdk';
import { diagnose, hasErrors, nearestNames } from '@millrace/spec';
import type { Diagnostic } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { checkPipeline, type UsedSchemas } from '../../project/check-pipeline.ts';
import { giveParameters } from '../../project/give-parameters.ts';
import { parameterInput } from '../../project/parameter-input.ts';
import { loadPipeline, loadPipelineFiles } from '../../project/project.ts';
import type { PipelineFile, Project } from '../../project/project.ts';
import { declareConnections } from '../../project/resolve-connections.ts';
import { loadTemplates } from '../../project/templates.ts';

/** A pipeline of which not everything could be checked. */
export interface UncheckedPipeline {
  readonly pipeline: string;
  readonly file: string;
  /** What could not be checked, why, and the next step. */
  readonly reason: string;
}

/**
 * Checks documents down to SQL, columns and types, with what earlier discoveries saw of the sources. Wrong documents
 * are the result here, not an error.
 */
export const validatePipelines = defineOperation({
  name: 'pipelines/validate-pipelines',
  summary: 'Check the documents of the project, with their SQL, columns and types.',
  permission: 'pipeline.read',
  input: z.strictObject({
    pipeline: z.string().optional(),
    isOffline: z.boolean().default(false),
    /** Of the named pipeline; those that have no value are left open. */
    parameters: parameterInput,
  }),
  output: z.strictObject({
    isValid: z.boolean(),
    files: z.array(z.string()),
    diagnostics: z.array(z.custom<Diagnostic>()),
    unchecked: z.array(z.custom<UncheckedPipeline>()),
    /** The connections whose tables were taken as they were then. */
    schemas: z.array(z.custom<UsedSchemas>()),
  }),
  async handler(context, { pipeline, isOffline, parameters }, signal) {
    if (pipeline === undefined && Object.keys(parameters).length > 0) throw ofNoPipeline();
    const project = await context.project();
    const names = Object.keys(project.document.connections ?? {});
    const environment = await context.environmentName();
    const declared = await declareConnections(project, context.registry, environment, names);
    const given = giveParameters(project, environment, parameters, false);
    const files =
      pipeline === undefined
        ? await loadPipelineFiles(context.projectFolder, context.workingFolder, given)
        : [await loadPipeline(context.projectFolder, context.workingFolder, pipeline, given)];
    const templates = await loadTemplates(context.projectFolder, context.workingFolder);
    const scene = { connections: declared, templates, isOffline, unreachable: new Map<string, string>() };
    const known = new Set<string>();
    const diagnostics: Diagnostic[] = [...project.diagnostics];
    // Those that the one pipeline does not use are not asked about.
    const listed = pipeline === undefined ? templates : [];
    for (const { parsed } of listed) {
      diagnostics.push(...parsed.diagnostics);
      for (const diagnostic of parsed.diagnostics) known.add(placeOf(diagnostic));
    }
    if (pipeline === undefined) diagnostics.push(...findUndeclared(project, files));
    const unchecked: UncheckedPipeline[] = [];
    const schemas = new Map<string, UsedSchemas>();
    for (const { file, parsed, ...rest } of files) {
      diagnostics.push(...parsed.diagnostics);
      const { document } = parsed;
      if (document === undefined) continue;
      const valid = { ...rest, file, parsed, document };
      const checked = await checkPipeline(context, valid, scene, signal);
      // What is wrong with a template alone was told without the steps that use it.
      diagnostics.push(...checked.diagnostics.filter((diagnostic) => !known.has(placeOf(diagnostic))));
      if (checked.unchecked !== null)
        unchecked.push({
          pipeline: document.name,
          file,
          reason: context.redactor.text(checked.unchecked),
        });
      for (const used of checked.schemas) schemas.set(used.connection, used);
    }
    return {
      isValid: !hasErrors(diagnostics),
      files: [project, ...listed, ...files].map(({ file }) => file),
      diagnostics,
      unchecked,
      schemas: [...schemas.values()],
    };
  },
});

/** Values in environments that no pipeline asks for: most likely misspelt. */
function findUndeclared(project: Project, files: readonly PipelineFile[]): readonly Diagnostic[] {
  const declared = new Set(files.flatMap(({ parsed }) => [...parsed.parameters.values.keys()]));
  return Object.entries(project.document.environments ?? {}).flatMap(([environment, { parameters = {} }]) =>
    Object.keys(parameters).flatMap((name) => {
      if (declared.has(name)) return [];
      const path = ['environments', environment, 'parameters', name];
      const params = { name, nearest: nearestNames(name, declared) };
      return [diagnose('parameterUndeclared', params, { path, range: project.locate(path, 'key') })];
    }),
  );
}

function ofNoPipeline(): PipelineError {
  return new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message:
      'Values of parameters are those of one pipeline. Name it: millrace validate PIPELINE --param NAME=VALUE',
  });
}

function placeOf({ code, range: { file, start } }: Diagnostic): string {
  return JSON.stringify([code, file, start.offset]);
}
