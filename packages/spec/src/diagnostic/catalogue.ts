import { checksDiagnostics } from './areas/checks.ts';
import { codeDiagnostics } from './areas/code.ts';
import { columnsDiagnostics } from './areas/columns.ts';
import { graphDiagnostics } from './areas/graph.ts';
import { loadingDiagnostics } from './areas/loading.ts';
import { parametersDiagnostics } from './areas/parameters.ts';
import { projectDiagnostics } from './areas/project.ts';
import { shapeDiagnostics } from './areas/shape.ts';
import { sqlDiagnostics } from './areas/sql.ts';
import { stepsDiagnostics } from './areas/steps.ts';
import { tablesDiagnostics } from './areas/tables.ts';
import { templatesDiagnostics } from './areas/templates.ts';
import { textDiagnostics } from './areas/text.ts';
import type { Entry } from './entry.ts';

export type { Severity } from './entry.ts';

const ENTRIES = {
  ...textDiagnostics,
  ...shapeDiagnostics,
  ...projectDiagnostics,
  ...parametersDiagnostics,
  ...templatesDiagnostics,
  ...graphDiagnostics,
  ...tablesDiagnostics,
  ...loadingDiagnostics,
  ...columnsDiagnostics,
  ...stepsDiagnostics,
  ...checksDiagnostics,
  ...codeDiagnostics,
  ...sqlDiagnostics,
};

export type DiagnosticCode = keyof typeof ENTRIES;

/** What each diagnostic tells a program; the message is made from nothing else. */
export type DiagnosticParams = {
  readonly [Code in DiagnosticCode]: (typeof ENTRIES)[Code] extends Entry<infer Params> ? Params : never;
};

/** Everything that can be wrong with a document: code, severity, and the message for a person. */
export const CATALOGUE: { readonly [Code in DiagnosticCode]: Entry<DiagnosticParams[Code]> } = ENTRIES;
