import type { DocumentPath, Edit, TextSpan } from '@millrace/spec';
import { writeDuckdbName } from '@millrace/sql';

import type { Compilation } from '../compilation.ts';
import type { SqlProblem } from './sql-analyser.ts';

/**
 * Reports what is wrong with a text of SQL that is the value at a path of the document: at the very characters, with the text corrected as
 * fixes.
 */
export function reportSqlProblem(
  problem: SqlProblem,
  text: string,
  path: DocumentPath,
  compilation: Pick<Compilation, 'report'>,
): void {
  const { kind, message, name, nearest } = problem;
  const place = spanOf(problem, text) ?? 'value';
  const named = { name: name ?? '', nearest };
  const fixes = fixesOf(problem, text, path);
  switch (kind) {
    case 'syntax':
      return compilation.report('sqlSyntax', { reason: message }, path, fixes, place);
    case 'column':
      return compilation.report('sqlColumnUnknown', named, path, fixes, place);
    case 'function':
      return compilation.report('sqlFunctionUnknown', named, path, fixes, place);
    case 'table':
      return compilation.report('sqlTableUnknown', named, path, fixes, place);
    case 'type':
      return compilation.report('sqlTypeWrong', { reason: message }, path, fixes, place);
    case 'forbidden':
      return compilation.report('sqlForbidden', { reason: message }, path, fixes, place);
    case 'other':
      return compilation.report('sqlRefused', { reason: message }, path, fixes, place);
  }
}

function spanOf({ offset, length }: SqlProblem, text: string): TextSpan | undefined {
  return offset === null ? undefined : { from: offset, to: Math.min(offset + length, text.length) };
}

/** The text with each of the nearest names in the place of the wrong one. */
function fixesOf({ offset, length, nearest }: SqlProblem, text: string, path: DocumentPath): readonly Edit[] {
  if (offset === null || length === 0) return [];
  return nearest.map((name) => ({
    kind: 'setField',
    path,
    value: text.slice(0, offset) + writeDuckdbName(name) + text.slice(offset + length),
  }));
}
