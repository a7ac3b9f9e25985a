import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

import type { QuarantineLimit } from '@millrace/compiler';
import { PipelineError, type RejectedRow } from '@millrace/connector-sdk';

const REASON_CHARACTERS = 200;

/** One line of a quarantine file. Bytes are base64, exactly as the source sent them. */
export interface QuarantinedRow {
  readonly table: string;
  /** The cells of the key columns; null where the source sent NULL. */
  readonly key: Readonly<Record<string, string | null>>;
  readonly column: string | null;
  readonly reason: string;
  /** Every cell that was read. */
  readonly cells: Readonly<Record<string, string | null>>;
  readonly origin?: string;
}

export interface QuarantineOptions {
  /** JSON lines; appears under this name when `finish` has made it durable. */
  readonly path: string;
  readonly table: string;
  /** Names of the columns read, in order. */
  readonly columns: readonly string[];
  readonly key: readonly string[];
  readonly limit: QuarantineLimit;
}

/**
 * Keeps the rows of one load that cannot be represented, so that none is lost. Writes nothing while there are none.
 * Writing is synchronous: such rows are rare, and a load must not run ahead of them.
 */
export class QuarantineWriter {
  readonly #options: QuarantineOptions;
  #file: number | undefined;
  #first: RejectedRow | undefined;
  rows = 0;

  constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  /** Throws `quarantineOverflow` as soon as there are more rows than the limit allows. */
  add(rejected: readonly RejectedRow[]): void {
    if (rejected.length === 0) return;
    this.#first ??= rejected[0];
    try {
      if (this.#file === undefined) {
        mkdirSync(dirname(this.#options.path), { recursive: true });
        this.#file = openSync(this.#partial, 'w');
      }
      writeSync(this.#file, rejected.map((row) => `${JSON.stringify(this.#line(row))}\n`).join(''));
    } catch (error) {
      throw this.#full(error);
    }
    this.rows += rejected.length;
    const { limit } = this.#options;
    if (this.rows <= limit.maxRows) return;
    this.#keep();
    throw this.#overflow(
      `${count(this.rows)} rows cannot be loaded${this.#why()}; quarantine.maxRows is ${count(limit.maxRows)}`,
    );
  }

  /** Makes the rows durable. Throws `quarantineOverflow` when their share of the rows sent is above the limit. */
  finish(rowsSent: number): void {
    if (this.rows === 0) return;
    this.#keep();
    const { limit } = this.#options;
    if (this.rows <= rowsSent * limit.maxShare) return;
    const share = `quarantine.maxShare is ${limit.maxShare}`;
    throw this.#overflow(
      `${count(this.rows)} of ${count(rowsSent)} rows cannot be loaded${this.#why()}; ${share}`,
    );
  }

  /** Drops what was written, for a load that failed for another reason; does nothing after `finish`. */
  abort(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    rmSync(this.#partial, { force: true });
  }

  get #partial(): string {
    return `${this.#options.path}.partial`;
  }

  #keep(): void {
    if (this.#file === undefined) return;
    try {
      fsyncSync(this.#file);
      closeSync(this.#file);
      this.#file = undefined;
      renameSync(this.#partial, this.#options.path);
      const folder = openSync(dirname(this.#options.path), 'r');
      fsyncSync(folder);
      closeSync(folder);
    } catch (error) {
      throw this.#full(error);
    }
  }

  #line(row: RejectedRow): QuarantinedRow {
    const { columns, key, table } = this.#options;
    // Entries, because a column may be called `__proto__`.
    const cells: Readonly<Record<string, string | null>> = Object.fromEntries(
      columns.map((name, index) => {
        const cell = row.cells[index];
        return [name, cell === null || cell === undefined ? null : Buffer.from(cell).toString('base64')];
      }),
    );
    const line = {
      table,
      key: Object.fromEntries(key.map((name) => [name, cells[name] ?? null])),
      column: row.column,
      reason: row.reason,
      cells,
    };
    return row.origin === undefined ? line : { ...line, origin: row.origin };
  }

  /** The reason of the first of them, as an example. */
  #why(): string {
    if (this.#first === undefined) return '';
    const { column, reason } = this.#first;
    const shown = reason.length > REASON_CHARACTERS ? `${reason.slice(0, REASON_CHARACTERS)}…` : reason;
    return ` (${this.rows === 1 ? '' : 'such as '}${column === null ? '' : `${column}: `}${shown})`;
  }

  #full(error: unknown): unknown {
    const isFull =
      error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
    if (!isFull) return error;
    return new PipelineError({
      code: 'diskFull',
      blame: 'platform',
      retry: 'backoff',
      message: `The disk is full where rows that cannot be loaded are kept, ${this.#partial}. Free space there; the next run continues, and nothing was published.`,
      cause: error,
    });
  }

  #overflow(reason: string): PipelineError {
    return new PipelineError({
      code: 'quarantineOverflow',
      blame: 'source',
      retry: 'never',
      message: `${this.#options.table}: ${reason}. Nothing was published. The rows are in ${this.#options.path}; correct them or raise the limit.`,
    });
  }
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
