import type { SqlProblem } from './sql-analyser.ts';

/** A problem of the statement in which a text stands from `start`, told in places of the text. */
export function withinText(problem: SqlProblem, start: number, text: string): SqlProblem {
  if (problem.offset === null) return problem;
  const offset = problem.offset - start;
  return offset < 0 || offset > text.length
    ? { ...problem, offset: null, length: 0 }
    : { ...problem, offset };
}
