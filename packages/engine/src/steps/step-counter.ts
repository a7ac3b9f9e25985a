import type { LoadTask } from '@millrace/compiler';

import type { StagingDatabase } from '../stage/staging-database.ts';
import { countRows } from './count-rows.ts';
import type { Dataset } from './dataset.ts';
import { RelationSql } from './relation-sql.ts';
import {
  balanceCopy,
  balanceSteps,
  groupedRelation,
  inferCounts,
  openRelations,
  type StepCount,
} from './step-counts.ts';
import { fromOf, type StepGraph } from './step-graph.ts';
import type { StepsUsages } from './steps-usage.ts';

/** Steps over so few rows are counted by a statement of their own: it takes a few milliseconds. */
const FEW_ROWS = 100_000;

export interface StepCounterOptions {
  readonly graph: StepGraph;
  readonly usage: StepsUsages;
  readonly database: () => Promise<StagingDatabase>;
  /** Every step is counted, whatever that takes. */
  readonly isThorough: boolean;
}

/**
 * Counts the rows of steps that keep none, in one run. DuckDB works several steps into one plan and leaves out early what
 * a later step would drop, so that the rows of most of them never pass any place where they could be counted. What is
 * known anyway is taken: rows that are kept or published, what follows from these, rows that were grouped.
 */
export class StepCounter {
  readonly #options: StepCounterOptions;
  /** By relation. */
  readonly #counts = new Map<string, number>();

  constructor(options: StepCounterOptions) {
    this.#options = options;
  }

  note(ref: string, rows: number): void {
    this.#counts.set(ref, rows);
  }

  /** Takes from what DuckDB says of the last statement of a task, which read all its rows, how many went into groups. */
  noteGrouped(task: LoadTask): void {
    const { graph, usage } = this.#options;
    const ref = groupedRelation(graph.stepsOf(task));
    const [rows, another] = usage.meter(task.id).last?.rowsGrouped ?? [];
    if (ref !== undefined && rows !== undefined && another === undefined) this.note(ref, rows);
  }

  /** The steps that were worked through for a task of which all rows, `rowsOut`, were read. Throws `internal` as `balanceSteps`. */
  async count(
    task: LoadTask,
    datasets: ReadonlyMap<string, Dataset>,
    rowsOut: number,
  ): Promise<readonly StepCount[]> {
    const { graph, usage, database } = this.#options;
    const steps = graph.stepsOf(task);
    const ref = fromOf(task);
    if (steps.length === 0) balanceCopy(ref, datasets.get(ref)?.rows(), rowsOut);
    this.note(ref, rowsOut);
    for (const [name, dataset] of datasets) {
      const rows = dataset.rows();
      if (rows !== undefined) this.note(name, rows);
    }
    const open = openRelations(steps, inferCounts(steps, this.#counts), (name) =>
      this.#isAffordable(name, datasets),
    );
    const sql = new RelationSql(graph.steps, (name) => datasets.get(name)?.stateSql());
    const relations = new Map(open.map((name) => [name, sql.relation(name, 'new')]));
    const counted = await countRows(await database(), usage.meter(task.id), relations, (select) =>
      sql.statement(select),
    );
    for (const [name, rows] of counted) this.note(name, rows);
    return balanceSteps(steps, inferCounts(steps, this.#counts), 'all');
  }

  #isAffordable(ref: string, datasets: ReadonlyMap<string, Dataset>): boolean {
    if (this.#options.isThorough) return true;
    const under = this.#options.graph
      .datasetsUnder(ref)
      .map((name) => datasets.get(name)?.amount().rows ?? 0);
    return under.reduce((sum, rows) => sum + rows, 0) <= FEW_ROWS;
  }
}
