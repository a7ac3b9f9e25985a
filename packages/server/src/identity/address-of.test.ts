import type { AddressInfo } from 'node:net';

import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { expect, it } from 'vitest';

import { createAddressOf } from './address-of.ts';

/** What is taken for the address of a request from 127.0.0.1 with these headers. */
async function seen(trusted: readonly string[], forwarded: string | undefined): Promise<string> {
  const addressOf = createAddressOf(trusted);
  const app = new Hono().get('/', (c) => c.text(addressOf(c)));
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    return await (await fetch(`http://127.0.0.1:${port}`, { headers })).text();
  } finally {
    server.close();
  }
}

const CLIENT = '203.0.113.7';

it.each([
  ['nobody is trusted', [], CLIENT, '127.0.0.1'],
  ['another one is trusted', ['10.0.0.1'], CLIENT, '127.0.0.1'],
  ['the proxy is trusted', ['127.0.0.1'], CLIENT, CLIENT],
  ['its network is trusted', ['127.0.0.0/8'], CLIENT, CLIENT],
  ['it says nothing', ['127.0.0.1'], undefined, '127.0.0.1'],
  ['a client wrote an address before', ['127.0.0.1'], `198.51.100.1, ${CLIENT}`, CLIENT],
  ['a client wrote a trusted address before', ['127.0.0.1'], `127.0.0.1, ${CLIENT}`, CLIENT],
  ['two proxies are trusted', ['127.0.0.1', '10.0.0.0/8'], `198.51.100.1, ${CLIENT}, 10.1.2.3`, CLIENT],
  ['all of them are trusted', ['127.0.0.1', '10.0.0.0/8'], '10.9.9.9, 10.1.2.3', '10.9.9.9'],
  ['what it says is no address', ['127.0.0.1'], 'unknown', '127.0.0.1'],
  ['it writes ports', ['127.0.0.1'], `${CLIENT}:4711`, CLIENT],
  ['it writes IPv6', ['127.0.0.1', '2001:db8:1::/48'], '[2001:db8:2::5]:80, 2001:db8:1::1', '2001:db8:2::5'],
  ['it writes IPv4 as IPv6', ['127.0.0.1'], `::ffff:${CLIENT}`, CLIENT],
] as const)('is that of the client as far as it can be known: %s', async (_, trusted, forwarded, address) => {
  expect(await seen(trusted, forwarded)).toBe(address);
});

it.each(['proxy.example', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '2001:db8::/129', ''])(
  'is asked of no proxy like "%s"',
  (proxy) => {
    expect(() => createAddressOf([proxy])).toThrow('an address or a network');
  },
);
