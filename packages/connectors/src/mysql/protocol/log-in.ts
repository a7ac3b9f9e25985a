import type { Socket } from 'node:net';

import { PipelineError, throwIfCancelled } from '@millrace/connector-sdk';

import type { MysqlConfig } from '../config.ts';
import { connectFailure, connectionTimeout, protocolViolation, type Role } from '../errors.ts';
import { ChunkReceiver } from './chunk-receiver.ts';
import {
  authenticate,
  type Greeting,
  type Login,
  readGreeting,
  serverHasTls,
  tlsRequest,
} from './handshake.ts';
import { openSocket, upgradeToTls } from './open-socket.ts';
import { PacketReader } from './packet-reader.ts';
import { packetsOf } from './packet-writer.ts';

export interface LoginOptions {
  /** True only where LOAD DATA LOCAL is going to be used. */
  readonly allowsLocalInfile?: boolean;
}

/** A transport on which the server waits for statements. */
export interface LoggedIn {
  readonly receiver: ChunkReceiver;
  readonly reader: PacketReader;
  readonly socket: Socket;
  readonly greeting: Greeting;
  readonly isTls: boolean;
}

/** Connects and logs in within the connect timeout. */
export async function openLogin(
  config: MysqlConfig,
  role: Role,
  signal: AbortSignal,
  options: LoginOptions,
): Promise<LoggedIn> {
  throwIfCancelled(signal);
  const address = config.socket ?? `${config.host}:${config.port}`;
  const receiver = new ChunkReceiver(role, config.readTimeoutSeconds * 1000);
  const timeout = setTimeout(() => {
    const seconds = config.connectTimeoutSeconds;
    stop(
      connectionTimeout(
        role,
        `${address} did not answer within ${seconds} s. Check host and port, or raise connectTimeoutSeconds.`,
      ),
    );
  }, config.connectTimeoutSeconds * 1000);
  let opened: Socket | undefined;
  let reject: (error: unknown) => void = () => undefined;
  const stopped = new Promise<never>((_, rejectStopped) => (reject = rejectStopped));
  stopped.catch(() => undefined);
  const stop = (error: unknown): void => {
    reject(error);
    receiver.fail(error);
    opened?.destroy();
  };
  const onAbort = (): void => stop(cancellationOf(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const login = async (): Promise<LoggedIn> => {
      const socket = await openSocket(config, receiver);
      opened = socket;
      // The attempt may have been given up while the socket was being opened.
      if (receiver.hasFailed) socket.destroy();
      return await logIn(config, role, receiver, socket, options.allowsLocalInfile ?? false);
    };
    return await Promise.race([login(), stopped]);
  } catch (error) {
    receiver.fail(error);
    opened?.destroy();
    throw connectFailure(role, address, error);
  } finally {
    clearTimeout(timeout);
    signal.removeEventListener('abort', onAbort);
  }
}

async function logIn(
  config: MysqlConfig,
  role: Role,
  receiver: ChunkReceiver,
  tcp: Socket,
  allowsLocalInfile: boolean,
): Promise<LoggedIn> {
  receiver.attach(tcp, true);
  const reader = new PacketReader(receiver, role);
  const greeting = await readGreeting(reader, role);
  const wantsTls = config.tls !== 'disable' && config.socket === undefined;
  const isTls = wantsTls && serverHasTls(greeting);
  if (wantsTls && !isTls && config.tls !== 'prefer') {
    throw new PipelineError({
      code: 'tlsFailed',
      blame: 'config',
      retry: 'never',
      message: `The server offers no TLS, and tls is ${config.tls}. Turn TLS on at the server, or set tls to prefer.`,
    });
  }
  const login: Login = {
    user: config.user,
    password: config.password,
    database: config.database,
    allowsLocalInfile,
    isPrivate: isTls || config.socket !== undefined,
    isTls,
  };
  let socket: Socket = tcp;
  const write = (payload: Uint8Array): void => {
    for (const packet of packetsOf(payload, reader.sequence)) socket.write(packet);
    reader.sequence = (reader.sequence + 1) & 0xff;
  };
  if (isTls) {
    // Plain bytes behind the greeting would be an injection into the encrypted session.
    if (reader.unread > 0) throw protocolViolation(role, 'data between greeting and TLS');
    write(tlsRequest(greeting, login));
    receiver.detach();
    socket = await upgradeToTls(config, tcp);
    receiver.attach(socket, false);
  }
  await authenticate(reader, write, greeting, login, role);
  return { receiver, reader, socket, greeting, isTls };
}

/** The error that a fired signal stands for. */
export function cancellationOf(signal: AbortSignal): unknown {
  try {
    throwIfCancelled(signal);
  } catch (error) {
    return error;
  }
  return undefined;
}
