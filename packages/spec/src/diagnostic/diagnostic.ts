import type { Edit } from '../edit/edit.ts';
import { CATALOGUE, type DiagnosticCode, type DiagnosticParams, type Severity } from './catalogue.ts';
import type { DocumentPath, SourceRange } from './source-range.ts';

/** Something a person can fix in a document. Collected, never thrown. */
export interface Diagnostic<Code extends DiagnosticCode = DiagnosticCode> {
  readonly code: Code;
  readonly severity: Severity;
  /** The thing, the reason, the next step. */
  readonly message: string;
  readonly path: DocumentPath;
  readonly range: SourceRange;
  readonly params: DiagnosticParams[Code];
  /** Alternatives, best first; each alone removes the problem. They are edits of the file of `range`. */
  readonly fixes: readonly Edit[];
  /** For what stands in a template: the steps that use it, the nearest first. */
  readonly usedBy?: readonly TemplateUse[];
}

/** A step that uses a template, and where it stands. */
export interface TemplateUse {
  readonly step: string;
  readonly range: SourceRange;
}

export interface DiagnosticPlace {
  readonly path: DocumentPath;
  readonly range: SourceRange;
  readonly fixes?: readonly Edit[];
}

/** Makes a diagnostic of the catalogue; the message follows from code and params. */
export function diagnose<Code extends DiagnosticCode>(
  code: Code,
  params: DiagnosticParams[Code],
  place: DiagnosticPlace,
): Diagnostic<Code> {
  const entry = CATALOGUE[code];
  return {
    code,
    severity: entry.severity,
    message: entry.message(params),
    path: place.path,
    range: place.range,
    params,
    fixes: place.fixes ?? [],
  };
}

/** True when at least one of them forbids to go on. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
