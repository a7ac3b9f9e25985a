import type { Socket } from 'node:net';
import { deserialize, serialize } from 'node:v8';

const MAX_MESSAGE_BYTES = 1024 ** 3;

/** Sends one message; waits when the other side does not read as fast. */
export async function sendMessage(socket: Socket, message: unknown): Promise<void> {
  if (socket.destroyed) return;
  const body = serialize(message);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(body.length);
  socket.cork();
  socket.write(head);
  const hasRoom = socket.write(body);
  socket.uncork();
  if (hasRoom) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.once('drain', done);
    socket.once('close', done);
  });
}

/** Calls `receive` for each whole message. Both ends are the same program, so a message is what its sender says it is. */
export function receiveMessages<Message>(socket: Socket, receive: (message: Message) => void): void {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted: number | undefined;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    held += chunk.length;
    for (;;) {
      const needed = wanted ?? 4;
      if (held < needed) return;
      const whole = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      const part = whole.subarray(0, needed);
      chunks = [whole.subarray(needed)];
      held -= needed;
      if (wanted === undefined) {
        wanted = part.readUInt32LE();
        if (wanted > MAX_MESSAGE_BYTES) {
          socket.destroy(new RangeError(`A message of ${wanted} bytes is too long.`));
          return;
        }
      } else {
        wanted = undefined;
        receive(deserialize(part) as Message);
      }
    }
  });
}
