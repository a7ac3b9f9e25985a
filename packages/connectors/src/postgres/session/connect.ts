import { createConnection } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

import { type Blame, throwIfCancelled } from '@millrace/connector-sdk';
import pg, { type Client, type ClientConfig } from 'pg';

import type { PostgresConfig } from '../config.ts';
import { toPipelineError } from '../errors.ts';
import { Wire } from './wire.ts';

/// <reference path="./pg-driver.d.ts" />

export interface Connected {
  readonly client: Client;
  readonly wire: Wire;
}

/** Connects and logs in. The driver gets every option from here, so that no `PG…` variable or password file decides. */
export async function connect(config: PostgresConfig, blame: Blame, signal: AbortSignal): Promise<Connected> {
  const subject = `Connecting to ${addressOf(config)}`;
  throwIfCancelled(signal);
  const isSocket = config.socket !== undefined;
  if (config.tls === 'disable' || isSocket) return open(config, false, blame, subject, signal);
  try {
    return await open(config, tlsOptions(config), blame, subject, signal);
  } catch (error) {
    const isRefused = error instanceof Error && /does not support SSL/.test(error.message);
    if (config.tls !== 'prefer' || !isRefused) throw error;
    return open(config, false, blame, subject, signal);
  }
}

/** Host and port, or the socket, for messages. */
export function addressOf(config: PostgresConfig): string {
  return config.socket === undefined
    ? `${config.host}:${config.port}`
    : `${config.socket}/.s.PGSQL.${config.port}`;
}

/** Asks the server, over a connection of its own, to cancel what the session runs. Best effort: it never fails. */
export function requestCancel(config: PostgresConfig, client: Client): void {
  const { processID, secretKey } = client;
  if (processID === null || typeof secretKey !== 'number') return;
  const socket =
    config.socket === undefined
      ? createConnection(config.port, config.host)
      : createConnection(`${config.socket}/.s.PGSQL.${config.port}`);
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80877102, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  socket.setTimeout(2_000, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.unref();
  socket.end(request);
}

/** Asks over a second connection whether a backend is busy with a statement and not with us. */
export async function isBackendWorking(config: PostgresConfig, processId: number | null): Promise<boolean> {
  const deadline = AbortSignal.timeout(Math.ceil(config.connectTimeoutSeconds * 1000));
  let client: Client | undefined;
  const abandon = (): void => void client?.connection.stream.destroy();
  deadline.addEventListener('abort', abandon);
  try {
    client = (await connect(config, 'source', deadline)).client;
    const answer = await client.query({
      text: "SELECT 1 FROM pg_catalog.pg_stat_activity WHERE pid = $1::integer AND state = 'active' AND wait_event_type IS DISTINCT FROM 'Client'",
      values: [String(processId)],
      rowMode: 'array',
    });
    return !Array.isArray(answer) && answer.rows.length === 1;
  } catch {
    return false;
  } finally {
    deadline.removeEventListener('abort', abandon);
    client?.connection.stream.destroy();
  }
}

async function open(
  config: PostgresConfig,
  ssl: ClientConfig['ssl'],
  blame: Blame,
  subject: string,
  signal: AbortSignal,
): Promise<Connected> {
  const wire = new Wire(ssl !== false);
  const client = new pg.Client({
    host: config.socket ?? config.host,
    port: config.port,
    user: config.user,
    database: config.database,
    password: () => config.password,
    ssl,
    stream: wire.createStream,
    application_name: 'millrace',
    connectionTimeoutMillis: Math.ceil(config.connectTimeoutSeconds * 1000),
    keepAlive: true,
    keepAliveInitialDelayMillis: 15_000,
    types: { getTypeParser: () => (value) => value },
  });
  // Without a listener a connection that dies while idle would end the process; its next use reports it.
  client.on('error', () => undefined);
  const abandon = (): void => void client.connection.stream.destroy(new Error('Connection terminated'));
  signal.addEventListener('abort', abandon, { once: true });
  try {
    await client.connect();
    wire.connected(client.connection.stream);
    return { client, wire };
  } catch (error) {
    client.connection.stream.destroy();
    throwIfCancelled(signal);
    throw toPipelineError(error, blame, subject);
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}

function tlsOptions(config: PostgresConfig): ConnectionOptions {
  if (config.tls !== 'verify') return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, ...(config.ca === undefined ? {} : { ca: config.ca }) };
}
