/** What crosses a pipe to or from the sandbox: a small JSON header, and buffers as they are. */
export interface Frame {
  readonly header: unknown;
  readonly buffers: readonly ArrayBuffer[];
}

interface Envelope {
  readonly header: unknown;
  readonly lengths: readonly number[];
}

const MAX_ENVELOPE_BYTES = 64 * 1024 * 1024;

/** The frame's bytes in parts that need no further copy: length of the envelope, envelope, buffers. */
export function encodeFrame(frame: Frame): Uint8Array[] {
  const envelope: Envelope = {
    header: frame.header,
    lengths: frame.buffers.map((buffer) => buffer.byteLength),
  };
  const text = Buffer.from(JSON.stringify(envelope));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return [length, text, ...frame.buffers.map((buffer) => new Uint8Array(buffer))];
}

/** The length of the envelope that follows. */
export function envelopeLength(head: Uint8Array): number {
  const length = new DataView(head.buffer, head.byteOffset, 4).getUint32(0, true);
  if (length > MAX_ENVELOPE_BYTES) throw new RangeError(`A frame's header of ${length} bytes is too long.`);
  return length;
}

/** The header, and buffers of the announced lengths to be filled. Throws a RangeError when they exceed `maxBytes`. */
export function openEnvelope(
  bytes: Uint8Array,
  maxBytes: number,
): { header: unknown; buffers: ArrayBuffer[] } {
  const { header, lengths } = JSON.parse(Buffer.from(bytes).toString()) as Envelope;
  if (!Array.isArray(lengths)) throw new RangeError('A frame announces no buffers.');
  let total = 0;
  for (const length of lengths) {
    if (!Number.isSafeInteger(length) || length < 0) throw new RangeError('A frame announces no lengths.');
    total += length;
  }
  if (total > maxBytes)
    throw new RangeError(`A frame of ${total} bytes is more than the ${maxBytes} allowed.`);
  return { header, buffers: lengths.map((length) => new ArrayBuffer(length)) };
}

/** The frames of a stream; ends with it, and throws a RangeError when it ends inside of a frame. */
export async function* readFrames(stream: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Frame> {
  const chunks = stream[Symbol.asyncIterator]();
  let chunk: Uint8Array = new Uint8Array(0);
  async function fill(target: Uint8Array): Promise<boolean> {
    let filled = 0;
    while (filled < target.length) {
      if (chunk.length === 0) {
        const next = await chunks.next();
        if (next.done === true) {
          if (filled > 0) throw new RangeError('The stream ended inside of a frame.');
          return false;
        }
        chunk = next.value;
      }
      const part = chunk.subarray(0, target.length - filled);
      target.set(part, filled);
      filled += part.length;
      chunk = chunk.subarray(part.length);
    }
    return true;
  }
  for (;;) {
    const head = new Uint8Array(4);
    if (!(await fill(head))) return;
    const text = new Uint8Array(envelopeLength(head));
    if (!(await fill(text))) throw new RangeError('The stream ended inside of a frame.');
    const { header, buffers } = openEnvelope(text, maxBytes);
    for (const buffer of buffers) {
      const target = new Uint8Array(buffer);
      if (target.length > 0 && !(await fill(target))) {
        throw new RangeError('The stream ended inside of a frame.');
      }
    }
    yield { header, buffers };
  }
}
