import type { BatchBuilder } from '@millrace/connector-sdk';

import type { MysqlConnection } from '../protocol/connection.ts';
import { CONTINUED_LENGTH, MAX_ROW_BYTES, type Payload } from '../protocol/packet-reader.ts';
import { isEndOfRows, isError } from '../protocol/payload.ts';
import { rawCells, type RowDecoder } from './row-decoder.ts';

/** Decodes the rows of one answer into a builder, straight from the socket's chunks. */
export class RowLoop {
  rowsSent = 0;
  readonly #connection: MysqlConnection;
  readonly #builder: BatchBuilder;
  readonly #decode: RowDecoder;
  readonly #cells: () => (Uint8Array | null)[];
  #rowBytes: Uint8Array = new Uint8Array(0);
  #rowStart = 0;

  constructor(connection: MysqlConnection, builder: BatchBuilder, decode: RowDecoder) {
    this.#connection = connection;
    this.#builder = builder;
    this.#decode = decode;
    this.#cells = () => rawCells(this.#rowBytes, this.#rowStart, builder.columns.length);
  }

  /** Decodes until the builder is full (`full`) or the server has said that there are no more rows (`ended`). */
  async fill(): Promise<'full' | 'ended'> {
    for (;;) {
      this.#decodeChunk();
      if (this.#builder.isFull) return 'full';
      // What is left of the chunk is not a whole row, or not a row.
      const payload = await this.#connection.reader.next(MAX_ROW_BYTES);
      if (isError(payload)) throw this.#connection.refusal(payload);
      if (isEndOfRows(payload)) {
        this.#connection.endAnswer();
        return 'ended';
      }
      this.#decodeRow(payload);
      if (this.#builder.isFull) return 'full';
    }
  }

  #decodeRow({ bytes, start, end }: Payload): void {
    this.#rowBytes = bytes;
    this.#rowStart = start;
    if (this.#decode(this.#builder, bytes, start, end) !== end)
      throw this.#connection.violation('a row that does not fill its packet');
    this.#builder.endRow(this.#cells);
    this.rowsSent += 1;
  }

  /** The rows that lie whole in the chunk. */
  #decodeChunk(): void {
    const { reader } = this.#connection;
    const builder = this.#builder;
    const decode = this.#decode;
    const cells = this.#cells;
    const bytes = reader.chunk;
    const limit = bytes.length;
    let at = reader.position;
    let sequence = reader.sequence;
    this.#rowBytes = bytes;
    while (at + 4 < limit) {
      const length =
        (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
      const start = at + 4;
      const end = start + length;
      if (end > limit || length === CONTINUED_LENGTH) break;
      const marker = bytes[start] as number;
      if (marker >= 0xfe && (marker === 0xff || length < 9)) break;
      if (bytes[at + 3] !== sequence) break;
      sequence = (sequence + 1) & 0xff;
      this.#rowStart = start;
      if (decode(builder, bytes, start, end) !== end)
        throw this.#connection.violation('a row that does not fill its packet');
      builder.endRow(cells);
      this.rowsSent += 1;
      at = end;
      if (builder.isFull) break;
    }
    reader.position = at;
    reader.sequence = sequence;
  }
}
