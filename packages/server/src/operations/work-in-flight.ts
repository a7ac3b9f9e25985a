/** Operations that were begun and have not ended, whoever still waits for their answers. */
export class WorkInFlight {
  readonly #work = new Set<Promise<unknown>>();

  /** The same promise. */
  track<Result>(work: Promise<Result>): Promise<Result> {
    this.#work.add(work);
    const forget = (): void => void this.#work.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** Resolves when all have ended, or when the time is up. */
  async settle(withinMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
    await Promise.race([Promise.allSettled(this.#work), timeout]);
    clearTimeout(timer);
  }
}
