import { runCommand } from '@millrace/connector-sdk/testing';

import { mariadbServer } from '../packages/connectors/src/mysql/harness/servers.ts';

export interface BenchServer extends AsyncDisposable {
  readonly version: string;
  readonly processId: number;
  readonly database: string;
  /** Accepted by the connector. Without TLS, as the rivals' own clients connect by default. */
  readonly connection: Readonly<Record<string, unknown>>;
  /** Arguments of the `mariadb` client. */
  readonly clientArgs: readonly string[];
  readonly execute: (sql: string) => Promise<string>;
}

/** A MariaDB of the benchmark's own, warm enough that its tables stay in memory. */
export async function startMariadb(
  signal: AbortSignal,
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchServer> {
  const server = await mariadbServer.start(signal, { 'innodb-buffer-pool-size': '3G', ...settings });
  if ('skipped' in server) throw new Error(server.skipped);
  const { host, port, user, password, database } = server.connection as Record<string, string>;
  const clientArgs = [
    '--no-defaults',
    `--host=${host}`,
    `--port=${port}`,
    `--user=${user}`,
    `--password=${password}`,
    '--local-infile=1',
    '--default-character-set=utf8mb4',
    database ?? '',
  ];
  return {
    version: server.version,
    processId: server.processId,
    database: database ?? '',
    connection: { ...server.connection, tls: 'disable' },
    clientArgs,
    execute: (sql) =>
      runCommand('mariadb', [...clientArgs, '--batch', '--skip-column-names'], { input: sql }, signal),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
