import { PipelineError } from '@millrace/connector-sdk';

/** Text of all kept answers together; the oldest go first. */
const KEPT_BYTES = 128 * 1024 ** 2;
const ROWS_PER_PAGE = 1000;
/** What one caller may have in work; all of them share the memory of the warehouse with publications. */
const RUNNING_OF_ONE = 8;

type Row = readonly (string | null)[];

interface KeptAnswer {
  readonly caller: string;
  /** Rows as JSON, `ROWS_PER_PAGE` in each. */
  readonly pages: readonly string[];
  readonly rows: number;
  readonly sizeBytes: number;
}

/**
 * Questions that people ask of the warehouse through this process: those that run can be cancelled, and the answers of the last ones are
 * kept, so that a long one is read page by page. Each is its caller's alone.
 */
export class RunningQueries {
  readonly #running = new Map<
    string,
    { readonly caller: string; readonly controller: AbortController; progress: number | null }
  >();
  readonly #answers = new Map<string, KeptAnswer>();
  #sizeBytes = 0;

  /** Runs `ask` so that `cancel` and the time limit stop it. */
  async run<T>(
    { id, caller, limitMs }: { readonly id: string; readonly caller: string; readonly limitMs: number },
    ask: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    if (this.#running.has(id)) throw wrong('A query of this id is running already. Give each its own.');
    const own = [...this.#running.values()].filter((running) => running.caller === caller);
    if (own.length >= RUNNING_OF_ONE)
      throw wrong(
        `${RUNNING_OF_ONE} queries and exports of yours are running. Wait for one to end, or cancel one.`,
      );
    const controller = new AbortController();
    this.#running.set(id, { caller, controller, progress: null });
    const timer = setTimeout(() => controller.abort(tookTooLong(limitMs)), limitMs);
    try {
      return await ask(AbortSignal.any([signal, controller.signal]));
    } finally {
      clearTimeout(timer);
      this.#running.delete(id);
    }
  }

  /** False when no query of the caller runs by this id. */
  cancel(id: string, caller: string): boolean {
    const running = this.#running.get(id);
    if (running === undefined || running.caller !== caller) return false;
    running.controller.abort(
      new PipelineError({
        code: 'cancelled',
        blame: 'platform',
        retry: 'never',
        message: 'The query was cancelled.',
      }),
    );
    return true;
  }

  progress(id: string, share: number): void {
    const running = this.#running.get(id);
    if (running !== undefined) running.progress = share;
  }

  /** Undefined for what does not run; null while nothing tells. */
  progressOf(id: string): number | null | undefined {
    return this.#running.get(id)?.progress;
  }

  keep(id: string, caller: string, rows: readonly Row[]): void {
    const pages: string[] = [];
    for (let start = 0; start < rows.length; start += ROWS_PER_PAGE)
      pages.push(JSON.stringify(rows.slice(start, start + ROWS_PER_PAGE)));
    const sizeBytes = pages.reduce((sum, page) => sum + page.length * 2, 0);
    this.#answers.set(id, { caller, pages, rows: rows.length, sizeBytes });
    this.#sizeBytes += sizeBytes;
    for (const [old, answer] of this.#answers) {
      if (this.#sizeBytes <= KEPT_BYTES || old === id) break;
      this.#answers.delete(old);
      this.#sizeBytes -= answer.sizeBytes;
    }
  }

  /** Rows `from` up to `from + count` of a kept answer. */
  read(id: string, caller: string, from: number, count: number): readonly Row[] {
    const answer = this.#answers.get(id);
    if (answer === undefined || answer.caller !== caller)
      throw wrong('The rows of this answer are no longer kept. Run the query again.');
    const rows: Row[] = [];
    const first = Math.floor(from / ROWS_PER_PAGE);
    for (let page = first; page * ROWS_PER_PAGE < from + count && page < answer.pages.length; page++) {
      const parsed: readonly Row[] = JSON.parse(answer.pages[page] ?? '[]');
      const skip = Math.max(0, from - page * ROWS_PER_PAGE);
      rows.push(...parsed.slice(skip, skip + count - rows.length));
    }
    return rows;
  }
}

function tookTooLong(limitMs: number): PipelineError {
  return wrong(
    `The query ran longer than ${Math.round(limitMs / 1000)} seconds and was stopped. Ask for less, or export the answer instead.`,
  );
}

function wrong(message: string): PipelineError {
  return new PipelineError({ code: 'queryFailed', blame: 'config', retry: 'never', message });
}
