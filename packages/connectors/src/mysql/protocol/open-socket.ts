import { readFile } from 'node:fs/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';

import { PipelineError } from '@millrace/connector-sdk';

import type { MysqlConfig } from '../config.ts';
import { type ChunkReceiver, RECEIVE_BYTES } from './chunk-receiver.ts';

const KEEP_ALIVE_MS = 10_000;

/** Opens the TCP or Unix socket and hands its bytes to `receiver` through one reused buffer. */
export function openSocket(config: MysqlConfig, receiver: ChunkReceiver): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const onread = {
      buffer: new Uint8Array(RECEIVE_BYTES),
      callback: (count: number, buffer: Uint8Array): boolean => receiver.push(buffer.subarray(0, count)),
    };
    const socket =
      config.socket === undefined
        ? connect({
            host: config.host,
            port: config.port,
            noDelay: true,
            keepAlive: true,
            keepAliveInitialDelay: KEEP_ALIVE_MS,
            onread,
          })
        : connect({ path: config.socket, onread });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}

/** Wraps a connected socket in TLS. */
export async function upgradeToTls(config: MysqlConfig, socket: Socket): Promise<TLSSocket> {
  const isVerified = config.tls === 'verify';
  const options: ConnectionOptions = {
    socket,
    host: config.host,
    rejectUnauthorized: isVerified,
    ...(isIP(config.host) === 0 ? { servername: config.host } : {}),
    ...(config.ca === undefined ? {} : { ca: await readAuthority(config.ca) }),
  };
  // Its failures show on the TLS socket; unheard here they would end the process.
  socket.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    const secure = connectTls(options);
    secure.once('error', reject);
    secure.once('secureConnect', () => {
      secure.removeListener('error', reject);
      resolve(secure);
    });
    // A server that closes during the handshake gives no error of its own.
    secure.once('close', () =>
      reject(new Error('the server closed the connection during the TLS handshake')),
    );
  });
}

async function readAuthority(ca: string): Promise<string> {
  if (ca.includes('-----BEGIN')) return ca;
  try {
    return await readFile(ca, 'utf8');
  } catch (cause) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message:
        "ca of the connection is neither PEM text nor a readable file. Give the path of the authority's PEM file.",
      cause,
    });
  }
}
