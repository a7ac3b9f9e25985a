import type { AppliedParameters, Diagnostic, DocumentPath, Edit, Locate, TemplateUse } from '@millrace/spec';

/** A file that steps come from: the pipeline, or a template in one of its uses. */
export interface TemplateScope {
  readonly locate: Locate;
  readonly parameters: AppliedParameters | undefined;
  /** The steps that use it, the nearest first; none for the pipeline. */
  readonly uses: readonly TemplateUse[];
  /** The templates around it, itself last. */
  readonly trail: readonly string[];
}

/** A place of the expanded document in its file. */
export interface WrittenPlace {
  readonly scope: TemplateScope;
  readonly path: DocumentPath;
}

/** A diagnostic about the expanded document as one about the file that it stands in. */
export function writtenDiagnostic(
  diagnostic: Diagnostic,
  place: (path: DocumentPath) => WrittenPlace,
): Diagnostic {
  const { scope, path } = place(diagnostic.path);
  const inFile: Diagnostic = {
    ...diagnostic,
    path,
    fixes: diagnostic.fixes.flatMap((fix) => writtenFix(fix, scope, place) ?? []),
    ...(scope.uses.length === 0 ? {} : { usedBy: scope.uses }),
  };
  return scope.parameters?.asWritten(inFile) ?? inFile;
}

/** Undefined for an edit that would be about another file, or about a step that no file has. */
function writtenFix(
  fix: Edit,
  scope: TemplateScope,
  place: (path: DocumentPath) => WrittenPlace,
): Edit | undefined {
  if (!('path' in fix)) return scope.uses.length === 0 ? fix : undefined;
  const written = place(fix.path);
  return written.scope === scope ? { ...fix, path: written.path } : undefined;
}
