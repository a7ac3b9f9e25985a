import type { Socket } from 'node:net';

import type { ChunkReceiver } from './chunk-receiver.ts';
import { CONTINUED_LENGTH, type PacketReader } from './packet-reader.ts';

/** LOAD DATA's packets must fit the smallest usual max_allowed_packet. */
const LOAD_PACKET_BYTES = 1024 * 1024;

/** A payload as packets, headers and parts in turn. */
export function packetsOf(payload: Uint8Array, firstSequence: number): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let start = 0;
  let sequence = firstSequence;
  for (;;) {
    const part = payload.subarray(start, start + CONTINUED_LENGTH);
    packets.push(packetHeader(part.length, sequence), part);
    start += part.length;
    sequence = (sequence + 1) & 0xff;
    if (part.length < CONTINUED_LENGTH) return packets;
  }
}

function packetHeader(length: number, sequence: number): Uint8Array {
  return Uint8Array.of(length & 0xff, (length >> 8) & 0xff, length >> 16, sequence);
}

/** Sends what LOAD DATA LOCAL asked for, no faster than the server takes it. */
export async function sendLocalFile(
  socket: Socket,
  reader: PacketReader,
  receiver: ChunkReceiver,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const sendPacket = async (payload: Uint8Array): Promise<void> => {
    if (receiver.hasFailed) await receiver.receive();
    const isFlushed = socket.write(packetHeader(payload.length, reader.sequence));
    // The owner of the chunk may reuse it at once.
    const isTaken = payload.length === 0 ? isFlushed : socket.write(Uint8Array.from(payload));
    reader.sequence = (reader.sequence + 1) & 0xff;
    if (!isTaken) await drained(socket, receiver);
  };
  try {
    for await (const chunk of chunks) {
      for (let start = 0; start < chunk.length; start += LOAD_PACKET_BYTES) {
        await sendPacket(chunk.subarray(start, start + LOAD_PACKET_BYTES));
      }
    }
  } catch (error) {
    // An empty packet would tell the server that the file is complete; only cutting the line says that it is not.
    receiver.fail(error);
    throw error;
  }
  await sendPacket(new Uint8Array(0));
}

function drained(socket: Socket, receiver: ChunkReceiver): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      socket.removeListener('drain', settle);
      socket.removeListener('close', settle);
      if (receiver.hasFailed) receiver.receive().then(() => resolve(), reject);
      else resolve();
    };
    socket.on('drain', settle);
    socket.on('close', settle);
  });
}
