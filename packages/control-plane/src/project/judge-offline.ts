import { hasErrors } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import { checkPipeline } from './check-pipeline.ts';
import { DocumentError } from './document-error.ts';
import type { ValidPipeline } from './project.ts';
import { declareConnections } from './resolve-connections.ts';
import { loadTemplates } from './templates.ts';

/** Says of a text that can be parsed whether it is right. */
export type JudgeText = (pipeline: ValidPipeline) => Promise<boolean>;

/**
 * Judges as `validate --offline` does: down to SQL, columns and types, with what discovery last saw of the sources. What
 * cannot be checked is not held against a text; a project file that is wrong is.
 */
export function judgeOffline(context: OperationContext, signal: AbortSignal): JudgeText {
  return async (pipeline) => {
    try {
      const project = await context.project();
      const scene = {
        connections: await declareConnections(
          project,
          context.registry,
          await context.environmentName(),
          Object.keys(project.document.connections ?? {}),
        ),
        templates: await loadTemplates(context.projectFolder, context.workingFolder),
        isOffline: true,
        unreachable: new Map<string, string>(),
      };
      const { diagnostics } = await checkPipeline(context, pipeline, scene, signal);
      return !hasErrors(diagnostics);
    } catch (error) {
      if (error instanceof DocumentError) return false;
      throw error;
    }
  };
}
