import type { CodeRunner } from './code-runner.ts';

/** Sandboxes that stay open from one use of a step's code to the next, because starting one takes 0.2 s of CPU time. */
export class CodeSandboxes {
  readonly #free = new Map<string, CodeRunner>();

  /** The sandbox of a step that nobody uses, else a new one. */
  async take(step: string, open: () => Promise<CodeRunner>): Promise<CodeRunner> {
    const free = this.#free.get(step);
    this.#free.delete(step);
    return free ?? (await open());
  }

  /** Takes back one whose last batch came to its end. */
  async give(step: string, runner: CodeRunner): Promise<void> {
    if (this.#free.has(step)) await runner.close();
    else this.#free.set(step, runner);
  }

  async close(): Promise<void> {
    const open = [...this.#free.values()];
    this.#free.clear();
    await Promise.all(open.map((runner) => runner.close()));
  }
}
