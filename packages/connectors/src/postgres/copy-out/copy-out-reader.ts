import { type Batch, type BatchBuilder, PipelineError } from '@millrace/connector-sdk';

import { asError, connectionLost, protocolViolation, toPipelineError } from '../errors.ts';
import type { TextRow } from '../session/session.ts';
import type { ByteReceiver } from '../session/wire.ts';
import { readCommandTag, readDataRow, readServerError } from './messages.ts';
import { MalformedRow, type RowDecoding } from './row-decoder.ts';

/** PostgreSQL cannot make a row of COPY longer than its largest allocation. */
const MAX_ROW_BYTES = 2 ** 30;
const MAX_CONTROL_BYTES = 2 ** 20;
const SMALL_CARRY_BYTES = 64 * 1024;
/** Batches waiting for the consumer before the socket is paused. */
const MAX_WAITING = 2;

export interface CopyOutOptions {
  readonly subject: string;
  readonly builder: BatchBuilder;
  readonly decoding: RowDecoding;
  /** Called when bytes arrive. */
  readonly onSign: () => void;
  /** Called when the server owes nothing: it is paused for the consumer, or done. */
  readonly onPause: () => void;
  /** Called when the socket shall go on. */
  readonly onResume: () => void;
}

/**
 * Reads the answer to `BEGIN; SELECT …; COPY … TO STDOUT; COMMIT` from the raw socket: one row of facts, then batches.
 * Bytes are decoded where they were received; only a message that straddles two receives is copied.
 */
export class CopyOutReader implements ByteReceiver {
  bytesReceived = 0;
  /** The row of the statement before COPY. */
  facts: TextRow | undefined;
  readonly #options: CopyOutOptions;
  readonly #batches: Batch[] = [];
  readonly #tags: string[] = [];
  #carry = Buffer.allocUnsafeSlow(SMALL_CARRY_BYTES);
  #carried = 0;
  #isCopying = false;
  #isPaused = false;
  #isFinished = false;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(options: CopyOutOptions) {
    this.#options = options;
  }

  /** The next batch; undefined when the server has said that all is done. */
  async next(): Promise<Batch | undefined> {
    for (;;) {
      const batch = this.#batches.shift();
      if (batch !== undefined) return batch;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#isFinished) return undefined;
      if (this.#isPaused) {
        this.#isPaused = false;
        this.#options.onResume();
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Rows the server says it has sent, which is what was decoded; throws when it is not. */
  rowsSent(): number {
    const { subject, decoding } = this.#options;
    const tag = this.#tags.find((each) => each.startsWith('COPY '));
    const said = tag === undefined ? Number.NaN : Number(tag.slice(5));
    if (this.#tags.at(-1) !== 'COMMIT')
      throw protocolViolation('source', subject, `the transaction ended with ${this.#tags.at(-1)}`);
    if (said === decoding.rows()) return said;
    throw new PipelineError({
      code: 'rowCountMismatch',
      blame: 'source',
      retry: 'backoff',
      message: `${subject} failed: PostgreSQL reports ${tag ?? 'no count'}, but ${decoding.rows()} rows arrived. Nothing of this read is used; it is tried again.`,
    });
  }

  receive(buffer: Buffer, length: number): boolean {
    if (this.#failure !== undefined || this.#isFinished) return true;
    this.#options.onSign();
    this.bytesReceived += length;
    try {
      const start = this.#carried === 0 ? 0 : this.#completeCarried(buffer, length);
      const stopped = this.#carried === 0 ? this.#process(buffer, start, length) : length;
      if (stopped < length) this.#keep(buffer, stopped, length);
    } catch (error) {
      this.fail(this.#worded(error));
    }
    this.#wake();
    this.#isPaused = this.#batches.length >= MAX_WAITING && !this.#isFinished;
    if (this.#isPaused || this.#isFinished) this.#options.onPause();
    return !this.#isPaused;
  }

  ended(cause: Error | undefined): void {
    if (!this.#isFinished) this.fail(connectionLost('source', this.#options.subject, cause));
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#batches.length = 0;
    this.#wake();
  }

  /** Handles complete messages; returns the index of the first byte of the incomplete rest. */
  #process(buffer: Buffer, start: number, end: number): number {
    const { builder, decoding } = this.#options;
    let at = start;
    for (;;) {
      if (this.#isCopying) {
        at = decoding.decode(buffer, at, end);
        if (builder.isFull) {
          this.#batches.push(builder.take());
          continue;
        }
      }
      if (end - at < 5) return at;
      const type = buffer[at] as number;
      const stop = at + 1 + this.#checkedLength(type, buffer.readInt32BE(at + 1));
      if (stop > end) return at;
      this.#control(String.fromCharCode(type), buffer.subarray(at + 5, stop));
      at = stop;
    }
  }

  #checkedLength(type: number, length: number): number {
    const isRow = type === 0x64 && this.#isCopying;
    if (length >= 4 && length <= (isRow ? MAX_ROW_BYTES : MAX_CONTROL_BYTES)) return length;
    throw this.#violation(`a message of type 0x${type.toString(16)} claims ${length} bytes`);
  }

  #control(type: string, body: Buffer): void {
    switch (type) {
      case 'T':
      case 'N':
      case 'S':
      case 'A':
        return;
      case 'D':
        this.facts = readDataRow(body);
        return;
      case 'H':
        this.#isCopying = true;
        return;
      case 'c':
        this.#isCopying = false;
        return;
      case 'C':
        this.#tags.push(readCommandTag(body));
        return;
      case 'E':
        throw toPipelineError(asError(readServerError(body)), 'source', this.#options.subject);
      case 'Z':
        if (!this.#options.builder.isEmpty) this.#batches.push(this.#options.builder.take());
        this.#isFinished = true;
        return;
      default:
        throw this.#violation(`a message of type ${JSON.stringify(type)} has no place in the answer`);
    }
  }

  #keep(buffer: Buffer, start: number, end: number): void {
    if (this.#isFinished) throw this.#violation('bytes follow the end of the answer');
    this.#reserve(end - start);
    buffer.copy(this.#carry, 0, start, end);
    this.#carried = end - start;
  }

  /** Adds to the carried message until it is complete, and handles it; returns how many bytes that took. */
  #completeCarried(buffer: Buffer, length: number): number {
    let at = 0;
    while (this.#carried < 5) {
      if (at === length) return length;
      this.#carry[this.#carried++] = buffer[at++] as number;
    }
    const total = 1 + this.#checkedLength(this.#carry[0] as number, this.#carry.readInt32BE(1));
    const taken = Math.min(total - this.#carried, length - at);
    this.#reserve(this.#carried + taken);
    buffer.copy(this.#carry, this.#carried, at, at + taken);
    this.#carried += taken;
    if (this.#carried < total) return length;
    this.#carried = 0;
    if (this.#process(this.#carry, 0, total) !== total)
      throw this.#violation('a message does not end where it says');
    if (this.#carry.length > 256 * SMALL_CARRY_BYTES) this.#carry = Buffer.allocUnsafeSlow(SMALL_CARRY_BYTES);
    return at + taken;
  }

  /** Memory follows the bytes that arrived, never the length that a message claims. */
  #reserve(bytes: number): void {
    if (bytes <= this.#carry.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes, this.#carry.length * 2));
    this.#carry.copy(larger, 0, 0, this.#carried);
    this.#carry = larger;
  }

  #violation(what: string): PipelineError {
    return protocolViolation('source', this.#options.subject, what);
  }

  #worded(error: unknown): Error {
    // RangeError: a control message that is shorter than what it says it holds.
    if (error instanceof MalformedRow || error instanceof RangeError) return this.#violation(error.message);
    return error instanceof Error ? error : new Error(String(error));
  }
}
