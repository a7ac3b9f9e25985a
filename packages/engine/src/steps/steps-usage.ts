import { UsageMeter, type Usage } from '../stage/usage-meter.ts';
import type { Dataset, DatasetAmount } from './dataset.ts';

/** What the rows of a task took: how much was read of what is kept here, and what DuckDB said of its statements. */
export type StepsUsage = DatasetAmount & Partial<Omit<Usage, 'rowsGrouped'>>;

/** Keeps count of it, by task. */
export class StepsUsages {
  readonly #meters = new Map<string, UsageMeter>();
  readonly #inputs = new Map<string, DatasetAmount>();

  /** Undefined when nothing of the task was asked. */
  of(task: string): StepsUsage | undefined {
    const read = this.#inputs.get(task);
    return read && { ...read, ...this.#meters.get(task)?.total };
  }

  /** For the statements of a task. */
  meter(task: string): UsageMeter {
    const known = this.#meters.get(task) ?? new UsageMeter();
    this.#meters.set(task, known);
    return known;
  }

  /** What a task reads: everything, or what came after versions of it. */
  noteInput(
    task: string,
    datasets: ReadonlyMap<string, Dataset>,
    since: Readonly<Record<string, string>> = {},
  ): void {
    const amounts = [...datasets].map(([ref, dataset]) => dataset.amount(since[ref]));
    this.#inputs.set(task, {
      rows: amounts.reduce((sum, { rows }) => sum + rows, 0),
      bytes: amounts.reduce((sum, { bytes }) => sum + bytes, 0),
    });
  }
}
