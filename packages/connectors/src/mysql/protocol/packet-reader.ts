import { protocolViolation, type Role } from '../errors.ts';
import type { ChunkReceiver } from './chunk-receiver.ts';

/** A packet of this length is continued by the next one. */
export const CONTINUED_LENGTH = 0xffffff;
/** The largest `max_allowed_packet` is 1 GiB; a row can be that long and a little more. */
export const MAX_ROW_BYTES = 1024 * 1024 * 1024 + CONTINUED_LENGTH;
/** Everything that is not a row. */
export const MAX_CONTROL_BYTES = 64 * 1024 * 1024;
const EMPTY = new Uint8Array(0);

/** A half-open range of a buffer. */
export interface Payload {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts chunks into packets. `chunk`, `position` and `sequence` are open so that the row loop can work on the chunk
 * itself; `next` is for packets that are not rows, cross chunks, or are longer than 16 MiB.
 */
export class PacketReader {
  chunk: Uint8Array = EMPTY;
  position = 0;
  /** Expected sequence number of the next packet. */
  sequence = 0;
  readonly #receiver: ChunkReceiver;
  readonly #role: Role;

  constructor(receiver: ChunkReceiver, role: Role) {
    this.#receiver = receiver;
    this.#role = role;
  }

  /** The next whole payload; valid until the next call or the next chunk. */
  async next(maxBytes = MAX_CONTROL_BYTES): Promise<Payload> {
    let parts: Uint8Array[] | undefined;
    let total = 0;
    for (;;) {
      const header = await this.#take(4);
      const { bytes, start } = header;
      const length =
        (bytes[start] as number) | ((bytes[start + 1] as number) << 8) | ((bytes[start + 2] as number) << 16);
      this.checkSequence(bytes[start + 3] as number);
      total += length;
      if (total > maxBytes) throw protocolViolation(this.#role, `a packet of more than ${maxBytes} bytes`);
      const payload = await this.#take(length);
      if (length < CONTINUED_LENGTH && parts === undefined) return payload;
      parts ??= [];
      parts.push(payload.bytes.slice(payload.start, payload.end));
      if (length < CONTINUED_LENGTH) return { bytes: Buffer.concat(parts), start: 0, end: total };
    }
  }

  checkSequence(actual: number): void {
    if (actual !== this.sequence) {
      throw protocolViolation(this.#role, `packet ${actual} came where packet ${this.sequence} was due`);
    }
    this.sequence = (this.sequence + 1) & 0xff;
  }

  /** Bytes that are here already and belong to nothing yet. */
  get unread(): number {
    return this.chunk.length - this.position;
  }

  /** The next `count` bytes, in place when the chunk holds them all; memory grows with what arrives, not with what is announced. */
  async #take(count: number): Promise<Payload> {
    if (this.unread >= count) return this.#advance(count);
    const parts: Uint8Array[] = [];
    let missing = count;
    while (missing > 0) {
      if (this.unread === 0) {
        this.chunk = await this.#receiver.receive();
        this.position = 0;
        if (parts.length === 0 && this.chunk.length >= count) return this.#advance(count);
      }
      const size = Math.min(missing, this.unread);
      parts.push(this.chunk.slice(this.position, this.position + size));
      this.position += size;
      missing -= size;
    }
    return { bytes: parts.length === 1 ? (parts[0] ?? EMPTY) : Buffer.concat(parts), start: 0, end: count };
  }

  #advance(count: number): Payload {
    const start = this.position;
    this.position += count;
    return { bytes: this.chunk, start, end: this.position };
  }
}
