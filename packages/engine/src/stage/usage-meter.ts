/** What statements of DuckDB took. */
export interface Usage {
  /** Of all threads, without planning. */
  readonly cpuMs: number;
  /** The most that the whole staging database held while they ran. */
  readonly peakMemoryBytes: number;
  readonly spilledBytes: number;
  /** The rows that came into each operator that groups, from the top of the plan down. */
  readonly rowsGrouped: readonly number[];
}

/** Adds up what the statements of one piece of work took; of memory and spill the highest counts. */
export class UsageMeter {
  #total: Omit<Usage, 'rowsGrouped'> | undefined;
  #last: Usage | undefined;

  /** Undefined before the first statement. */
  get total(): Omit<Usage, 'rowsGrouped'> | undefined {
    return this.#total;
  }

  /** What the last statement took. */
  get last(): Usage | undefined {
    return this.#last;
  }

  add(usage: Usage): void {
    const before = this.#total ?? NOTHING;
    this.#last = usage;
    this.#total = {
      cpuMs: before.cpuMs + usage.cpuMs,
      peakMemoryBytes: Math.max(before.peakMemoryBytes, usage.peakMemoryBytes),
      spilledBytes: Math.max(before.spilledBytes, usage.spilledBytes),
    };
  }
}

const NOTHING = { cpuMs: 0, peakMemoryBytes: 0, spilledBytes: 0 };
