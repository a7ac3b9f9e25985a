import { parseTime, parseTimestamp } from './calendar.ts';
import { copyOf, Encoder } from './encoder.ts';

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;
const TWO_32 = 4_294_967_296;
/** Digits that a number holds exactly, whatever they are. */
const EXACT_DIGITS = 15;
/** A sign, a point, 38 digits, and more zeros than anyone writes. */
const MAX_DECIMAL_CHARACTERS = 1000;
const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;

/** Columns of 64-bit words: one per value, or two. */
abstract class WordEncoder extends Encoder {
  protected words: BigInt64Array<ArrayBuffer>;
  /** The same memory in halves, for values that are numbers. */
  protected halves: Int32Array<ArrayBuffer>;
  readonly #wordsPerValue: number;

  constructor(isNullable: boolean, wordsPerValue: 1 | 2) {
    super(isNullable);
    this.#wordsPerValue = wordsPerValue;
    this.words = new BigInt64Array(this.capacity * wordsPerValue);
    this.halves = new Int32Array(this.words.buffer);
  }

  protected storeWord(word: number, value: number | bigint): void {
    if (typeof value === 'bigint') {
      this.words[word] = value;
      return;
    }
    const high = Math.floor(value / TWO_32);
    this.halves[word * 2] = (value - high * TWO_32) | 0;
    this.halves[word * 2 + 1] = high;
  }

  protected resize(capacity: number): void {
    const larger = new BigInt64Array(capacity * this.#wordsPerValue);
    larger.set(this.words);
    this.words = larger;
    this.halves = new Int32Array(larger.buffer);
  }

  protected takeValues(rows: number) {
    return { values: copyOf(this.words, rows * this.#wordsPerValue), heap: null };
  }
}

export class BigIntEncoder extends WordEncoder {
  readonly expected: string;
  readonly #min: bigint;
  readonly #max: bigint;

  constructor(isNullable: boolean, signed: boolean) {
    super(isNullable, 1);
    this.#min = signed ? MIN_INT64 : 0n;
    this.#max = signed ? MAX_INT64 : MAX_UINT64;
    this.expected = `a bigint, or a number that is a safe integer, from ${this.#min} to ${this.#max}`;
  }

  protected store(row: number, value: unknown): boolean {
    const isExact = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
    if (!isExact || value < this.#min || value > this.#max) return false;
    this.storeWord(row, value);
    return true;
  }
}

export class DecimalEncoder extends WordEncoder {
  readonly expected: string;
  readonly #precision: number;
  readonly #scale: number;
  readonly #width: 2 | 4 | 8 | 16;

  constructor(isNullable: boolean, precision: number, scale: number) {
    super(isNullable, precision <= 18 ? 1 : 2);
    this.#precision = precision;
    this.#scale = scale;
    this.#width = precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16;
    this.expected = `a decimal as text with at most ${precision - scale} digits before the point and ${scale} behind it, a bigint, or a number that is a safe integer`;
  }

  protected store(row: number, value: unknown): boolean {
    const unscaled = typeof value === 'string' ? this.#parse(value) : this.#scaled(value);
    if (unscaled === undefined) return false;
    if (this.#width < 16) {
      this.storeWord(row, unscaled);
      return true;
    }
    this.storeWord(row * 2, unscaled);
    if (typeof unscaled === 'bigint') this.words[row * 2 + 1] = unscaled >> 64n;
    else this.storeWord(row * 2 + 1, unscaled < 0 ? -1 : 0);
    return true;
  }

  /** The digits of the text as an integer: a number while that is exact. */
  #parse(text: string): number | bigint | undefined {
    if (text.length > EXACT_DIGITS) return this.#parseLong(text);
    const isNegative = text.charCodeAt(0) === MINUS;
    let value = 0;
    let count = 0;
    let places = -1;
    for (let at = isNegative ? 1 : 0; at < text.length; at += 1) {
      const digit = text.charCodeAt(at) - ZERO;
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        count += 1;
        if (places >= 0) places += 1;
      } else if (digit === POINT - ZERO && places < 0) {
        places = 0;
      } else {
        return undefined;
      }
    }
    const missing = this.#scale - Math.max(places, 0);
    if (count === 0) return undefined;
    if (missing < 0 || count + missing > EXACT_DIGITS) return this.#parseLong(text);
    for (let left = missing; left > 0; left -= 1) value *= 10;
    if (value >= 10 ** Math.min(this.#precision, EXACT_DIGITS)) return undefined;
    return isNegative ? -value : value;
  }

  #parseLong(text: string): bigint | undefined {
    const parts = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text);
    if (parts === null || text.length > MAX_DECIMAL_CHARACTERS) return undefined;
    const [, sign, whole = '', fraction = ''] = parts;
    const significant = fraction.replace(/0+$/, '');
    if (whole === '' && fraction === '') return undefined;
    if (significant.length > this.#scale) return undefined;
    const magnitude = BigInt(`${whole}${significant.padEnd(this.#scale, '0')}`);
    if (magnitude >= 10n ** BigInt(this.#precision)) return undefined;
    return sign === '-' ? -magnitude : magnitude;
  }

  #scaled(value: unknown): bigint | undefined {
    const isExact = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
    if (!isExact) return undefined;
    const unscaled = BigInt(value) * 10n ** BigInt(this.#scale);
    const limit = 10n ** BigInt(this.#precision);
    return unscaled < limit && unscaled > -limit ? unscaled : undefined;
  }

  override advice(value: unknown): string {
    return typeof value === 'number'
      ? `Return value.toFixed(${this.#scale}), if that is the rounding you mean.`
      : '';
  }

  protected override takeValues(rows: number) {
    if (this.#width >= 8) return super.takeValues(rows);
    const narrow = this.#width === 2 ? new Int16Array(rows) : new Int32Array(rows);
    const low = this.#width === 2 ? new Int16Array(this.words.buffer) : new Int32Array(this.words.buffer);
    const stride = 8 / this.#width;
    for (let row = 0; row < rows; row += 1) narrow[row] = low[row * stride] as number;
    return { values: narrow.buffer, heap: null };
  }
}

export class UuidEncoder extends WordEncoder {
  readonly expected = 'a UUID as text';

  constructor(isNullable: boolean) {
    super(isNullable, 2);
  }

  protected store(row: number, value: unknown): boolean {
    if (typeof value !== 'string' || !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value))
      return false;
    const digits = value.replaceAll('-', '');
    this.words[row * 2] = BigInt(`0x${digits.slice(16)}`);
    // DuckDB keeps a UUID as int128 with the top bit flipped.
    this.words[row * 2 + 1] = BigInt(`0x${digits.slice(0, 16)}`) ^ (1n << 63n);
    return true;
  }
}

export class TimeEncoder extends WordEncoder {
  readonly expected = "a time of day as text, 'HH:MM:SS' with up to six decimals";

  constructor(isNullable: boolean) {
    super(isNullable, 1);
  }

  protected store(row: number, value: unknown): boolean {
    const micros = typeof value === 'string' ? parseTime(value) : undefined;
    if (micros === undefined) return false;
    this.storeWord(row, micros);
    return true;
  }
}

export class TimestampEncoder extends WordEncoder {
  readonly expected: string;
  readonly #isInstant: boolean;

  constructor(isNullable: boolean, isInstant: boolean) {
    super(isNullable, 1);
    this.#isInstant = isInstant;
    this.expected = isInstant
      ? "an instant as text, 'YYYY-MM-DDTHH:MM:SSZ' or with an offset, and up to six decimals"
      : "a timestamp without a zone as text, 'YYYY-MM-DDTHH:MM:SS' with up to six decimals";
  }

  protected store(row: number, value: unknown): boolean {
    const micros = typeof value === 'string' ? parseTimestamp(value, this.#isInstant) : undefined;
    if (micros === undefined) return false;
    this.storeWord(row, micros);
    return true;
  }

  override advice(value: unknown): string {
    if (value instanceof Date)
      return this.#isInstant ? 'Return value.toISOString().' : 'Return value.toISOString().slice(0, -1).';
    return '';
  }
}
