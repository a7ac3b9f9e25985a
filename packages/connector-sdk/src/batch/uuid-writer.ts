import { buffers } from './buffer-pool.ts';
import { asciiText, ColumnWriter, type RowState } from './column-writer.ts';

const UUID = /^\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i;

/** UUIDs in any of the usual spellings. */
export class UuidWriter extends ColumnWriter {
  #view: DataView;

  constructor(state: RowState, index: number, capacity: number) {
    super(state, index, 16, capacity);
    this.#view = new DataView(buffers.take(capacity * 16));
  }

  setText(row: number, bytes: Uint8Array, start: number, end: number): void {
    const text = asciiText(bytes, start, Math.min(end, start + 64));
    if (end - start > 64 || !UUID.test(text)) {
      this.rejectText(bytes, start, end, 'is not a uuid');
      return;
    }
    const digits = text.replace(/[{}-]/g, '');
    // DuckDB stores a UUID as int128 with the top bit flipped, so that signed order is the order of the text.
    this.#view.setUint32(row * 16, Number.parseInt(digits.slice(24, 32), 16), true);
    this.#view.setUint32(row * 16 + 4, Number.parseInt(digits.slice(16, 24), 16), true);
    this.#view.setUint32(row * 16 + 8, Number.parseInt(digits.slice(8, 16), 16), true);
    this.#view.setUint32(row * 16 + 12, (Number.parseInt(digits.slice(0, 8), 16) ^ 0x80000000) >>> 0, true);
  }

  protected takeValues(capacity: number) {
    const values = this.#view.buffer;
    this.#view = new DataView(buffers.take(capacity * 16));
    return { values, heap: null, heapBytes: 0 };
  }
}
