import type { Vector } from '@millrace/connector-sdk';

/** The length that stands for NULL. */
export const NULL_LENGTH = -1;

/** One column of a batch as values of PostgreSQL's binary form: a length in four bytes, then as many bytes. */
export interface BinaryColumn {
  /** False once a value was seen that the destination may have to refuse; final after `write`. */
  readonly isSendable: boolean;
  /** Bytes of every value, without the length; undefined when they differ. */
  readonly fixedSize: number | undefined;
  /** Adds the bytes of each row's value, without the length; there is one size more than rows. */
  addSizes(sizes: Int32Array): void;
  /** Writes the values of rows [from, to) at their offsets, and moves the offsets behind them. */
  write(from: number, to: number, target: DataView, offsets: Int32Array): void;
}

export function validityOf(vector: Vector): Uint8Array | null {
  return vector.validity === null ? null : new Uint8Array(vector.validity);
}

export function isNull(validity: Uint8Array | null, row: number): boolean {
  return validity !== null && ((validity[row >> 3] as number) & (1 << (row & 7))) === 0;
}
