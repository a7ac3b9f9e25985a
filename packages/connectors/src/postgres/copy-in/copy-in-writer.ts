import { type Blame, throwIfCancelled } from '@millrace/connector-sdk';

import { queryMessage, readCommandTag, readServerError } from '../copy-out/messages.ts';
import { asError, connectionLost, protocolViolation, toPipelineError } from '../errors.ts';
import type { Session } from '../session/session.ts';
import type { ByteReceiver } from '../session/wire.ts';

const MAX_MESSAGE_BYTES = 2 ** 20;
/** The server holds a whole message in memory. Smaller ones cost it the same time: 16 KiB to 8 MiB were tried. */
const MESSAGE_BYTES = 2 ** 20;
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4]);

/**
 * Sends chunks to `COPY … FROM STDIN` past the driver, without a copy of them; the next one is asked for when the operating
 * system has taken the one before. Returns the number of rows the server says it took. After a failure the session is
 * gone, and its transaction with it.
 */
export async function copyIn(
  session: Session,
  statement: string,
  chunks: AsyncIterable<Uint8Array>,
  blame: Blame,
  subject: string,
  signal: AbortSignal,
): Promise<number> {
  throwIfCancelled(signal);
  using guard = session.guard(subject, signal);
  const answer = new CopyInAnswer(blame, subject, () => guard.alive());
  guard.failure.catch((error: Error) => answer.fail(error));
  const wire = session.takeOver(answer);
  let isComplete = false;
  try {
    wire.write(queryMessage(statement));
    await answer.started;
    for await (const chunk of chunksWhile(chunks, guard)) {
      answer.throwIfFailed();
      await Promise.race([wire.writeAll(copyData(chunk)), answer.done]);
      guard.alive();
    }
    wire.write(COPY_DONE);
    const rows = await answer.done;
    isComplete = true;
    return rows;
  } finally {
    wire.detach();
    if (!isComplete) session.abandon();
  }
}

/** A chunk as CopyData messages. */
function* copyData(chunk: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += MESSAGE_BYTES) {
    const body = chunk.subarray(at, at + MESSAGE_BYTES);
    const header = Buffer.allocUnsafe(5);
    header[0] = 0x64;
    header.writeInt32BE(body.length + 4, 1);
    yield header;
    yield body;
  }
}

/** While the next chunk is being made, the server has nothing to say. */
async function* chunksWhile(
  chunks: AsyncIterable<Uint8Array>,
  guard: { pause(): void; resume(): void },
): AsyncGenerator<Uint8Array> {
  guard.pause();
  for await (const chunk of chunks) {
    guard.resume();
    if (chunk.length > 0) yield chunk;
    guard.pause();
  }
  guard.resume();
}

/** The server's side of the exchange: CopyInResponse, then CommandComplete and ReadyForQuery, or an error at any time. */
class CopyInAnswer implements ByteReceiver {
  readonly started: Promise<void>;
  readonly done: Promise<number>;
  readonly #blame: Blame;
  readonly #subject: string;
  readonly #onSign: () => void;
  #pending = Buffer.alloc(0);
  #tag = '';
  #failure: Error | undefined;
  #start: () => void = () => undefined;
  #finish: (rows: number) => void = () => undefined;
  #refuse: (error: Error) => void = () => undefined;

  constructor(blame: Blame, subject: string, onSign: () => void) {
    this.#blame = blame;
    this.#subject = subject;
    this.#onSign = onSign;
    this.done = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#refuse = reject;
    });
    this.started = Promise.race([
      new Promise<void>((resolve) => (this.#start = resolve)),
      this.done.then(() => undefined),
    ]);
    this.done.catch(() => undefined);
    this.started.catch(() => undefined);
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#refuse(this.#failure);
  }

  ended(cause: Error | undefined): void {
    this.fail(connectionLost(this.#blame, this.#subject, cause));
  }

  receive(buffer: Buffer, length: number): boolean {
    this.#onSign();
    this.#pending = Buffer.concat([this.#pending, buffer.subarray(0, length)]);
    while (this.#pending.length >= 5 && this.#failure === undefined) {
      const size = this.#pending.readInt32BE(1);
      if (size < 4 || size > MAX_MESSAGE_BYTES) {
        this.fail(protocolViolation(this.#blame, this.#subject, `a message claims ${size} bytes`));
        break;
      }
      if (this.#pending.length < size + 1) break;
      this.#message(String.fromCharCode(this.#pending[0] as number), this.#pending.subarray(5, size + 1));
      this.#pending = this.#pending.subarray(size + 1);
    }
    return true;
  }

  #message(type: string, body: Buffer): void {
    switch (type) {
      case 'N':
      case 'S':
      case 'A':
        return;
      case 'G':
        return this.#start();
      case 'C':
        this.#tag = readCommandTag(body);
        return;
      case 'Z':
        return this.#finish(Number(this.#tag.replace(/^COPY /, '')));
      case 'E':
        return this.fail(toPipelineError(asError(readServerError(body)), this.#blame, this.#subject));
      default:
        this.fail(
          protocolViolation(
            this.#blame,
            this.#subject,
            `a message of type ${JSON.stringify(type)} has no place in the answer`,
          ),
        );
    }
  }
}
