import { type Batch, valueWidth } from '@millrace/connector-sdk';
import type { LogicalType } from '@millrace/spec';

import { hasNegativeZero } from './negative-zero.ts';
import type { RowEncoder } from './row-encoder.ts';

/** Rows of a load that become one file. */
export class Part {
  readonly batches: Batch[] = [];
  rows = 0;
  /** Of the buffers in memory. */
  sizeBytes = 0;
  /** Of them in long values. */
  heapBytes = 0;
  hasNegativeZero = false;
  readonly #types: readonly LogicalType[];
  /** Bytes of a row outside of the heaps. */
  readonly #rowWidth: number;
  #encoder: RowEncoder | undefined;
  #chunks: Uint8Array[] = [];

  constructor(types: readonly LogicalType[], encoder: RowEncoder | undefined) {
    this.#types = types;
    this.#rowWidth = types.reduce((width, type) => width + valueWidth(type), 0);
    this.#encoder = encoder;
  }

  /** All rows as the destination's bytes; undefined when they have to come from the file. */
  get encoded(): readonly Uint8Array[] | undefined {
    return this.#encoder === undefined ? undefined : this.#chunks;
  }

  add(batch: Batch): void {
    this.batches.push(batch);
    this.rows += batch.rows;
    this.hasNegativeZero ||= hasNegativeZero(batch, this.#types);
    for (const column of batch.columns) this.heapBytes += column.heapBytes;
    this.sizeBytes = this.rows * this.#rowWidth + this.heapBytes;
    this.#encode(batch);
  }

  #encode(batch: Batch): void {
    const chunk = this.#encoder?.encode(batch);
    if (chunk !== undefined) {
      this.#chunks.push(chunk);
    } else {
      this.#encoder = undefined;
      this.#chunks = [];
    }
  }
}
