import type { Socket } from 'node:net';

import pg from 'pg';

/** The floor: the bytes of a COPY read from the socket and thrown away. Arguments: connection as JSON, statement. */
const [config = '{}', statement = 'SELECT 1'] = process.argv.slice(2);
const client = new pg.Client(JSON.parse(config) as pg.ClientConfig);
await client.connect();
const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
const before = stream.bytesRead;
const listeners = stream.listeners('data');
stream.removeAllListeners('data');
let tail: Buffer = Buffer.alloc(0);
const ended = new Promise<void>((resolve) => {
  stream.on('data', (data: Buffer) => {
    tail = data.length >= 64 ? data.subarray(-64) : Buffer.concat([tail, data]).subarray(-64);
    // ReadyForQuery, idle: the last message of the answer.
    if (tail.subarray(-6).equals(Buffer.from([0x5a, 0, 0, 0, 5, 0x49]))) resolve();
  });
});
const query = Buffer.from(`COPY (${statement}) TO STDOUT\0`);
const header = Buffer.alloc(5);
header.write('Q');
header.writeInt32BE(query.length + 4, 1);
stream.write(Buffer.concat([header, query]));
await ended;
console.log(`${stream.bytesRead - before} bytes`);
stream.removeAllListeners('data');
for (const listener of listeners) stream.on('data', listener as (data: Buffer) => void);
await client.end();
