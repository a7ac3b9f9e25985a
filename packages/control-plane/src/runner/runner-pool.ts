import type { Runner } from './runner-client.ts';

/** A runner that waits longer than this ends: an idle server should be small. */
const IDLE_MS = 20_000;
/** What a process gathers over its runs ends with it. */
const MAX_USES = 50;

/**
 * Runner processes for one user at a time each. One that did its work well is given to the next, so that short runs do not
 * pay for a start of a process each; one that failed, or that was used often, ends.
 */
export class RunnerPool implements AsyncDisposable {
  readonly #start: () => Runner;
  readonly #idle: { readonly runner: Runner; readonly timer: NodeJS.Timeout }[] = [];
  readonly #uses = new WeakMap<Runner, number>();
  #isClosed = false;

  constructor(start: () => Runner) {
    this.#start = start;
  }

  /** A runner that nobody else has, until it is given back or disposed of. */
  take(): Runner {
    const idle = this.#idle.pop();
    if (idle === undefined) return this.#start();
    clearTimeout(idle.timer);
    return idle.runner.isDead ? this.take() : idle.runner;
  }

  /** `isClean` when all that it was asked to do ended well. */
  async giveBack(runner: Runner, isClean: boolean): Promise<void> {
    const uses = (this.#uses.get(runner) ?? 0) + 1;
    this.#uses.set(runner, uses);
    if (this.#isClosed || !isClean || runner.isDead || uses >= MAX_USES)
      return await runner[Symbol.asyncDispose]();
    const timer = setTimeout(() => {
      this.#idle.splice(
        this.#idle.findIndex((entry) => entry.runner === runner),
        1,
      );
      void runner[Symbol.asyncDispose]();
    }, IDLE_MS).unref();
    this.#idle.push({ runner, timer });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const idle = this.#idle.splice(0);
    for (const { timer } of idle) clearTimeout(timer);
    await Promise.all(idle.map(({ runner }) => runner[Symbol.asyncDispose]()));
  }
}

/** A runner of a pool for one run: taken at first use, replaced when it dies, given back at the end. */
export function lendRunner(
  pool: RunnerPool,
): { readonly runner: () => Runner; isClean: boolean } & AsyncDisposable {
  let runner: Runner | undefined;
  return {
    isClean: false,
    runner: () => {
      if (!runner || runner.isDead) runner = pool.take();
      return runner;
    },
    async [Symbol.asyncDispose]() {
      if (runner) await pool.giveBack(runner, this.isClean);
    },
  };
}
