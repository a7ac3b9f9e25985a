/**
 * SHA-256 in hexadecimal, synchronous and in any runtime.
 *
 * Web Crypto is asynchronous, which would make the whole compiler so, and no library is needed for sixty lines that FIPS
 * 180-4 fixes for good.
 */
export function portableSha256Hex(text: string): string {
  // At most three bytes for each code unit, and room for the end.
  const room = text.length * 3 + 72;
  if (room > bytes.length) {
    bytes = new Uint8Array(room * 2);
    view = new DataView(bytes.buffer);
  }
  const { written } = encoder.encodeInto(text, bytes);
  const length = ((written + 8) >>> 6) * 64 + 64;
  bytes.fill(0, written, length);
  bytes[written] = 0x80;
  view.setUint32(length - 8, written / 2 ** 29);
  view.setUint32(length - 4, written * 8);
  state.set(INITIAL);
  for (let offset = 0; offset < length; offset += 64) compress(state, view, offset);
  for (let digit = 0; digit < digits.length; digit += 1) {
    const value = (Number(state[digit >>> 3]) >>> (28 - 4 * (digit & 7))) & 15;
    digits[digit] = value < 10 ? DIGIT_0 + value : DIGIT_A + value - 10;
  }
  return String.fromCharCode(...digits);
}

const encoder = new TextEncoder();
const state = new Uint32Array(8);
/** Made once: most texts are short, and there are many. */
let bytes = new Uint8Array(1 << 16);
let view = new DataView(bytes.buffer);
/** The digest as characters. */
const digits = new Uint8Array(64);
const DIGIT_0 = 48;
const DIGIT_A = 97;

/** The first `bits` bits of the fractional part of a root of each of the first primes, as FIPS 180-4 defines its constants. */
function primeRoots(count: number, root: 2 | 3): number[] {
  const words: number[] = [];
  for (let candidate = 2n; words.length < count; candidate += 1n) {
    let isPrime = true;
    for (let divisor = 2n; divisor * divisor <= candidate; divisor += 1n)
      if (candidate % divisor === 0n) isPrime = false;
    if (isPrime) words.push(Number(integerRoot(candidate << BigInt(32 * root), root) & 0xffffffffn));
  }
  return words;
}

function integerRoot(value: bigint, root: 2 | 3): bigint {
  let low = 0n;
  let high = 1n << 40n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** BigInt(root) <= value) low = middle;
    else high = middle - 1n;
  }
  return low;
}

const INITIAL = primeRoots(8, 2);
const ROUND = Int32Array.from(primeRoots(64, 3));
const schedule = new Int32Array(64);

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** Every index below is within its array; the `| 0` only tells so to the type checker and keeps words integers. */
function compress(state: Uint32Array, view: DataView, offset: number): void {
  for (let index = 0; index < 16; index += 1) schedule[index] = view.getInt32(offset + index * 4);
  for (let index = 16; index < 64; index += 1) {
    const early = Number(schedule[index - 15]) | 0;
    const late = Number(schedule[index - 2]) | 0;
    const sigma0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const sigma1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    schedule[index] =
      ((Number(schedule[index - 16]) | 0) + sigma0 + (Number(schedule[index - 7]) | 0) + sigma1) | 0;
  }
  let a = Number(state[0]) | 0;
  let b = Number(state[1]) | 0;
  let c = Number(state[2]) | 0;
  let d = Number(state[3]) | 0;
  let e = Number(state[4]) | 0;
  let f = Number(state[5]) | 0;
  let g = Number(state[6]) | 0;
  let h = Number(state[7]) | 0;
  for (let index = 0; index < 64; index += 1) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + sum1 + choice + (Number(ROUND[index]) | 0) + (Number(schedule[index]) | 0)) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + sum0 + majority) | 0;
  }
  state[0] = Number(state[0]) + a;
  state[1] = Number(state[1]) + b;
  state[2] = Number(state[2]) + c;
  state[3] = Number(state[3]) + d;
  state[4] = Number(state[4]) + e;
  state[5] = Number(state[5]) + f;
  state[6] = Number(state[6]) + g;
  state[7] = Number(state[7]) + h;
}
