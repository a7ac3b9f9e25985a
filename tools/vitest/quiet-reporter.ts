import type { Reporter, SerializedError, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A test file that takes longer is named with its duration, so that a long run does not look dead. */
const slowFileMs = 10_000;

/** Prints failures in full and nothing about what passed; `tally` counts, and the caller prints the verdict last. */
export class QuietReporter implements Reporter {
  #vitest: Vitest | undefined;
  #failures = 0;
  #passed = 0;
  #skipped = 0;

  get tally(): Tally {
    return { passed: this.#passed, failed: this.#failures, skipped: this.#skipped };
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestModuleEnd(module: TestModule): void {
    const { duration } = module.diagnostic();
    this.#countSuite(module);
    for (const suite of module.children.allSuites()) this.#countSuite(suite);
    for (const test of module.children.allTests()) this.#countTest(test);
    if (duration > slowFileMs) print(`${Math.round(duration / 1000)} s  ${module.relativeModuleId}`);
  }

  onTestRunEnd(_modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    for (const error of errors) this.#fail('Outside of any test', [error], undefined);
  }

  #countTest(test: TestCase): void {
    const result = test.result();
    if (result.state === 'passed') this.#passed++;
    else if (result.state === 'failed') this.#fail(titleOf(test), result.errors, test);
    else this.#skipped++;
  }

  // A file that does not load and a hook that throws leave no failed test behind: each counts as one failure.
  #countSuite(suite: TestModule | TestSuite): void {
    const errors = suite.errors();
    if (errors.length > 0) this.#fail(titleOf(suite), errors, suite);
    else if (suite.type === 'module' && suite.state() === 'failed' && suite.children.size === 0) {
      this.#fail(titleOf(suite), [new Error('The file holds no test.')], suite);
    }
  }

  #fail(
    title: string,
    errors: readonly unknown[],
    task: TestCase | TestModule | TestSuite | undefined,
  ): void {
    this.#failures++;
    print(`\nFAILED  ${title}`);
    for (const log of task?.logs() ?? []) process.stdout.write(log.content);
    for (const error of errors) {
      this.#vitest?.logger.printError(error, task === undefined ? {} : { project: task.project });
    }
  }
}

/** The last line of a test run. */
export function verdict({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function titleOf(task: TestCase | TestModule | TestSuite): string {
  return task.type === 'module'
    ? task.relativeModuleId
    : `${task.module.relativeModuleId} > ${task.fullName}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
