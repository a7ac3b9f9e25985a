import type { DocumentPath } from '@millrace/spec';

import type { Compilation } from '../compilation.ts';
import type { SqlProblem } from './sql-analyser.ts';

/** Reports what is wrong with a text of SQL that stands at a path of the document. */
export function reportSqlProblem(
  problem: SqlProblem,
  text: string,
  path: DocumentPath,
  compilation: Pick<Compilation, 'report'>,
): void {
  const { kind, message, name, nearest } = problem;
  const fixes = nearest.flatMap((to) => {
    const { offset, length } = problem;
    if (offset === null || length === 0) return [];
    const value = `${text.slice(0, offset)}${to}${text.slice(offset + length)}`;
    return [{ kind: 'setField', path, value } as const];
  });
  switch (kind) {
    case 'syntax':
      return compilation.report('sqlSyntax', { reason: message }, path);
    case 'column':
      return compilation.report('sqlColumnUnknown', { name: name ?? '', nearest }, path, fixes);
    case 'function':
      return compilation.report('sqlFunctionUnknown', { name: name ?? '', nearest }, path, fixes);
    case 'table':
      return compilation.report('sqlTableUnknown', { name: name ?? '', nearest }, path, fixes);
    case 'type':
      return compilation.report('sqlTypeWrong', { reason: message }, path);
    case 'forbidden':
      return compilation.report('sqlForbidden', { reason: message }, path);
    case 'other':
      return compilation.report('sqlRefused', { reason: message }, path);
  }
}
