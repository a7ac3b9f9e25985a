import { runCommand } from '@millrace/connector-sdk/testing';

import { postgresServer } from '../packages/connectors/src/postgres/harness/servers.ts';

export interface BenchPostgres extends AsyncDisposable {
  readonly version: string;
  readonly processId: number;
  readonly connection: Readonly<Record<string, unknown>>;
  readonly clientArgs: readonly string[];
  readonly clientEnv: Readonly<Record<string, string>>;
  readonly execute: (...commands: readonly string[]) => Promise<string>;
}

/** A PostgreSQL of the benchmark's own. Nobody uses TLS. */
export async function startPostgres(signal: AbortSignal): Promise<BenchPostgres> {
  const server = await postgresServer.start(signal, {
    shared_buffers: '2GB',
    max_wal_size: '8GB',
    checkpoint_timeout: '30min',
  });
  if ('skipped' in server) throw new Error(server.skipped);
  const { host, port, user, password, database } = server.connection as Record<string, string>;
  const clientArgs = [
    '-X',
    '-q',
    '-A',
    '-t',
    '-v',
    'ON_ERROR_STOP=1',
    '-h',
    host ?? '',
    '-p',
    String(port),
    '-U',
    user ?? '',
    '-d',
    database ?? '',
  ];
  const clientEnv = { PGPASSWORD: password ?? '', PGSSLMODE: 'disable' };
  return {
    version: server.version,
    processId: server.processId,
    connection: { ...server.connection, tls: 'disable' },
    clientArgs,
    clientEnv,
    execute: (...commands) =>
      runCommand(
        'psql',
        [...clientArgs, ...commands.flatMap((command) => ['-c', command])],
        { env: clientEnv },
        signal,
      ),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
