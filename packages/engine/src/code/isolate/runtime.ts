import type { Field } from '@millrace/spec';

import type { CodeFailure, CodeLogLine, CodeMode } from '../sandbox-message.ts';
import { removeAmbient } from './ambient.ts';
import { BoundedConsole } from './bounded-console.ts';
import { createDecoder, type CodeValue, type Decoder, type IsolateColumn } from './decode.ts';
import { describeValue } from './describe-value.ts';
import { createEncoder } from './encode.ts';
import type { EncodedColumn, Encoder } from './encoder.ts';
import { Origins } from './origins.ts';
import { describeThrown, Refusal } from './describe-thrown.ts';
import { parseJson, stringifyJson } from './exact-json.ts';

/** Rows and bytes of output after which a part of it leaves the isolate. */
const PART_ROWS = 32 * 1024;
const PART_BYTES = 8 * 1024 * 1024;

export type MakeRow = (row: number) => Record<string, CodeValue>;
export type Append = (record: Record<string, unknown>, row: number) => void;

export interface RuntimeOptions {
  readonly mode: CodeMode;
  readonly inputFields: readonly Field[];
  readonly outputFields: readonly Field[];
  /** Whether a last column tells which row of the batch each row of output comes from. */
  readonly hasOrigins: boolean;
}

/** Made from the fields' names by `row-code.ts`, because literal property names are what V8 is fast at. */
export interface RowCode {
  readonly createMakeRow: (decoders: readonly Decoder[]) => MakeRow;
  readonly createAppend: (
    encoders: readonly Encoder[],
    refuse: (column: number, value: unknown) => never,
    checkKeys: (record: object) => void,
  ) => Append;
}

export type StepResult =
  | { readonly failure: CodeFailure }
  | {
      readonly failure: null;
      readonly rows: number;
      readonly columns: readonly EncodedColumn[];
      readonly isLast: boolean;
      readonly logs: readonly CodeLogLine[];
      readonly droppedLogs: number;
    };

type UserFunction = (input: unknown, context: unknown) => unknown;

/** Runs the user's function over batches. Lives in the isolate; its caller is `user-isolate.ts` in the sandbox. */
class Runtime {
  readonly #options: RuntimeOptions;
  readonly #progress: Int32Array;
  readonly #decoders: readonly Decoder[];
  readonly #encoders: readonly Encoder[];
  readonly #makeRow: MakeRow;
  readonly #append: Append;
  readonly #console: BoundedConsole;
  readonly #origins: Origins | undefined;
  readonly #context = Object.freeze({ parseJson, stringifyJson });
  #userFunction: UserFunction = () => undefined;
  #rows = 0;
  #row = 0;
  #outputRows = 0;

  constructor(options: RuntimeOptions, rowCode: RowCode, progress: Int32Array) {
    this.#options = options;
    this.#progress = progress;
    this.#decoders = options.inputFields.map((field) => createDecoder(field.type));
    this.#encoders = options.outputFields.map((field) => createEncoder(field));
    this.#makeRow = rowCode.createMakeRow(this.#decoders);
    this.#append = rowCode.createAppend(
      this.#encoders,
      (column, value) => this.#refuseValue(column, value),
      (record) => this.#checkKeys(record),
    );
    this.#origins = options.hasOrigins ? new Origins() : undefined;
    this.#console = new BoundedConsole(() => (this.#rows === 0 ? null : this.#row));
    this.#console.install();
  }

  bind(userFunction: UserFunction): void {
    this.#userFunction = userFunction;
  }

  takeLogs(): readonly CodeLogLine[] {
    return this.#console.take().logs;
  }

  load(rows: number, columns: readonly IsolateColumn[]): void {
    this.#rows = rows;
    this.#row = 0;
    this.#progress[0] = 0;
    this.#decoders.forEach((decoder, index) => decoder.load(columns[index] as IsolateColumn));
  }

  /** Computes until a part of the output is full or the batch ends. */
  step(): StepResult {
    try {
      if (this.#options.mode === 'rows') this.#runRows();
      else this.#runBatch();
    } catch (error) {
      const row = this.#options.mode === 'rows' ? this.#row : null;
      return { failure: { ...describeThrown(error), row } };
    }
    const isLast = this.#row >= this.#rows;
    if (isLast) for (const decoder of this.#decoders) decoder.release();
    const rows = this.#outputRows;
    this.#outputRows = 0;
    const columns = this.#encoders.map((encoder) => encoder.take(rows));
    return {
      failure: null,
      rows,
      columns: this.#origins === undefined ? columns : [...columns, this.#origins.take(rows)],
      isLast,
      ...this.#console.take(),
    };
  }

  #runRows(): void {
    const userFunction = this.#userFunction;
    const makeRow = this.#makeRow;
    const context = this.#context;
    const progress = this.#progress;
    const rows = this.#rows;
    while (this.#row < rows) {
      progress[0] = this.#row;
      const result = userFunction(makeRow(this.#row), context);
      if (Array.isArray(result)) for (const record of result) this.#appendRow(record);
      else if (result !== undefined && result !== null) this.#appendRow(result);
      this.#row += 1;
      if (this.#outputRows >= PART_ROWS || ((this.#row & 63) === 0 && this.#isHeapFull())) return;
    }
  }

  #appendRow(record: unknown): void {
    if (typeof record !== 'object' || record === null || isThenable(record)) {
      throw new Refusal(
        'result',
        `it returned ${describeValue(record)}; it must return a row as an object, an array of rows, or null to drop the row${isThenable(record) ? ', and it cannot be async' : ''}`,
      );
    }
    this.#append(record as Record<string, unknown>, this.#outputRows);
    this.#origins?.put(this.#outputRows, this.#row);
    this.#outputRows += 1;
  }

  #runBatch(): void {
    const input: Record<string, unknown> = {};
    this.#options.inputFields.forEach((field, index) => {
      const decoder = this.#decoders[index] as Decoder;
      const value = Array.from({ length: this.#rows }, (_, row) => decoder.read(row));
      Object.defineProperty(input, field.name, {
        value,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    });
    const result = this.#userFunction(input, this.#context);
    this.#row = this.#rows;
    if (result === undefined || result === null) return;
    if (typeof result !== 'object' || Array.isArray(result) || isThenable(result)) {
      throw new Refusal(
        'result',
        `it returned ${describeValue(result)}; a function over batches must return an object with one array per column${isThenable(result) ? ', and it cannot be async' : ''}`,
      );
    }
    this.#checkKeys(result);
    this.#appendColumns(result as Record<string, ArrayLike<unknown>>);
  }

  #appendColumns(columns: Readonly<Record<string, ArrayLike<unknown>>>): void {
    let length: number | undefined;
    this.#options.outputFields.forEach(({ name }, index) => {
      const values = columns[name];
      if (typeof values !== 'object' || values === null || !Number.isSafeInteger(values.length)) {
        throw new Refusal(
          'result',
          `column ${JSON.stringify(name)} is ${describeValue(values)}; it must be an array with one value per row`,
        );
      }
      length ??= values.length;
      if (values.length !== length) {
        throw new Refusal(
          'result',
          `column ${JSON.stringify(name)} has ${values.length} values where ${JSON.stringify(this.#options.outputFields[0]?.name)} has ${length}; every column must have one value per row`,
        );
      }
      const encoder = this.#encoders[index] as Encoder;
      for (let row = 0; row < length; row += 1) {
        if (!encoder.put(row, values[row])) this.#refuseValue(index, values[row], row);
      }
    });
    this.#outputRows = length ?? 0;
    this.#placeBatch();
  }

  /** A function over batches does not tell which row became which, so they stay where they are. */
  #placeBatch(): void {
    if (this.#origins === undefined) return;
    if (this.#outputRows !== this.#rows) {
      throw new Refusal(
        'result',
        `it returned ${this.#outputRows} rows for ${this.#rows}, and the other columns of the input stay beside them. Return one value for each row, or keep no columns with keep: []`,
      );
    }
    for (let row = 0; row < this.#rows; row += 1) this.#origins.put(row, row);
  }

  #isHeapFull(): boolean {
    let bytes = 0;
    for (const encoder of this.#encoders) bytes += encoder.heapBytes;
    return bytes >= PART_BYTES;
  }

  #refuseValue(column: number, value: unknown, outputRow?: number): never {
    const field = this.#options.outputFields[column] as Field;
    const encoder = this.#encoders[column] as Encoder;
    const name = JSON.stringify(field.name);
    const where = outputRow === undefined ? '' : ` in row ${outputRow + 1} of the batch's output`;
    if (value === undefined) {
      throw new Refusal('value', `column ${name} is undefined${where}. Return null where there is no value.`);
    }
    if (value === null) {
      throw new Refusal(
        'value',
        `column ${name} is null${where} and is declared without NULL. Return a value, or declare it nullable.`,
      );
    }
    const advice = encoder.advice(value);
    throw new Refusal(
      'value',
      `column ${name} is ${describeValue(value)}${where}; it must be ${encoder.expected}.${advice === '' ? '' : ` ${advice}`}`,
    );
  }

  #checkKeys(record: object): void {
    const { outputFields, hasOrigins } = this.#options;
    const advice = hasOrigins
      ? 'Leave it out, as the other columns of the input stay by themselves, or declare it'
      : 'Declare it, or leave it out of the object';
    for (const name of Object.keys(record)) {
      if (outputFields.some((field) => field.name === name)) continue;
      throw new Refusal(
        'result',
        `it returned a column ${JSON.stringify(name)} that the step does not declare; declared are ${outputFields.map((field) => field.name).join(', ')}. ${advice}`,
      );
    }
  }
}

function isThenable(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

let runtime: Runtime | undefined;

function current(): Runtime {
  if (runtime === undefined) throw new Error('The runtime was not opened.');
  return runtime;
}

// What the sandbox calls, by name.

export function open(options: RuntimeOptions, rowCode: RowCode, progress: SharedArrayBuffer): void {
  runtime = new Runtime(options, rowCode, new Int32Array(progress));
  removeAmbient();
}

export function bind(userFunction: unknown): boolean {
  if (typeof userFunction !== 'function') return false;
  current().bind(userFunction as UserFunction);
  return true;
}

export function takeLogs(): readonly CodeLogLine[] {
  return current().takeLogs();
}

export function load(rows: number, columns: readonly IsolateColumn[]): void {
  current().load(rows, columns);
}

export function step(): StepResult {
  return current().step();
}
