import { chownSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  certificateFiles,
  ensureDebianPackages,
  runCommand,
  runServer,
  temporaryFolder,
  testPassword,
} from '@millrace/connector-sdk/testing';
import type { TestServerDefinition } from '@millrace/connector-sdk/testing';

/** PostgreSQL from the Debian release at hand; the newest one when several are installed. */
export const postgresServer: TestServerDefinition = {
  name: 'postgres',
  debianPackages: ['postgresql', 'openssl'],
  start: startPostgres,
};

/** The same with the types of PostGIS, which comes in a package of its own. */
export const postgisServer: TestServerDefinition = withExtension('postgis', 'postgis-3');

/** The same with the types of pgvector, which not every Debian release has. */
export const pgvectorServer: TestServerDefinition = withExtension('vector', 'pgvector');

function withExtension(extension: string, packageName: string): TestServerDefinition {
  return {
    name: `postgres-${extension}`,
    debianPackages: postgresServer.debianPackages,
    async start(signal, settings = {}) {
      const server = await startPostgres(signal, settings);
      if ('skipped' in server) return server;
      const [major = ''] = server.version.split('.');
      const missing = await ensureDebianPackages(
        {
          packages: [`postgresql-${major}-${packageName}`],
          binaries: [`/usr/share/postgresql/${major}/extension/${extension}.control`],
        },
        signal,
      );
      if (missing === undefined) return server;
      await server.stop();
      return { skipped: missing };
    },
  };
}

async function startPostgres(
  signal: AbortSignal,
  settings: Readonly<Record<string, string>> = {},
): ReturnType<TestServerDefinition['start']> {
  if (programFolder() === undefined) {
    const missing = await ensureDebianPackages(
      { packages: postgresServer.debianPackages, binaries: ['psql', 'openssl'] },
      signal,
    );
    if (missing !== undefined) return { skipped: missing };
  }
  const programs = programFolder();
  if (programs === undefined)
    return { skipped: `${installFolder} has no initdb; apt-get install postgresql` };
  const postgres = join(programs, 'postgres');
  const version = /(\d[\d.]*)/.exec(await runCommand(postgres, ['--version'], {}, signal))?.[1] ?? '';
  const owner = await unprivilegedUser(signal);
  const asOwner = owner === undefined ? {} : { owner };
  return runServer(
    {
      name: 'postgres',
      version,
      ...asOwner,
      templateKey: databaseSql,
      initialise: (folder, abort) => initialise(programs, folder, asOwner, abort),
      process: ({ folder, port }) => ({
        command: postgres,
        args: ['-D', folder, ...toOptions({ ...serverSettings(port), ...settings })],
        ...asOwner,
        env: { LC_ALL: 'C.UTF-8' },
        cwd: '/',
        readyText: /database system is ready to accept connections/,
        parentDeathSignal: 'SIGQUIT',
      }),
      stopSignals: { fast: 'SIGINT', immediate: 'SIGQUIT' },
      connection: (port) => ({
        host: '127.0.0.1',
        port,
        user: 'millrace',
        password: testPassword,
        database: 'millrace',
      }),
      adminConnection: (port) => ({
        host: '127.0.0.1',
        port,
        user: 'admin',
        password: testPassword,
        database: 'millrace',
      }),
    },
    signal,
  );
}

const installFolder = '/usr/lib/postgresql';
const quotedPassword = `'${testPassword.replaceAll("'", "''")}'`;

const databaseSql = `CREATE ROLE millrace LOGIN CREATEDB REPLICATION PASSWORD ${quotedPassword};
CREATE DATABASE millrace OWNER millrace;
ALTER ROLE admin PASSWORD ${quotedPassword};
`;

/** Writes reach the operating system at each commit but are not flushed: they survive a kill, not a power cut. */
function serverSettings(port: number): Readonly<Record<string, string>> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    wal_level: 'logical',
    max_connections: '100',
    max_wal_senders: '20',
    max_replication_slots: '20',
    fsync: 'off',
    shared_buffers: '128MB',
    ssl: 'on',
    ssl_ca_file: certificateFiles.authority,
    ssl_cert_file: certificateFiles.certificate,
    ssl_key_file: certificateFiles.key,
    password_encryption: 'scram-sha-256',
    lc_messages: 'C',
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
}

function toOptions(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function programFolder(): string | undefined {
  try {
    const versions = readdirSync(installFolder).toSorted((left, right) => Number(right) - Number(left));
    return versions
      .map((version) => join(installFolder, version, 'bin'))
      .find((path) => readdirSync(path).includes('initdb'));
  } catch {
    return undefined;
  }
}

/** PostgreSQL refuses to run as root; the package's own user is there when the package is. */
async function unprivilegedUser(signal: AbortSignal): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = (await runCommand('getent', ['passwd', 'postgres'], {}, signal))
    .split(':')
    .slice(2, 4)
    .map(Number);
  if (uid === undefined || gid === undefined)
    throw new Error('getent passwd postgres names no user and group id');
  return { uid, gid };
}

async function initialise(
  programs: string,
  folder: string,
  asOwner: { owner?: { uid: number; gid: number } },
  signal: AbortSignal,
): Promise<void> {
  // The template's folder is private to the current user, so another owner works in a folder of its own.
  using scratch = temporaryFolder('initdb');
  const data = join(scratch.path, 'data');
  if (asOwner.owner) chownSync(scratch.path, asOwner.owner.uid, asOwner.owner.gid);
  const authentication = ['--auth-host=scram-sha-256', '--auth-local=reject', '--username=admin'];
  const text = ['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
  const inScratch = { ...asOwner, cwd: scratch.path };
  const passwordFile = join(scratch.path, 'password');
  await writeFile(passwordFile, testPassword, { mode: 0o644 });
  await runCommand(
    join(programs, 'initdb'),
    ['-D', data, ...authentication, ...text, `--pwfile=${passwordFile}`],
    inScratch,
    signal,
  );
  const single = ['--single', '-D', data, '-c', 'fsync=off', 'postgres'];
  await runCommand(join(programs, 'postgres'), single, { ...inScratch, input: databaseSql }, signal);
  await runCommand('cp', ['-a', `${data}/.`, folder], {}, signal);
}
