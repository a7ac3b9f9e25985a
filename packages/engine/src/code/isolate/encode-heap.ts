import { copyOf, Encoder } from './encoder.ts';

const FIRST_HEAP_BYTES = 64 * 1024;
/** Offsets are 32 bits, and a string of DuckDB is no longer than this. */
const MAX_HEAP_BYTES = 2 ** 31 - 1;

/** Columns whose values lie one behind the other in a heap. */
abstract class HeapEncoder extends Encoder {
  #offsets = new Uint32Array(this.capacity + 1);
  protected heap = new Uint8Array(FIRST_HEAP_BYTES);
  protected end = 0;

  override get heapBytes(): number {
    return this.end;
  }

  protected finish(row: number, end: number): true {
    this.end = end;
    this.#offsets[row + 1] = end;
    return true;
  }

  protected override skip(row: number): void {
    this.#offsets[row + 1] = this.end;
  }

  /** Makes room for so many bytes behind `end`; false when no column can hold them. */
  protected reserve(bytes: number): boolean {
    const needed = this.end + bytes;
    if (needed <= this.heap.length) return true;
    if (needed > MAX_HEAP_BYTES) return false;
    const larger = new Uint8Array(Math.min(MAX_HEAP_BYTES, Math.max(needed, this.heap.length * 2)));
    larger.set(this.heap.subarray(0, this.end));
    this.heap = larger;
    return true;
  }

  protected resize(capacity: number): void {
    const larger = new Uint32Array(capacity + 1);
    larger.set(this.#offsets);
    this.#offsets = larger;
  }

  protected takeValues(rows: number) {
    const taken = { values: copyOf(this.#offsets, rows + 1), heap: copyOf(this.heap, this.end) };
    this.end = 0;
    return taken;
  }
}

export class StringEncoder extends HeapEncoder {
  readonly expected: string = 'text without halves of surrogate pairs';

  protected store(row: number, value: unknown): boolean {
    if (typeof value !== 'string') return false;
    const { length } = value;
    if (!this.reserve(length * 3)) return false;
    const { heap } = this;
    let to = this.end;
    for (let at = 0; at < length; at += 1) {
      const unit = value.charCodeAt(at);
      if (unit < 0x80) {
        heap[to++] = unit;
      } else if (unit < 0x800) {
        heap[to++] = 0xc0 | (unit >> 6);
        heap[to++] = 0x80 | (unit & 0x3f);
      } else if (unit < 0xd800 || unit > 0xdfff) {
        heap[to++] = 0xe0 | (unit >> 12);
        heap[to++] = 0x80 | ((unit >> 6) & 0x3f);
        heap[to++] = 0x80 | (unit & 0x3f);
      } else {
        at += 1;
        const low = at < length ? value.charCodeAt(at) : 0;
        if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff) return false;
        const point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        heap[to++] = 0xf0 | (point >> 18);
        heap[to++] = 0x80 | ((point >> 12) & 0x3f);
        heap[to++] = 0x80 | ((point >> 6) & 0x3f);
        heap[to++] = 0x80 | (point & 0x3f);
      }
    }
    return this.finish(row, to);
  }

  override advice(value: unknown): string {
    return typeof value === 'string'
      ? 'Return value.toWellFormed(), or cut it at whole characters.'
      : 'Return String(value).';
  }
}

export class JsonEncoder extends StringEncoder {
  override readonly expected = 'JSON as text';

  protected override store(row: number, value: unknown): boolean {
    if (typeof value !== 'string') return false;
    try {
      JSON.parse(value);
    } catch {
      return false;
    }
    return super.store(row, value);
  }

  override advice(value: unknown): string {
    return typeof value === 'string' ? '' : 'Return context.stringifyJson(value).';
  }
}

export class BytesEncoder extends HeapEncoder {
  readonly expected = 'a Uint8Array';

  protected store(row: number, value: unknown): boolean {
    if (!(value instanceof Uint8Array) || !this.reserve(value.length)) return false;
    this.heap.set(value, this.end);
    return this.finish(row, this.end + value.length);
  }
}
