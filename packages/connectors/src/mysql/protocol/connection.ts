import type { Socket } from 'node:net';

import { PipelineError, throwIfCancelled } from '@millrace/connector-sdk';

import type { MysqlConfig } from '../config.ts';
import {
  connectFailure,
  connectionLost,
  connectionTimeout,
  protocolViolation,
  type Role,
} from '../errors.ts';
import { ChunkReceiver } from './chunk-receiver.ts';
import {
  authenticate,
  type Greeting,
  type Login,
  readGreeting,
  serverHasTls,
  tlsRequest,
} from './handshake.ts';
import { openSocket, upgradeToTls } from './open-socket.ts';
import { CONTINUED_LENGTH, PacketReader, type Payload } from './packet-reader.ts';
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
  private readonly receiver: ChunkReceiver;
  private readonly socket: Socket;
  /** Statements whose answers have not been taken. */
  private pending = 0;

  constructor(
    receiver: ChunkReceiver,
    reader: PacketReader,
    socket: Socket,
    greeting: Greeting,
    role: Role,
    isTls: boolean,
  ) {
    this.receiver = receiver;
    this.reader = reader;
    this.socket = socket;
    this.greeting = greeting;
    this.role = role;
    this.isTls = isTls;
  }

  static async open(
    config: MysqlConfig,
    role: Role,
    signal: AbortSignal,
    options: { readonly allowsLocalInfile?: boolean } = {},
  ): Promise<MysqlConnection> {
    throwIfCancelled(signal);
    const address = config.socket ?? `${config.host}:${config.port}`;
    const receiver = new ChunkReceiver(role, config.readTimeoutSeconds * 1000);
    const timeout = setTimeout(() => {
      const seconds = config.connectTimeoutSeconds;
      stop(
        connectionTimeout(
          role,
          `${address} did not answer within ${seconds} s. Check host and port, or raise connectTimeoutSeconds.`,
        ),
      );
    }, config.connectTimeoutSeconds * 1000);
    let opened: Socket | undefined;
    let reject: (error: unknown) => void = () => undefined;
    const stopped = new Promise<never>((_, rejectStopped) => (reject = rejectStopped));
    stopped.catch(() => undefined);
    const stop = (error: unknown): void => {
      reject(error);
      receiver.fail(error);
      opened?.destroy();
    };
    const onAbort = (): void => stop(cancellation(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const login = async (): Promise<MysqlConnection> => {
        const socket = await openSocket(config, receiver);
        opened = socket;
        // The attempt may have been given up while the socket was being opened.
        if (receiver.hasFailed) socket.destroy();
        return await logIn(config, role, receiver, socket, options.allowsLocalInfile ?? false);
      };
      return await Promise.race([login(), stopped]);
    } catch (error) {
      receiver.fail(error);
      opened?.destroy();
      throw connectFailure(role, address, error);
    } finally {
      clearTimeout(timeout);
      signal.removeEventListener('abort', onAbort);
    }
  }

  get isUsable(): boolean {
    return !this.receiver.hasFailed && this.pending === 0;
  }

  /** What to ask after a silence of the read timeout: true when the server still works on the statement. */
  probeSilence(isStillWorking: () => Promise<boolean>): void {
    this.receiver.probeSilence(isStillWorking);
  }

  get bytesReceived(): number {
    return this.receiver.bytesReceived;
  }

  /** Ends the session with an error for whatever waits on it. */
  fail(error: unknown): void {
    this.receiver.fail(error);
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
    const onAbort = (): void => this.fail(cancellation(signal));
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
    this.pending += statements.length;
    this.socket.write(Buffer.concat(packets));
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
      await this.sendFile(feed());
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
    this.pending -= 1;
  }

  /** The ERR packet that ended an answer. */
  refusal(payload: Payload): PipelineError {
    this.endAnswer();
    return readServerError(payload, this.role);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { socket } = this;
    if (this.isUsable) {
      await new Promise<void>((resolve) =>
        socket.end(Buffer.concat(packetsOf(Buffer.from([QUIT]), 0)), resolve),
      );
    }
    this.receiver.fail(connectionLost(this.role));
  }

  private async sendFile(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of chunks) {
        for (let start = 0; start < chunk.length; start += LOAD_PACKET_BYTES) {
          await this.sendPacket(chunk.subarray(start, start + LOAD_PACKET_BYTES));
        }
      }
    } catch (error) {
      // An empty packet would tell the server that the file is complete; only cutting the line says that it is not.
      this.fail(error);
      throw error;
    }
    await this.sendPacket(new Uint8Array(0));
  }

  private async sendPacket(payload: Uint8Array): Promise<void> {
    if (this.receiver.hasFailed) await this.receiver.receive();
    const isFlushed = this.socket.write(packetHeader(payload.length, this.reader.sequence));
    const isTaken = payload.length === 0 ? isFlushed : this.socket.write(Uint8Array.from(payload));
    this.reader.sequence = (this.reader.sequence + 1) & 0xff;
    if (!isTaken) await this.drained();
  }

  private drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.socket.removeListener('drain', settle);
        this.socket.removeListener('close', settle);
        if (this.receiver.hasFailed) this.receiver.receive().then(() => resolve(), reject);
        else resolve();
      };
      this.socket.on('drain', settle);
      this.socket.on('close', settle);
    });
  }
}

/** LOAD DATA's packets must fit the smallest usual max_allowed_packet. */
const LOAD_PACKET_BYTES = 1024 * 1024;

async function logIn(
  config: MysqlConfig,
  role: Role,
  receiver: ChunkReceiver,
  tcp: Socket,
  allowsLocalInfile: boolean,
): Promise<MysqlConnection> {
  receiver.attach(tcp, true);
  const reader = new PacketReader(receiver, role);
  const greeting = await readGreeting(reader, role);
  const wantsTls = config.tls !== 'disable' && config.socket === undefined;
  const isTls = wantsTls && serverHasTls(greeting);
  if (wantsTls && !isTls && config.tls !== 'prefer') {
    throw new PipelineError({
      code: 'tlsFailed',
      blame: 'config',
      retry: 'never',
      message: `The server offers no TLS, and tls is ${config.tls}. Turn TLS on at the server, or set tls to prefer.`,
    });
  }
  const login: Login = {
    user: config.user,
    password: config.password,
    database: config.database,
    allowsLocalInfile,
    isPrivate: isTls || config.socket !== undefined,
    isTls,
  };
  let socket: Socket = tcp;
  const write = (payload: Uint8Array): void => {
    for (const packet of packetsOf(payload, reader.sequence)) socket.write(packet);
    reader.sequence = (reader.sequence + 1) & 0xff;
  };
  if (isTls) {
    // Plain bytes behind the greeting would be an injection into the encrypted session.
    if (reader.unread > 0) throw protocolViolation(role, 'data between greeting and TLS');
    write(tlsRequest(greeting, login));
    receiver.detach();
    socket = await upgradeToTls(config, tcp);
    receiver.attach(socket, false);
  }
  await authenticate(reader, write, greeting, login, role);
  return new MysqlConnection(receiver, reader, socket, greeting, role, isTls);
}

function cancellation(signal: AbortSignal): unknown {
  try {
    throwIfCancelled(signal);
  } catch (error) {
    return error;
  }
  return undefined;
}

function packetsOf(payload: Uint8Array, firstSequence: number): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let start = 0;
  let sequence = firstSequence;
  for (;;) {
    const part = payload.subarray(start, start + CONTINUED_LENGTH);
    packets.push(packetHeader(part.length, sequence), part);
    start += part.length;
    sequence = (sequence + 1) & 0xff;
    if (part.length < CONTINUED_LENGTH) return packets;
  }
}

function packetHeader(length: number, sequence: number): Uint8Array {
  return Uint8Array.of(length & 0xff, (length >> 8) & 0xff, length >> 16, sequence);
}
