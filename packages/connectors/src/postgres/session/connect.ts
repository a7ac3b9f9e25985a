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

/** One backend of the server; its start tells it from a later one of the same number. */
export interface Backend {
  readonly processId: string;
  readonly startedAt: string;
}

/** `working`: on a statement. `waiting`: for its client. `unknown`: it is gone, or the server cannot be asked. */
export type BackendState = 'working' | 'waiting' | 'unknown';

/** Asks over a second connection what a backend does. It never fails. */
export async function backendState(config: PostgresConfig, backend: Backend): Promise<BackendState> {
  const isWorking = "state = 'active' AND wait_event_type IS DISTINCT FROM 'Client'";
  const answer = await askAside(config, backend, `CASE WHEN ${isWorking} THEN 'working' ELSE 'waiting' END`);
  return answer === 'working' || answer === 'waiting' ? answer : 'unknown';
}

/**
 * Ends a backend, over a second connection: over a wire that lost our goodbye it would wait for us, with the locks
 * of its transaction, until the server's system notices (two hours by default). Best effort: it never fails.
 */
export async function terminateBackend(config: PostgresConfig, backend: Backend): Promise<void> {
  await askAside(config, backend, 'pg_catalog.pg_terminate_backend(pid)');
}

async function askAside(
  config: PostgresConfig,
  { processId, startedAt }: Backend,
  expression: string,
): Promise<string | null | undefined> {
  const deadline = AbortSignal.timeout(Math.ceil(config.connectTimeoutSeconds * 1000));
  let client: Client | undefined;
  const abandon = (): void => void client?.connection.stream.destroy();
  deadline.addEventListener('abort', abandon);
  try {
    client = (await connect(config, 'source', deadline)).client;
    const answer = await client.query({
      text: `SELECT ${expression} FROM pg_catalog.pg_stat_activity WHERE pid = $1::integer AND backend_start = $2::timestamptz`,
      values: [processId, startedAt],
      rowMode: 'array',
    });
    return Array.isArray(answer) ? undefined : answer.rows[0]?.[0];
  } catch {
    return undefined;
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
