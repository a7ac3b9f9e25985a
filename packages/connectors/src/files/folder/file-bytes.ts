import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';

import type { Encoding } from '../config.ts';
import { malformed } from '../errors.ts';
import { packingOf } from './file-format.ts';
import type { ListedFile } from './list-files.ts';

const CHUNK_BYTES = 1024 * 1024;
/** Small packed files may expand more: a page of zeros packs to nothing and harms nobody. */
const FREE_BYTES = 16 * 1024 * 1024;

/**
 * The bytes a file had when it was listed, unpacked, in chunks that are valid until the next one is asked for.
 * What was appended since is left for a later load; a file that became shorter is an error.
 */
export async function* fileBytes(
  file: ListedFile,
  maxExpansion: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await open(file.absolutePath, 'r');
  try {
    const packing = packingOf(file.path);
    if (packing === 'none' || file.sizeBytes === 0) {
      yield* packedBytes(handle, file, signal);
      return;
    }
    const unpacker =
      packing === 'gzip'
        ? createGunzip({ chunkSize: CHUNK_BYTES })
        : createZstdDecompress({ chunkSize: CHUNK_BYTES });
    const packed = Readable.from(copies(packedBytes(handle, file, signal)));
    packed.once('error', (error) => unpacker.destroy(error));
    let unpackedBytes = 0;
    for await (const chunk of packed.pipe(unpacker)) {
      unpackedBytes += (chunk as Buffer).length;
      if (unpackedBytes > FREE_BYTES && unpackedBytes > file.sizeBytes * maxExpansion) {
        throw malformed(
          file.path,
          `it expands to more than ${maxExpansion} times its size`,
          'If that is right, raise maxExpansion of the connection.',
        );
      }
      yield chunk as Buffer;
    }
  } finally {
    await handle.close();
  }
}

async function* packedBytes(
  handle: FileHandle,
  file: ListedFile,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, Math.max(1, file.sizeBytes)));
  let position = 0;
  while (position < file.sizeBytes) {
    signal.throwIfAborted();
    const length = Math.min(buffer.length, file.sizeBytes - position);
    const { bytesRead } = await handle.read(buffer, 0, length, position);
    if (bytesRead === 0) {
      throw malformed(
        file.path,
        `it became shorter while it was read (${position} of ${file.sizeBytes} bytes)`,
        'Let the writer finish, or write under another name and rename; then run again.',
      );
    }
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Streams keep what they are given. */
async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

/** The same bytes in UTF-8 without a byte order mark. A mark in the file decides between the encodings of Unicode. */
export async function* toUtf8(
  chunks: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let decode: ((chunk: Uint8Array) => Uint8Array) | undefined;
  let finish = (): Uint8Array => new Uint8Array(0);
  try {
    for await (const chunk of chunks) {
      let rest = chunk;
      if (decode === undefined) {
        const mark = markOf(chunk);
        rest = chunk.subarray(mark?.length ?? 0);
        const actual = mark?.encoding ?? encoding;
        if (actual === 'utf-8') {
          decode = (bytes) => bytes;
        } else if (actual === 'latin1') {
          decode = (bytes) => Buffer.from(Buffer.from(bytes).toString('latin1'), 'utf8');
        } else {
          const decoder = new TextDecoder(actual, { fatal: true, ignoreBOM: true });
          decode = (bytes) => Buffer.from(decoder.decode(bytes, { stream: true }), 'utf8');
          finish = () => Buffer.from(decoder.decode(), 'utf8');
        }
      }
      yield decode(rest);
    }
    const last = finish();
    if (last.length > 0) yield last;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw malformed(
      path,
      `it is not valid ${encoding}`,
      'Set the encoding of the dialect to the one it is written in.',
    );
  }
}

function markOf(start: Uint8Array): { readonly encoding: Encoding; readonly length: number } | undefined {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return { encoding: 'utf-8', length: 3 };
  if (start[0] === 0xff && start[1] === 0xfe) return { encoding: 'utf-16le', length: 2 };
  if (start[0] === 0xfe && start[1] === 0xff) return { encoding: 'utf-16be', length: 2 };
  return undefined;
}

/** The first bytes of a file, for detection. */
export async function sampleBytes(
  file: ListedFile,
  encoding: Encoding,
  maxBytes: number,
  maxExpansion: number,
  signal: AbortSignal,
): Promise<{ readonly bytes: Buffer; readonly isWhole: boolean }> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of toUtf8(fileBytes(file, maxExpansion, signal), encoding, file.path)) {
    parts.push(Buffer.from(chunk));
    length += chunk.length;
    if (length >= maxBytes) return { bytes: Buffer.concat(parts), isWhole: false };
  }
  return { bytes: Buffer.concat(parts), isWhole: true };
}
