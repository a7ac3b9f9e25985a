import type { Socket } from 'node:net';

import { type PipelineError, throwIfCancelled } from '@millrace/connector-sdk';

import type { MysqlConfig } from '../config.ts';
import { connectionLost, protocolViolation, type Role } from '../errors.ts';
import type { ChunkReceiver } from './chunk-receiver.ts';
import type { Greeting } from './handshake.ts';
import { cancellationOf, type LoggedIn, type LoginOptions, openLogin } from './log-in.ts';
import type { PacketReader, Payload } from './packet-reader.ts';
import { packetsOf, sendLocalFile } from './packet-writer.ts';
import { isEndOfRows, isError, PayloadCursor, readServerError } from './payload.ts';

/** A row of a control query: exact texts as the server wrote them. */
export type TextRow = readonly (string | null)[];

export interface Completion {
  readonly affectedRows: bigint;
  readonly warnings: number;
  /** `Records: 3  Deleted: 0  Skipped: 0  Warnings: 0` of LOAD DATA. */
  readonly info: string;
}

const QUERY = 0x03;
const QUIT = 0x01;
const MAX_COLUMNS = 4096;

/**
 * One session of the text protocol. Statements are sent with `send`, any number at a time, and their answers are taken
 * in the same order; `query` and `execute` do both for one statement. After a failure of the transport or a breach of
 * the protocol `isUsable` is false for good; a refusal by the server (MysqlServerError) leaves the session usable.
 */
export class MysqlConnection implements AsyncDisposable {
  readonly reader: PacketReader;
  readonly role: Role;
  readonly greeting: Greeting;
  readonly isTls: boolean;
  readonly #receiver: ChunkReceiver;
  readonly #socket: Socket;
  /** Statements whose answers have not been taken. */
  #pending = 0;

  constructor({ receiver, reader, socket, greeting, isTls }: LoggedIn, role: Role) {
    this.#receiver = receiver;
    this.reader = reader;
    this.#socket = socket;
    this.greeting = greeting;
    this.role = role;
    this.isTls = isTls;
  }

  static async open(
    config: MysqlConfig,
    role: Role,
    signal: AbortSignal,
    options: LoginOptions = {},
  ): Promise<MysqlConnection> {
    return new MysqlConnection(await openLogin(config, role, signal, options), role);
  }

  get isUsable(): boolean {
    return !this.#receiver.hasFailed && this.#pending === 0;
  }

  /** What to ask after a silence of the read timeout: true when the server still works on the statement. */
  probeSilence(isStillWorking: () => Promise<boolean>): void {
    this.#receiver.probeSilence(isStillWorking);
  }

  get bytesReceived(): number {
    return this.#receiver.bytesReceived;
  }

  /** Ends the session with an error for whatever waits on it. */
  fail(error: unknown): void {
    this.#receiver.fail(error);
  }

  /** Breaks the session and returns the error to throw. */
  violation(what: string): PipelineError {
    const error = protocolViolation(this.role, what);
    this.fail(error);
    return error;
  }

  /** Runs `work`; when the signal fires the session is cut and `work` rejects with the cancellation. */
  async during<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    throwIfCancelled(signal);
    const onAbort = (): void => this.fail(cancellationOf(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await work();
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Sends statements in one write; their answers come in this order. */
  send(...statements: readonly string[]): void {
    const packets = statements.flatMap((sql) =>
      packetsOf(Buffer.concat([Buffer.from([QUERY]), Buffer.from(sql, 'utf8')]), 0),
    );
    this.#pending += statements.length;
    this.#socket.write(Buffer.concat(packets));
  }

  /** Takes the answer of a statement whose rows are few. */
  async rows(): Promise<TextRow[]> {
    const rows: TextRow[] = [];
    for await (const row of this.streamRows()) rows.push(row);
    return rows;
  }

  /** Takes the answer of a statement row by row. Leaving early makes the session unusable. */
  async *streamRows(): AsyncGenerator<TextRow, void, undefined> {
    const columns = await this.beginRows();
    for (;;) {
      const payload = await this.reader.next();
      if (isError(payload)) throw this.refusal(payload);
      if (isEndOfRows(payload)) {
        this.endAnswer();
        return;
      }
      const cursor = new PayloadCursor(payload, this.role);
      const row = Array.from(
        { length: columns },
        () => cursor.lengthEncodedBytes()?.toString('utf8') ?? null,
      );
      if (cursor.remaining > 0) throw this.violation('a row with more cells than columns');
      yield row;
    }
  }

  /** Takes the head of an answer that has rows: resolves with the number of columns, the rows follow. */
  async beginRows(): Promise<number> {
    this.reader.sequence = 1;
    const head = await this.reader.next();
    if (isError(head)) throw this.refusal(head);
    const marker = head.bytes[head.start];
    // The server asks for a file of this machine. Nothing is ever sent for a statement that reads.
    if (marker === 0xfb) throw this.violation('it asked for a local file');
    const columns =
      marker === undefined || marker === 0 ? 0 : (new PayloadCursor(head, this.role).lengthEncoded() ?? 0);
    if (columns === 0 || columns > MAX_COLUMNS)
      throw this.violation('an answer without rows to a statement that reads');
    for (let index = 0; index < columns; index += 1) {
      if (isError(await this.reader.next())) throw this.violation('an error among the column definitions');
    }
    if (!isEndOfRows(await this.reader.next())) throw this.violation('column definitions without an end');
    return columns;
  }

  /** Takes the answer of a statement without rows; `feed` is called when the server is ready for LOAD DATA's bytes. */
  async completion(feed?: () => AsyncIterable<Uint8Array>): Promise<Completion> {
    this.reader.sequence = 1;
    let payload = await this.reader.next();
    if (payload.bytes[payload.start] === 0xfb && feed !== undefined) {
      await sendLocalFile(this.#socket, this.reader, this.#receiver, feed());
      payload = await this.reader.next();
    }
    if (isError(payload)) throw this.refusal(payload);
    const marker = payload.bytes[payload.start];
    if (marker === 0xfb) throw this.violation('it asked for a local file');
    if (marker !== 0) throw this.violation('rows for a statement that has none');
    const cursor = new PayloadCursor(payload, this.role);
    cursor.bytes(1);
    const affectedRows = BigInt(cursor.lengthEncoded() ?? 0);
    cursor.lengthEncoded();
    cursor.uint16();
    const warnings = cursor.uint16();
    this.endAnswer();
    return { affectedRows, warnings, info: cursor.rest().toString('utf8') };
  }

  async query(sql: string): Promise<TextRow[]> {
    this.send(sql);
    return this.rows();
  }

  async execute(sql: string): Promise<Completion> {
    this.send(sql);
    return this.completion();
  }

  /** LOAD DATA LOCAL with bytes of our own; the name in the statement is never opened. */
  async load(sql: string, feed: () => AsyncIterable<Uint8Array>): Promise<Completion> {
    this.send(sql);
    return this.completion(feed);
  }

  /** The answer of the statement has been taken to its end. */
  endAnswer(): void {
    this.#pending -= 1;
  }

  /** The ERR packet that ended an answer. */
  refusal(payload: Payload): PipelineError {
    this.endAnswer();
    return readServerError(payload, this.role);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const socket = this.#socket;
    if (this.isUsable) {
      await new Promise<void>((resolve) =>
        socket.end(Buffer.concat(packetsOf(Buffer.from([QUIT]), 0)), resolve),
      );
    }
    this.#receiver.fail(connectionLost(this.role));
  }
}
