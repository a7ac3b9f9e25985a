import type { Batch, ParquetFile } from '@millrace/connector-sdk';

import type { StageWriter } from '../stage/stage-writer.ts';

/** Rows and bytes that are held in memory before a folder is made for them. */
const HELD_ROWS = 65_536;
const HELD_BYTES = 8 * 1024 * 1024;

/**
 * Takes the rows of a load. The first ones are held, in memory or in the file that the source made for us, because most
 * incremental reads find only what is known already: such a table then costs no folder, and no file that must last.
 */
export class StageRows {
  readonly #open: () => Promise<StageWriter>;
  #writer: StageWriter | undefined;
  #held: (Batch | ParquetFile)[] = [];
  #heldRows = 0;
  #heldBytes = 0;

  /** `open` makes the folder and its writer; called once, when rows have to leave memory. */
  constructor(open: () => Promise<StageWriter>) {
    this.#open = open;
  }

  /** The writer, once there is one. */
  get writer(): StageWriter | undefined {
    return this.#writer;
  }

  async add(item: Batch | ParquetFile): Promise<void> {
    if (this.#writer !== undefined) return write(this.#writer, item);
    this.#held.push(item);
    if (item.kind === 'parquet') {
      // The next one could be staged while the source makes it; a file of somebody else may change.
      if (this.#held.length > 1 || !item.isTemporary) await this.open();
      return;
    }
    this.#heldRows += item.rows;
    for (const column of item.columns) this.#heldBytes += column.values.byteLength + column.heapBytes;
    if (this.#heldRows >= HELD_ROWS || this.#heldBytes >= HELD_BYTES) await this.open();
  }

  /** Starts writing, also when there is no row yet. */
  async open(): Promise<StageWriter> {
    if (this.#writer !== undefined) return this.#writer;
    this.#writer = await this.#open();
    const held = this.#held;
    this.#held = [];
    for (const item of held) await write(this.#writer, item);
    return this.#writer;
  }
}

function write(writer: StageWriter, item: Batch | ParquetFile): Promise<void> {
  return item.kind === 'parquet' ? writer.addParquet(item) : writer.append(item);
}
