import type { DuckDBConnection } from '@duckdb/node-api';
import { type Batch, throwIfCancelled } from '@millrace/connector-sdk';
import type { Field } from '@millrace/spec';

import type { StagingDatabase } from '../stage/staging-database.ts';
import { toStepError } from '../steps/step-error.ts';
import { severalRows } from './code-error.ts';
import {
  type BatchOptions,
  type CodeOutput,
  type CodeRunner,
  type CodeRunnerOptions,
  openCodeRunner,
} from './code-runner.ts';
import type { CodeSandboxes } from './code-sandboxes.ts';
import { nameRow } from './name-row.ts';
import type { PackedBatch, PackedColumn } from './packed-batch.ts';
import { readPacked } from './read-packed.ts';
import { takeRows } from './take-rows.ts';
import { unpackBatch } from './unpack-batch.ts';

export interface StreamCodeOptions extends Omit<CodeRunnerOptions, 'hasOrigins'> {
  readonly database: StagingDatabase;
  /** One SELECT whose columns have the names of `inputFields`, of `keyFields`, and of those of `resultFields` that are copied. */
  readonly inputSql: string;
  /** The key of the rows, by which messages name one. */
  readonly keyFields?: readonly Field[];
  /** The columns that come out: those of `outputFields`, and others, which are copied from the row that went in. Default `outputFields`. */
  readonly resultFields?: readonly Field[];
  /** Fails when several rows come of one. */
  readonly isOnePerRow?: boolean;
  /** Where a sandbox comes from and goes to; without any it is started, and ended with the rows. */
  readonly sandboxes?: CodeSandboxes | undefined;
}

/**
 * Sends the rows of a query through user code; returns how many there were. Memory is bounded by a few batches, however many
 * rows there are. Throws a PipelineError.
 */
export async function* streamCode(
  options: StreamCodeOptions,
  signal: AbortSignal,
): AsyncGenerator<Batch, number> {
  throwIfCancelled(signal);
  const { database, inputFields, keyFields = [], outputFields, sandboxes } = options;
  const { resultFields = outputFields } = options;
  const copied = resultFields.filter(({ name }) => !has(outputFields, name));
  const connection = await database.connect();
  let runner: CodeRunner | undefined;
  try {
    const fields = [...inputFields];
    for (const field of [...copied, ...keyFields]) if (!has(fields, field.name)) fields.push(field);
    const batches = readInput(connection, fields, options, signal);
    const first = await batches.next();
    // Most runs bring rows or take some away, not both: a sandbox for none would be started in vain.
    if (first.done === true) return 0;
    const open = () => openCodeRunner({ ...options, hasOrigins: copied.length > 0 }, signal);
    runner = sandboxes === undefined ? await open() : await sandboxes.take(options.step, open);
    const rows = yield* pump(first.value, batches, runner, new Result(options, fields, resultFields));
    if (sandboxes === undefined) return rows;
    await sandboxes.give(options.step, runner);
    runner = undefined;
    return rows;
  } finally {
    connection.closeSync();
    await runner?.close();
  }
}

async function* readInput(
  connection: DuckDBConnection,
  fields: readonly Field[],
  { inputSql, step }: StreamCodeOptions,
  signal: AbortSignal,
): AsyncGenerator<PackedBatch> {
  try {
    yield* readPacked(connection, inputSql, fields, signal);
  } catch (error) {
    throw toStepError(step, error);
  }
}

/** While the code works on a batch, the next one is read, and the output of the one before is written. Returns the rows read. */
async function* pump(
  first: PackedBatch,
  batches: AsyncGenerator<PackedBatch>,
  runner: CodeRunner,
  result: Result,
): AsyncGenerator<Batch, number> {
  let rows = 0;
  let next: Promise<IteratorResult<PackedBatch>> = Promise.resolve({ value: first });
  try {
    for (;;) {
      const current = await next;
      if (current.done === true) return rows;
      next = batches.next();
      // It may fail while the code is still at work; it is looked at after that.
      next.catch(() => {});
      result.begin(current.value, rows + 1);
      for await (const output of runner.run(result.given, rows + 1, result.about)) yield result.of(output);
      rows += current.value.rows;
    }
  } finally {
    // Nobody else waits for it when the code failed meanwhile.
    await Promise.allSettled([next]);
  }
}

/** Puts what the code returns beside what is copied of its rows. */
class Result {
  readonly #options: StreamCodeOptions;
  readonly #fields: readonly Field[];
  readonly #resultFields: readonly Field[];
  #input: PackedBatch = { rows: 0, columns: [] };
  #firstRow = 1;
  #lastOrigin = -1;

  constructor(options: StreamCodeOptions, fields: readonly Field[], resultFields: readonly Field[]) {
    this.#options = options;
    this.#fields = fields;
    this.#resultFields = resultFields;
  }

  begin(input: PackedBatch, firstRow: number): void {
    this.#input = input;
    this.#firstRow = firstRow;
    this.#lastOrigin = -1;
  }

  /** What of the input the function is given. */
  get given(): PackedBatch {
    const { rows, columns } = this.#input;
    return { rows, columns: columns.slice(0, this.#options.inputFields.length) };
  }

  /** What messages and logs of the batch need. */
  get about(): BatchOptions {
    const { onLog } = this.#options;
    return { nameOf: (index) => this.#nameOf(index), ...(onLog === undefined ? {} : { onLog }) };
  }

  /** A row of the input by its key. */
  #nameOf(index: number): string {
    const { keyFields = [] } = this.#options;
    if (index >= this.#input.rows) return '';
    return nameRow(
      keyFields,
      keyFields.flatMap((field) => this.#column(field) ?? []),
      index,
    );
  }

  of({ batch, origins }: CodeOutput): Batch {
    if (origins === null) return batch;
    if (this.#options.isOnePerRow === true) this.#refuseSeveral(origins);
    const { outputFields } = this.#options;
    const columns = this.#resultFields.map((field) => {
      const returned = outputFields.findIndex(({ name }) => name === field.name);
      const vector = returned < 0 ? this.#copied(field, origins) : batch.columns[returned];
      if (vector === undefined) throw new RangeError(`The code gives no column ${field.name}.`);
      return vector;
    });
    return { ...batch, columns };
  }

  #copied(field: Field, origins: Int32Array): Batch['columns'][number] | undefined {
    const column = this.#column(field);
    if (column === undefined) return undefined;
    const taken = takeRows(column, field, origins);
    return unpackBatch({ rows: origins.length, columns: [taken] }, [field]).columns[0];
  }

  #column(field: Field): PackedColumn | undefined {
    return this.#input.columns[this.#fields.findIndex(({ name }) => name === field.name)];
  }

  #refuseSeveral(origins: Int32Array): void {
    for (const origin of origins) {
      if (origin === this.#lastOrigin) {
        const range = { first: this.#firstRow, last: this.#firstRow + this.#input.rows - 1 };
        throw severalRows(this.#options, origin, { ...range, nameOf: (index) => this.#nameOf(index) });
      }
      this.#lastOrigin = origin;
    }
  }
}

function has(fields: readonly Field[], name: string): boolean {
  return fields.some((field) => field.name === name);
}
