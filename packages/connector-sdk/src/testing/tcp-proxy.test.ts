import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from './random.ts';
import { startTcpProxy } from './tcp-proxy.ts';
import type { TcpProxy } from './tcp-proxy.ts';

let echo: Server;
let proxy: TcpProxy;
let served: Buffer;

beforeAll(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      served = Buffer.concat([served, chunk]);
      socket.write(chunk);
    });
    socket.on('end', () => socket.end());
  });
  await new Promise<void>((resolve) => {
    echo.listen(0, '127.0.0.1', resolve);
  });
});
afterAll(() => echo.close());
beforeEach(async () => {
  served = Buffer.alloc(0);
  const { port } = echo.address() as AddressInfo;
  proxy = await startTcpProxy({ host: '127.0.0.1', port, isRecording: true });
});
afterEach(() => proxy.close());

/** What a client received, and how its connection ended. */
async function client(): Promise<{ socket: Socket; text: () => string; ending: Promise<string> }> {
  const socket = connect(proxy.port, proxy.host);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  const ending = new Promise<string>((resolve) => {
    socket.once('end', () => resolve('end'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
  });
  await once(socket, 'connect');
  return { socket, text: () => text, ending };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(2);
}

describe('a proxy without a fault', () => {
  it('forwards every byte both ways, passes the end on and counts', async () => {
    const sent = Buffer.from(seededRandom(7).bytes(3_000_000));
    const socket = connect(proxy.port, proxy.host);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.end(sent);
    await once(socket, 'end');
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
    expect(proxy.received).toEqual({ fromClient: sent.length, fromServer: sent.length });
    expect(proxy.recording('fromClient').equals(sent)).toBe(true);
    await until(() => proxy.openConnections === 0);
  });
});

describe('a break at a byte offset', () => {
  it.each(['fromClient', 'fromServer'] as const)(
    'cuts after exactly that many bytes %s',
    async (direction) => {
      proxy.arm({ kind: 'breakAt', how: 'cut', direction, offset: 5 });
      const { socket, text, ending } = await client();
      socket.write('abcdefgh');
      expect(await ending).toBe('end');
      if (direction === 'fromServer') expect(text()).toBe('abcde');
      else await until(() => served.toString() === 'abcde');
      await setTimeout(20);
      expect(Math.min(text().length, served.length)).toBeLessThanOrEqual(5);
      expect(proxy.firedFaults).toBe(1);
    },
  );

  it('resets when it is told to', async () => {
    proxy.arm({ kind: 'breakAt', how: 'reset', direction: 'fromServer', offset: 5 });
    const { socket, ending } = await client();
    socket.write('abcdefgh');
    expect(await ending).toBe('ECONNRESET');
  });

  it('goes silent but stays open when half-open', async () => {
    proxy.arm({ kind: 'breakAt', how: 'halfOpen', direction: 'fromServer', offset: 5 });
    const { socket, text, ending } = await client();
    socket.write('abcdefgh');
    await until(() => text() === 'abcde');
    socket.write('more');
    expect(await Promise.race([ending, setTimeout(100, 'still open')])).toBe('still open');
    expect(text()).toBe('abcde');
    expect(served.toString()).toBe('abcdefgh');
    socket.destroy();
  });

  it('hits as many connections as it was told to', async () => {
    proxy.arm({ kind: 'breakAt', how: 'cut', direction: 'fromServer', offset: 1 }, { times: 1 });
    const first = await client();
    first.socket.write('abc');
    expect(await first.ending).toBe('end');
    const second = await client();
    second.socket.write('abc');
    await until(() => second.text() === 'abc');
    second.socket.destroy();
  });
});

describe('a dropped reply', () => {
  it('lets the server receive the request and the client see no answer, even when the request comes in pieces', async () => {
    proxy.arm({ kind: 'dropReply', how: 'reset', after: 'COMMIT' });
    const { socket, text, ending } = await client();
    socket.write('BEGIN;');
    await until(() => text() === 'BEGIN;');
    socket.setNoDelay(true);
    socket.write('COM');
    await until(() => text() === 'BEGIN;COM');
    socket.write('MIT;');
    expect(await ending).toBe('ECONNRESET');
    expect(text()).toBe('BEGIN;COM');
    expect(served.toString()).toBe('BEGIN;COMMIT;');
    expect(proxy.firedFaults).toBe(1);
  });
});

describe('a slow network', () => {
  it('delivers later by the latency', async () => {
    proxy.arm({ kind: 'latency', latencyMs: 60 });
    const { socket, text } = await client();
    const started = performance.now();
    socket.write('abc');
    await until(() => text() === 'abc');
    expect(performance.now() - started).toBeGreaterThan(115);
    socket.destroy();
  });

  it('delivers no faster than the throttle, and at full speed after it is disarmed', async () => {
    proxy.arm({ kind: 'throttle', bytesPerSecond: 1000 });
    const { socket, text } = await client();
    const started = performance.now();
    socket.write('x'.repeat(200));
    await until(() => text().length === 200);
    expect(performance.now() - started).toBeGreaterThan(195);
    proxy.disarm();
    socket.write('x'.repeat(1_000_000));
    await until(() => text().length === 1_000_200);
    expect(performance.now() - started).toBeLessThan(5000);
    socket.destroy();
  });
});

it('refuses connections', async () => {
  proxy.arm({ kind: 'refuse' });
  const socket = connect(proxy.port, proxy.host);
  const [error] = (await once(socket, 'error').catch((reason: unknown) => [reason])) as [
    NodeJS.ErrnoException,
  ];
  expect(error.code).toBe('ECONNRESET');
});

it('breaks open connections on command', async () => {
  const { socket, text, ending } = await client();
  socket.write('abc');
  await until(() => text() === 'abc');
  proxy.break('reset');
  expect(await ending).toBe('ECONNRESET');
  await until(() => proxy.openConnections === 0);
});

it('passes a refusal of the server on', async () => {
  const unused = await startTcpProxy({ host: '127.0.0.1', port: 1 });
  const socket = connect(unused.port, unused.host);
  await once(socket, 'close').catch(() => undefined);
  expect(socket.destroyed).toBe(true);
  await unused.close();
});
