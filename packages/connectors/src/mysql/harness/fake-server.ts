import { type AddressInfo, createServer, type Socket } from 'node:net';

import { type MysqlConfig, mysqlConfig } from '../config.ts';

/** What a broken or hostile server sends back for a statement; undefined gives the honest answer. */
export type Answer = (sql: string, socket: Socket) => Uint8Array | undefined;

export interface FakeServer extends AsyncDisposable {
  readonly config: MysqlConfig;
  /** Statements it was sent. */
  readonly statements: readonly string[];
  /** Packets that were no statements: what a client answers to a request for a file. */
  readonly otherPackets: readonly Buffer[];
}

export function packet(sequence: number, payload: Uint8Array): Buffer {
  const header = Buffer.from([0, 0, 0, sequence]);
  header.writeUIntLE(payload.length, 0, 3);
  return Buffer.concat([header, payload]);
}

const lengthEncodedText = (text: string): Buffer =>
  Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);

export const okPacket = (sequence = 1): Buffer => packet(sequence, Buffer.from([0, 0, 0, 2, 0, 0, 0]));
export const endPacket = (sequence: number): Buffer => packet(sequence, Buffer.from([0xfe, 0, 0, 2, 0]));
export const errorPacket = (sequence: number, errno: number, text: string): Buffer =>
  packet(
    sequence,
    Buffer.concat([Buffer.from([0xff, errno & 0xff, errno >> 8]), Buffer.from(`#HY000${text}`)]),
  );

/** Column count, definitions and their end; the next packet has sequence `columns + 3`. */
export function headPackets(columns: number): Buffer {
  const definitions = Array.from({ length: columns }, (_, index) =>
    packet(index + 2, lengthEncodedText('def')),
  );
  return Buffer.concat([packet(1, Buffer.from([columns])), ...definitions, endPacket(columns + 2)]);
}

export const rowPacket = (sequence: number, ...cells: readonly string[]): Buffer =>
  packet(sequence, Buffer.concat(cells.map(lengthEncodedText)));

/** A whole answer with one row. */
export function rowsAnswer(...cells: readonly string[]): Buffer {
  const next = cells.length + 3;
  return Buffer.concat([headPackets(cells.length), rowPacket(next, ...cells), endPacket(next + 1)]);
}

function honestAnswer(sql: string): Buffer {
  if (sql.includes('@@server_uuid')) return rowsAnswer('9.0.0', 'fake-uuid');
  if (sql.includes('gtid_executed')) return rowsAnswer('gtidExecuted', '');
  return okPacket();
}

/** Speaks just enough of the protocol to be logged in to; `answer` decides about the rest. */
export async function startFakeServer(
  answer: Answer,
  greeting: Buffer = greetingPacket(),
): Promise<FakeServer> {
  const statements: string[] = [];
  const otherPackets: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.write(greeting);
    let isLoggedIn = false;
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4 && received.length >= 4 + received.readUIntLE(0, 3)) {
        const payload = received.subarray(4, 4 + received.readUIntLE(0, 3));
        received = received.subarray(4 + payload.length);
        if (!isLoggedIn) {
          isLoggedIn = true;
          socket.write(okPacket(2));
        } else if (payload[0] === 3) {
          const sql = payload.toString('utf8', 1);
          statements.push(sql);
          socket.write(answer(sql, socket) ?? honestAnswer(sql));
        } else {
          otherPackets.push(Buffer.from(payload));
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    config: mysqlConfig.parse({
      host: '127.0.0.1',
      port,
      user: 'fake',
      connectTimeoutSeconds: 2,
      readTimeoutSeconds: 1,
    }),
    statements,
    otherPackets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The greeting of a server without TLS. */
export function greetingPacket(plugin = 'mysql_native_password'): Buffer {
  const capabilities = 0x81ff_f7ff & ~0x800;
  const low = Buffer.alloc(2);
  low.writeUInt16LE(capabilities & 0xffff);
  const high = Buffer.alloc(2);
  high.writeUInt16LE(capabilities >>> 16);
  return packet(
    0,
    Buffer.concat([
      Buffer.from([10]),
      Buffer.from('9.0.0\0'),
      Buffer.from([7, 0, 0, 0]),
      Buffer.from('12345678\0'),
      low,
      Buffer.from([45, 2, 0]),
      high,
      Buffer.from([21]),
      Buffer.alloc(10),
      Buffer.from('123456789012\0'),
      Buffer.from(`${plugin}\0`),
    ]),
  );
}
