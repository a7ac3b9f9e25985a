import { isUtf8 } from 'node:buffer';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

import { PipelineError } from '@millrace/connector-sdk';
import type { SourceField } from '@millrace/spec';

import { iterateRows, queryRows, type SqliteRow } from './database.ts';
import { quote } from './quote.ts';

const SURROGATE_OR_REPLACEMENT = /[\uD800-\uDFFF\uFFFD]/;

/**
 * The stored bytes of texts. node:sqlite puts U+FFFD where UTF-8 is broken, and SQLite pairs up whatever stands behind
 * half a surrogate pair in UTF-16, so a text in which that may have happened is looked at again: a second scan of the
 * same statement in the same snapshot goes along with the first. It starts at the first such text, so that tables
 * without any pay nothing.
 */
export class ExactText {
  readonly #database: DatabaseSync;
  readonly #fields: readonly SourceField[];
  readonly #tail: string;
  readonly #parameters: readonly SQLInputValue[];
  /** The encoding when it is one of UTF-16. */
  readonly #wideEncoding: string | null;
  #rows: Iterator<SqliteRow> | null = null;
  #position = -1;
  #current: SqliteRow = [];

  constructor(
    database: DatabaseSync,
    fields: readonly SourceField[],
    tail: string,
    parameters: readonly SQLInputValue[],
  ) {
    this.#database = database;
    this.#fields = fields;
    this.#tail = tail;
    this.#parameters = parameters;
    const encoding = String(queryRows(database, 'PRAGMA encoding')[0]?.[0]).toLowerCase();
    this.#wideEncoding = encoding.startsWith('utf-16') ? encoding : null;
  }

  /** True when the text may differ from what is stored. */
  isSuspect(text: string): boolean {
    return this.#wideEncoding === null ? text.includes('\uFFFD') : SURROGATE_OR_REPLACEMENT.test(text);
  }

  /** False when the text at a row (counted from 0 in the order of the scan) and column is not valid Unicode. */
  isValid(position: number, column: number): boolean {
    const bytes = this.bytes(position, column);
    if (this.#wideEncoding === null) return isUtf8(bytes);
    try {
      new TextDecoder(this.#wideEncoding, { fatal: true }).decode(bytes);
      return true;
    } catch {
      return false;
    }
  }

  bytes(position: number, column: number): NodeJS.NonSharedUint8Array {
    this.#advance(position);
    const cell = this.#current[column];
    if (cell instanceof Uint8Array) return cell;
    throw new PipelineError({
      code: 'internal',
      blame: 'platform',
      retry: 'never',
      message: "Two scans of one SQLite snapshot disagree; please report this with the table's definition.",
    });
  }

  /** Ends the second scan, which would keep the snapshot alive. */
  close(): void {
    this.#rows?.return?.();
  }

  #advance(position: number): void {
    if (this.#rows === null) {
      const list = this.#fields.map(({ name }) => {
        const column = quote(name);
        return `CASE WHEN typeof(${column}) = 'text' THEN CAST(${column} AS BLOB) END`;
      });
      const statement = this.#database.prepare(
        `SELECT ${list.join(', ')} ${this.#tail} LIMIT -1 OFFSET ${position}`,
      );
      this.#rows = iterateRows(statement, ...this.#parameters);
      this.#position = position - 1;
    }
    while (this.#position < position) {
      const next = this.#rows.next();
      this.#current = next.done === true ? [] : next.value;
      this.#position += 1;
    }
  }
}
