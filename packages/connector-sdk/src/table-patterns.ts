import { formatTableName, type TableName } from '@millrace/spec';

import { PipelineError } from './pipeline-error.ts';
import type { DiscoverRequest } from './source.ts';

const MAX_SUGGESTIONS = 3;

/**
 * The tables that a discover request asks for, in the order given. Throws `tableMissing` for an include pattern
 * without `*` that matches none of them, naming the tables with the most similar names.
 */
export function selectTables<T extends TableName>(
  tables: readonly T[],
  request: DiscoverRequest,
): readonly T[] {
  for (const pattern of request.include) {
    if (pattern.includes('*') || tables.some((table) => formatTableName(table) === pattern)) continue;
    throw new PipelineError({
      code: 'tableMissing',
      blame: 'config',
      retry: 'never',
      message: missingMessage(pattern, tables.map(formatTableName)),
    });
  }
  const included = request.include.map(patternToRegExp);
  const excluded = request.exclude.map(patternToRegExp);
  return tables.filter((table) => {
    const name = formatTableName(table);
    const isIncluded = included.length === 0 || included.some((pattern) => pattern.test(name));
    return isIncluded && !excluded.some((pattern) => pattern.test(name));
  });
}

function patternToRegExp(pattern: string): RegExp {
  // Repeated stars would backtrack exponentially and mean the same as one.
  const parts = pattern.replace(/\*+/g, '*').split('*');
  return new RegExp(
    `^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('[^.]*')}$`,
    'u',
  );
}

function missingMessage(pattern: string, names: readonly string[]): string {
  const near = names
    .map((name) => ({ name, distance: editDistance(pattern.toLowerCase(), name.toLowerCase()) }))
    .filter((candidate) => candidate.distance <= Math.max(2, Math.floor(pattern.length / 3)))
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, MAX_SUGGESTIONS)
    .map((candidate) => candidate.name);
  if (near.length > 0) return `Table ${pattern} does not exist. Did you mean ${near.join(' or ')}?`;
  if (names.length === 0)
    return `Table ${pattern} does not exist: the connection has no tables this user may read.`;
  const shown = names.slice(0, MAX_SUGGESTIONS).join(', ');
  return `Table ${pattern} does not exist among the ${names.length} tables of the connection (${shown}${names.length > MAX_SUGGESTIONS ? ', …' : ''}).`;
}

function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, substitution));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
