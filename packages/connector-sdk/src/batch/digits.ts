const TWO_32 = 4294967296;

/**
 * The non-negative integer written in a range of ASCII digits, exact up to 15 digits and approximate above; NaN when the
 * range is empty or holds anything but digits.
 */
export function parseDigits(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return Number.NaN;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Stores an integer of magnitude at most 2^53 as int64, little endian, at element `row`. */
export function storeInt64(words: Int32Array, row: number, value: number): void {
  const high = Math.floor(value / TWO_32);
  words[row * 2] = (value - high * TWO_32) | 0;
  words[row * 2 + 1] = high;
}

/** Stores any integer that fits into int64. */
export function storeBigInt64(words: Int32Array, row: number, value: bigint): void {
  words[row * 2] = Number(BigInt.asIntN(32, value));
  words[row * 2 + 1] = Number(BigInt.asIntN(32, value >> 32n));
}

/** Two ASCII digits as a number, or a number above 99 when they are not digits. */
export function parseTwoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - 0x30;
  const ones = (bytes[at + 1] as number) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 1000;
}
