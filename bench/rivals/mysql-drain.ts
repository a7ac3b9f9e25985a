import type { Socket } from 'node:net';

import { createConnection } from 'mysql2';

/** The floor: a query's bytes read from the socket and thrown away. Arguments: connection as JSON, statement. */
const [config = '{}', statement = 'SELECT 1'] = process.argv.slice(2);
const { host, port, user, password, database } = JSON.parse(config) as Record<string, string>;
const connection = createConnection({
  host: host ?? '127.0.0.1',
  port: Number(port),
  user: user ?? '',
  password: password ?? '',
  database: database ?? '',
});
await new Promise<void>((resolve, reject) => {
  connection.once('connect', () => resolve());
  connection.once('error', reject);
});
// The driver's types leave the socket out.
const { stream: socket } = connection as unknown as { stream: Socket };
socket.removeAllListeners('data');
let bytes = 0;
socket.on('data', (data: Buffer) => {
  bytes += data.length;
});
const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
connection.removeAllListeners('error');
connection.on('error', () => {});
// The server answers the query, then reads COM_QUIT and closes: the end of the stream is the end of the rows.
socket.write(packet(0x03, statement));
socket.write(packet(0x01, ''));
await ended;
console.log(`${bytes} bytes`);

function packet(command: number, text: string): Buffer {
  const body = Buffer.concat([Buffer.of(command), Buffer.from(text)]);
  const header = Buffer.alloc(4);
  header.writeUIntLE(body.length, 0, 3);
  return Buffer.concat([header, body]);
}
