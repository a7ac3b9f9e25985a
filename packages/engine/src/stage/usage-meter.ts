/** What statements of DuckDB took. */
export interface Usage {
  /** Of all threads, without planning. */
  readonly cpuMs: number;
  /** The most that the whole staging database held while they ran. */
  readonly peakMemoryBytes: number;
  readonly spilledBytes: number;
}

/** Adds up what the statements of one piece of work took; of memory and spill the highest counts. */
export class UsageMeter {
  #total: Usage | undefined;

  /** Undefined before the first statement. */
  get total(): Usage | undefined {
    return this.#total;
  }

  add(usage: Usage): void {
    const before = this.#total ?? NOTHING;
    this.#total = {
      cpuMs: before.cpuMs + usage.cpuMs,
      peakMemoryBytes: Math.max(before.peakMemoryBytes, usage.peakMemoryBytes),
      spilledBytes: Math.max(before.spilledBytes, usage.spilledBytes),
    };
  }
}

const NOTHING: Usage = { cpuMs: 0, peakMemoryBytes: 0, spilledBytes: 0 };
