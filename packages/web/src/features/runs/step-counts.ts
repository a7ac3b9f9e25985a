import type { WatchedTask } from './watched-tasks.ts';

type Measures = NonNullable<WatchedTask['measures']>;
type Counted = NonNullable<Measures['counts']>[number];

/** The rows of a step, and what it took to make the table that it was worked through for. */
export interface CountedStep extends Counted {
  readonly table: string;
  readonly measures: Measures;
}

/** The steps of a run with their rows, once for each table that they were worked through for. */
export function countedSteps(tasks: Iterable<WatchedTask>): readonly CountedStep[] {
  return [...tasks].flatMap(({ table, measures }) =>
    measures === null ? [] : (measures.counts ?? []).map((count) => ({ ...count, table, measures })),
  );
}

/** Rows by what plans call them, of steps that the run counted. */
export function countedRows(tasks: Iterable<WatchedTask>): ReadonlyMap<string, number> {
  return new Map(
    countedSteps(tasks).flatMap(({ step, rowsOut }) => (rowsOut === null ? [] : [[step, rowsOut] as const])),
  );
}
