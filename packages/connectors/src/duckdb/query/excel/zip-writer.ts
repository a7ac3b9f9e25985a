import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';

interface WrittenEntry {
  readonly name: Buffer;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  readonly offset: number;
}

/** Sizes follow the data, because they are not known before; names are UTF-8. */
const FLAGS = 0x0808;
const DEFLATE = 8;
const VERSION = 20;
/** 1 January 1980: the same content is the same file. */
const DAY = 0x21;
/** Without the extension for 64 bits. */
const MAX_BYTES = 0xffff_ffff;

/** Writes a ZIP file entry by entry, whose contents are never held as a whole. */
export class ZipWriter {
  readonly #stream: WriteStream;
  readonly #entries: WrittenEntry[] = [];
  #offset = 0;

  constructor(path: string) {
    this.#stream = createWriteStream(path);
  }

  async add(name: string, content: AsyncIterable<string> | Iterable<string>): Promise<void> {
    const offset = this.#offset;
    const bytes = Buffer.from(name);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x0403_4b50, 0);
    head.writeUInt16LE(VERSION, 4);
    head.writeUInt16LE(FLAGS, 6);
    head.writeUInt16LE(DEFLATE, 8);
    head.writeUInt16LE(DAY, 12);
    head.writeUInt16LE(bytes.length, 26);
    await this.#write(head);
    await this.#write(bytes);
    const deflate = createDeflateRaw();
    let compressed = 0;
    const stored = (async () => {
      for await (const chunk of deflate as AsyncIterable<Buffer>) {
        compressed += chunk.length;
        await this.#write(chunk);
      }
    })();
    let crc = 0;
    let size = 0;
    try {
      for await (const text of content) {
        const chunk = Buffer.from(text);
        crc = crc32(chunk, crc);
        size += chunk.length;
        if (!deflate.write(chunk)) await once(deflate, 'drain');
      }
      deflate.end();
      await stored;
    } catch (error) {
      deflate.destroy();
      await stored.catch(() => undefined);
      throw error;
    }
    if (size > MAX_BYTES || this.#offset > MAX_BYTES)
      throw new RangeError(`${name} is larger than a ZIP file of 32 bits can hold.`);
    const tail = Buffer.alloc(16);
    tail.writeUInt32LE(0x0807_4b50, 0);
    tail.writeUInt32LE(crc, 4);
    tail.writeUInt32LE(compressed, 8);
    tail.writeUInt32LE(size, 12);
    await this.#write(tail);
    this.#entries.push({ name: bytes, crc, compressed, size, offset });
  }

  /** Writes the list of entries; before that it is no ZIP file. */
  async end(): Promise<void> {
    const start = this.#offset;
    for (const { name, crc, compressed, size, offset } of this.#entries) {
      const head = Buffer.alloc(46);
      head.writeUInt32LE(0x0201_4b50, 0);
      head.writeUInt16LE(VERSION, 4);
      head.writeUInt16LE(VERSION, 6);
      head.writeUInt16LE(FLAGS, 8);
      head.writeUInt16LE(DEFLATE, 10);
      head.writeUInt16LE(DAY, 14);
      head.writeUInt32LE(crc, 16);
      head.writeUInt32LE(compressed, 20);
      head.writeUInt32LE(size, 24);
      head.writeUInt16LE(name.length, 28);
      head.writeUInt32LE(offset, 42);
      await this.#write(head);
      await this.#write(name);
    }
    const tail = Buffer.alloc(22);
    tail.writeUInt32LE(0x0605_4b50, 0);
    tail.writeUInt16LE(this.#entries.length, 8);
    tail.writeUInt16LE(this.#entries.length, 10);
    tail.writeUInt32LE(this.#offset - start, 12);
    tail.writeUInt32LE(start, 16);
    await this.#write(tail);
    this.#stream.end();
    await finished(this.#stream);
  }

  /** Closes the file as it stands. */
  destroy(): void {
    this.#stream.destroy();
  }

  async #write(bytes: Buffer): Promise<void> {
    this.#offset += bytes.length;
    if (!this.#stream.write(bytes)) await once(this.#stream, 'drain');
  }
}
