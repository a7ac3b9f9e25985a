import { MysqlServerError, protocolViolation, type Role } from '../errors.ts';
import type { Payload } from './packet-reader.ts';

/** Reads the fields of one payload in order; every read is checked against its end. */
export class PayloadCursor {
  readonly #view: Buffer;
  readonly #role: Role;
  #at = 0;

  constructor(payload: Payload, role: Role) {
    this.#view = Buffer.from(
      payload.bytes.buffer,
      payload.bytes.byteOffset + payload.start,
      payload.end - payload.start,
    );
    this.#role = role;
  }

  get remaining(): number {
    return this.#view.length - this.#at;
  }

  /** The range of the next `count` bytes, not copied. */
  bytes(count: number): Buffer {
    if (count > this.remaining) throw protocolViolation(this.#role, 'a packet ends in the middle of a field');
    const start = this.#at;
    this.#at += count;
    return this.#view.subarray(start, this.#at);
  }

  peek(): number {
    return this.#view[this.#at] ?? -1;
  }

  uint8(): number {
    return this.bytes(1).readUInt8();
  }

  uint16(): number {
    return this.bytes(2).readUInt16LE();
  }

  uint32(): number {
    return this.bytes(4).readUInt32LE();
  }

  /** A length-encoded integer; null is the NULL of a text row. */
  lengthEncoded(): number | null {
    const first = this.uint8();
    if (first < 251) return first;
    if (first === 251) return null;
    if (first === 252) return this.uint16();
    if (first === 253) return this.bytes(3).readUIntLE(0, 3);
    if (first === 254) {
      const value = this.bytes(8).readBigUInt64LE();
      if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    }
    throw protocolViolation(this.#role, 'an impossible length');
  }

  lengthEncodedBytes(): Buffer | null {
    const length = this.lengthEncoded();
    return length === null ? null : this.bytes(length);
  }

  nullTerminated(): Buffer {
    const end = this.#view.indexOf(0, this.#at);
    if (end < 0) throw protocolViolation(this.#role, 'a text without its end');
    const found = this.#view.subarray(this.#at, end);
    this.#at = end + 1;
    return found;
  }

  rest(): Buffer {
    return this.bytes(this.remaining);
  }
}

/** The ERR packet as an error. */
export function readServerError(payload: Payload, role: Role): MysqlServerError {
  const cursor = new PayloadCursor(payload, role);
  cursor.bytes(1);
  const errno = cursor.uint16();
  let sqlState = 'HY000';
  if (cursor.peek() === 0x23) sqlState = cursor.bytes(6).toString('latin1', 1);
  return new MysqlServerError(role, errno, sqlState, cursor.rest().toString('utf8'));
}

export const isError = (payload: Payload): boolean =>
  payload.end > payload.start && payload.bytes[payload.start] === 0xff;

/** The short packet that ends column definitions and rows (we do not negotiate CLIENT_DEPRECATE_EOF). */
export const isEndOfRows = (payload: Payload): boolean =>
  payload.bytes[payload.start] === 0xfe && payload.end - payload.start < 9;
