import type { DuckDBConnection, DuckDBInstance, DuckDBMaterializedResult } from '@duckdb/node-api';
import { throwIfCancelled, type Blame } from '@millrace/connector-sdk';

import { toPipelineError } from '../errors.ts';
import { CATALOG } from './names.ts';

/** One connection to a DuckDB instance. Statements stop within a second of their signal. */
export class Session implements Disposable {
  readonly connection: DuckDBConnection;
  readonly #blame: Blame;
  readonly #onClose: (() => void) | undefined;

  private constructor(connection: DuckDBConnection, blame: Blame, onClose: (() => void) | undefined) {
    this.connection = connection;
    this.#blame = blame;
    this.#onClose = onClose;
  }

  static async open(
    instance: DuckDBInstance,
    blame: Blame,
    signal: AbortSignal,
    onClose?: () => void,
  ): Promise<Session> {
    const session = new Session(await instance.connect(), blame, onClose);
    await session.run(`USE ${CATALOG}`, signal);
    return session;
  }

  /** Runs one or more statements; the result is the last one's. */
  async run(sql: string, signal: AbortSignal): Promise<DuckDBMaterializedResult> {
    return this.cancellable(signal, () => this.connection.run(sql));
  }

  /** Rows that the one statement inserted, deleted or updated. */
  async change(sql: string, signal: AbortSignal): Promise<number> {
    return (await this.run(sql, signal)).rowsChanged;
  }

  /** Rows of a small result; every column must be VARCHAR. */
  async texts(sql: string, signal: AbortSignal): Promise<readonly (readonly (string | null)[])[]> {
    const rows = await (await this.run(sql, signal)).getRowsJson();
    return rows.map((row) => row.map((value) => (value === null ? null : (value as string))));
  }

  /** Everything in one transaction: committed when `work` returns, rolled back when it throws. */
  async transaction<T>(
    signal: AbortSignal,
    work: () => Promise<T>,
    onCommitted?: (result: T) => void,
  ): Promise<T> {
    await this.run('BEGIN', signal);
    let result: T;
    try {
      result = await work();
      throwIfCancelled(signal);
    } catch (error) {
      // A failed statement may have ended the transaction already; then there is nothing to roll back.
      await this.connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
    // Not interruptible: after this point the rows are in.
    try {
      await this.connection.run('COMMIT');
    } catch (error) {
      throw toPipelineError(error, 'Committing failed', this.#blame);
    }
    onCommitted?.(result);
    return result;
  }

  /** Runs work on the connection and interrupts it when the signal fires. */
  async cancellable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    throwIfCancelled(signal);
    let timer: NodeJS.Timeout | undefined;
    const interrupt = (): void => {
      this.connection.interrupt();
      // An interrupt that comes before the statement has started is lost, so it is repeated.
      timer ??= setInterval(() => this.connection.interrupt(), INTERRUPT_INTERVAL_MS);
    };
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      return await work();
    } catch (error) {
      throwIfCancelled(signal);
      throw toPipelineError(error, 'DuckDB refused a statement', this.#blame);
    } finally {
      signal.removeEventListener('abort', interrupt);
      clearInterval(timer);
    }
  }

  [Symbol.dispose](): void {
    this.connection.closeSync();
    this.#onClose?.();
  }
}

const INTERRUPT_INTERVAL_MS = 50;
