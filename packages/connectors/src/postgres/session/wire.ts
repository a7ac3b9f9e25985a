import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Takes the bytes of the server while an exchange bypasses the driver. */
export interface ByteReceiver {
  /** The first `length` bytes of `buffer`, which is overwritten after the call. False asks for a pause. */
  receive(buffer: Buffer, length: number): boolean;
  /** The connection is gone; nothing more arrives. */
  ended(cause: Error | undefined): void;
}

const RECEIVE_BYTES = 256 * 1024;

/**
 * The socket of a connection, whose bytes go to the driver, or to a receiver of ours while one is attached.
 *
 * A plain socket reads into one buffer that is used again for each read (a quarter of the client's time on a fast
 * connection); TLS gives a new buffer per record.
 */
export class Wire {
  #receiver: ByteReceiver | undefined;
  readonly #plainSocket: Socket | undefined;
  #tlsStream: Duplex | undefined;
  #driverListeners: ((chunk: Buffer) => void)[] = [];

  constructor(isEncrypted: boolean) {
    if (isEncrypted) return;
    const buffer = Buffer.allocUnsafeSlow(RECEIVE_BYTES);
    const socket: Socket = new Socket({
      onread: {
        buffer,
        callback: (length: number) => {
          if (this.#receiver !== undefined) return this.#receiver.receive(buffer, length);
          socket.emit('data', Buffer.from(buffer.subarray(0, length)));
          return true;
        },
      },
    });
    this.#plainSocket = socket;
  }

  /** What the driver shall use as its stream; it wraps it itself for TLS. */
  readonly createStream = (): Duplex => this.#plainSocket ?? new Socket();

  /** The stream the driver ended up with, once it is connected. */
  connected(stream: Duplex): void {
    if (this.#plainSocket === undefined) this.#tlsStream = stream;
  }

  get stream(): Duplex {
    const stream = this.#plainSocket ?? this.#tlsStream;
    if (stream === undefined) throw new TypeError('The wire is not connected.');
    return stream;
  }

  /** From now on bytes go to the receiver. The driver must be idle. */
  attach(receiver: ByteReceiver): void {
    this.#receiver = receiver;
    const stream = this.stream;
    stream.on('error', this.#onError);
    stream.on('close', this.#onClose);
    stream.on('end', this.#onClose);
    if (this.#tlsStream === undefined) return;
    this.#driverListeners = stream.listeners('data') as ((chunk: Buffer) => void)[];
    stream.removeAllListeners('data');
    stream.on('data', this.#onData);
  }

  detach(): void {
    const stream = this.stream;
    stream.off('error', this.#onError);
    stream.off('close', this.#onClose);
    stream.off('end', this.#onClose);
    this.#receiver = undefined;
    if (this.#tlsStream === undefined) return;
    stream.off('data', this.#onData);
    for (const listener of this.#driverListeners) stream.on('data', listener);
    stream.resume();
  }

  resume(): void {
    this.stream.resume();
  }

  write(bytes: Uint8Array): void {
    this.stream.write(bytes);
  }

  /** Resolves when the operating system has taken all of it, so that the buffers can be used again; or the connection is gone. */
  writeAll(pieces: Iterable<Uint8Array>): Promise<void> {
    const { stream } = this;
    return new Promise((resolve) => {
      stream.cork();
      for (const piece of pieces) stream.write(piece);
      stream.write('', () => resolve());
      stream.uncork();
    });
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#receiver?.receive(chunk, chunk.length) === false) this.stream.pause();
  };

  readonly #onError = (error: Error): void => this.#receiver?.ended(error);

  readonly #onClose = (): void => this.#receiver?.ended(undefined);
}
