import { describe, expect, it } from 'vitest';

import type { SourceTable } from '@millrace/spec';

import {
  type Answer,
  errorPacket,
  type FakeServer,
  headPackets,
  okPacket,
  packet,
  rowPacket,
  rowsAnswer,
  startFakeServer,
} from '../harness/fake-server.ts';
import { MysqlSource } from '../source.ts';

const never = new AbortController().signal;

const table: SourceTable = {
  table: { schema: 's', name: 't' },
  kind: 'table',
  fields: [{ name: 'a', type: { kind: 'string' }, nullable: true, nativeType: 'text' }],
  key: [],
  indexedColumns: [],
  estimatedRows: null,
  estimatedBytes: null,
  cursorCandidates: [],
  notes: [],
};

/** Reads from a server that answers the SELECT of the rows with these bytes. */
async function readFrom(
  bytes: Uint8Array,
  then?: (server: FakeServer) => void,
  isClosed = false,
): Promise<unknown> {
  const answer: Answer = (sql, socket) => {
    if (!sql.startsWith('SELECT `a`')) return undefined;
    if (isClosed) {
      socket.end(bytes);
      return new Uint8Array(0);
    }
    return bytes;
  };
  await using server = await startFakeServer(answer);
  await using source = new MysqlSource(server.config);
  try {
    const request = { table, fields: table.fields, cursor: null, position: null, scratchFolder: '' };
    let rows = 0;
    for await (const batch of source.read(request, never)) rows += batch.rows;
    return `ended with ${rows} rows`;
  } catch (error) {
    return error;
  } finally {
    then?.(server);
  }
}

describe('a server that does not keep to the protocol', () => {
  it('is read when it does', async () => {
    expect(await readFrom(rowsAnswer('x'))).toBe('ended with 1 rows');
  });

  it('asks for a local file and gets nothing', async () => {
    const request = packet(1, Buffer.concat([Buffer.from([0xfb]), Buffer.from('/etc/passwd')]));
    const error = await readFrom(request, (server) => expect(server.otherPackets).toEqual([]));
    expect(error).toMatchObject({ code: 'protocolViolation', blame: 'source' });
  });

  it('sends another number of columns', async () => {
    expect(await readFrom(rowsAnswer('x', 'y'))).toMatchObject({ code: 'protocolViolation' });
    expect(await readFrom(okPacket())).toMatchObject({ code: 'protocolViolation' });
  });

  it.each([
    ['a cell longer than its row', Buffer.from([200, 65])],
    ['an 8-byte length beyond all memory', Buffer.from([254, 255, 255, 255, 255, 255, 255, 255, 255, 65])],
    ['a 3-byte length without its bytes', Buffer.from([253, 1])],
    ['more cells than columns', Buffer.from([1, 65, 1, 65])],
    ['fewer cells than columns', Buffer.alloc(0)],
  ])('sends %s', async (_, payload) => {
    const bytes = Buffer.concat([headPackets(1), packet(4, payload), Buffer.alloc(64)]);
    expect(await readFrom(bytes)).toMatchObject({ code: 'protocolViolation' });
  });

  it('skips a packet', async () => {
    expect(
      await readFrom(Buffer.concat([headPackets(1), rowPacket(4, 'x'), rowPacket(6, 'y')])),
    ).toMatchObject({
      code: 'protocolViolation',
    });
  });

  it('closes in the middle of the rows', async () => {
    const rows = Buffer.concat([headPackets(1), rowPacket(4, 'x')]);
    expect(await readFrom(rows, undefined, true)).toMatchObject({ code: 'connectionLost', retry: 'backoff' });
    const half = Buffer.concat([rows, rowPacket(5, 'yyyy').subarray(0, 6)]);
    expect(await readFrom(half, undefined, true)).toMatchObject({ code: 'connectionLost' });
  });

  it('announces a row of 16 MiB and goes silent', async () => {
    const before = process.memoryUsage().rss;
    const bytes = Buffer.concat([headPackets(1), Buffer.from([0xff, 0xff, 0xff, 4, 65])]);
    expect(await readFrom(bytes)).toMatchObject({ code: 'connectionTimeout', retry: 'backoff' });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  it('is killed in the middle of the rows', async () => {
    const bytes = Buffer.concat([
      headPackets(1),
      rowPacket(4, 'x'),
      errorPacket(5, 1317, 'Query execution was interrupted'),
    ]);
    expect(await readFrom(bytes)).toMatchObject({ code: 'queryKilled', retry: 'backoff' });
  });

  it('sends a terminal escape in an error text', async () => {
    const error = await readFrom(errorPacket(1, 1146, '\u001b[2J\nx'));
    expect(error).toMatchObject({ code: 'tableMissing' });
    expect(String(error)).not.toMatch(/\u001b|\n/);
  });
});

it('reads cells and rows of every length form, across chunks', async () => {
  const sizes = [0, 250, 251, 252, 65_535, 65_536, 0xffffff - 4, 0xffffff - 3, 0xffffff, 0x1000000 + 5];
  const parts: Buffer[] = [headPackets(1)];
  let sequence = 4;
  for (const size of sizes) {
    const length =
      size < 251
        ? Buffer.from([size])
        : size < 65_536
          ? Buffer.from([252, size & 255, size >> 8])
          : size < 0x1000000
            ? Buffer.from([253, size & 255, (size >> 8) & 255, size >> 16])
            : Buffer.from([254, size & 255, (size >> 8) & 255, (size >> 16) & 255, size >> 24, 0, 0, 0, 0]);
    const payload = Buffer.concat([length, Buffer.alloc(size, 'x')]);
    for (let start = 0; ; start += 0xffffff) {
      const part = payload.subarray(start, start + 0xffffff);
      parts.push(packet(sequence++ & 255, part));
      if (part.length < 0xffffff) break;
    }
  }
  parts.push(packet(sequence & 255, Buffer.from([0xfe, 0, 0, 2, 0])));
  expect(await readFrom(Buffer.concat(parts))).toBe(`ended with ${sizes.length} rows`);
});
