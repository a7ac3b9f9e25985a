import { BlockList, isIP } from 'node:net';

import { getConnInfo } from '@hono/node-server/conninfo';
import { PipelineError } from '@millrace/connector-sdk';
import type { Context } from 'hono';

/** Where a request comes from. */
export type AddressOf = (c: Context) => string;

/**
 * The other end of the connection. When that is a proxy that is trusted, the last address before trusted ones in the header
 * `X-Forwarded-For`: each proxy adds whom it was asked by at the end, and what stands before that is anybody's to write.
 * Throws `configInvalid` for what is no address and no network.
 */
export function createAddressOf(trustedProxies: readonly string[]): AddressOf {
  const trusted = listOf(trustedProxies);
  return (c) => {
    let address = plain(getConnInfo(c).remote.address ?? 'unknown');
    const told = (c.req.header('x-forwarded-for') ?? '').split(',').map((part) => plain(part.trim()));
    while (isTrusted(trusted, address)) {
      const before = told.pop();
      if (before === undefined || isIP(before) === 0) return address;
      address = before;
    }
    return address;
  };
}

function listOf(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/');
    const family = isIP(address);
    const isNetwork =
      bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
    if (family === 0 || !isNetwork || proxy.split('/').length > 2)
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `A proxy that is trusted is an address or a network such as 10.0.0.0/8, not "${proxy}".`,
      });
    list.addSubnet(
      address,
      bits === undefined ? (family === 4 ? 32 : 128) : Number(bits),
      family === 4 ? 'ipv4' : 'ipv6',
    );
  }
  return list;
}

function isTrusted(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Without the port and the brackets that some proxies write, and without the prefix of IPv4 in IPv6. */
function plain(address: string): string {
  const [, inBrackets] = /^\[([^\]]*)\](?::\d+)?$/.exec(address) ?? [];
  const [, beforePort] = /^([\d.]+):\d+$/.exec(address) ?? [];
  return (inBrackets ?? beforePort ?? address).replace(/^::ffff:(?=[\d.]+$)/i, '');
}
