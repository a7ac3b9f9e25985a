import type { PipelineDocument } from '@millrace/spec';

/** The TypeScript files of a project, as they were read. */
export interface CodeFiles {
  /** The folder that holds them, as messages name it, with a slash at its end. */
  readonly folder: string;
  /** What `requiredCode` asked for, by the path below the folder. */
  readonly texts: ReadonlyMap<string, string>;
  /** Why a file that is there could not be read. */
  readonly problems: ReadonlyMap<string, string>;
  /** All that are there. */
  readonly known: readonly string[];
}

/** The files of the folder `transforms` that the code steps of a document name, each once. */
export function requiredCode(document: Pick<PipelineDocument, 'steps'>): readonly string[] {
  const files = Object.values(document.steps).flatMap((step) =>
    'code' in step && step.code.file !== undefined ? [step.code.file] : [],
  );
  return [...new Set(files)];
}
