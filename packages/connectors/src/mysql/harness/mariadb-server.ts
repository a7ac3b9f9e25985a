import { join } from 'node:path';
import {
  ensureDebianPackages,
  extractOneDebianPackage,
  findProgram,
  runCommand,
  runServer,
} from '@millrace/connector-sdk/testing';
import type { TestServerDefinition } from '@millrace/connector-sdk/testing';
import { connectionTo, currentUser, databaseSql, sharedSettings, toOptions } from './mysql-settings.ts';

const debianPackages = ['mariadb-server-core', 'mariadb-client-core', 'openssl'];

/** MariaDB from the Debian release at hand. */
export const mariadbServer: TestServerDefinition = { name: 'mariadb', debianPackages, start: startMariadb };

/** The same with the login by Ed25519, which Debian ships in a package that would start a server when it is installed. */
export const mariadbEd25519Server: TestServerDefinition = {
  name: 'mariadb-ed25519',
  debianPackages,
  async start(signal, settings = {}) {
    // First, because it refreshes the lists of packages where it installs something.
    const missing = await ensureDebianPackages({ packages: debianPackages, binaries }, signal);
    if (missing !== undefined) return { skipped: missing };
    const extracted = await extractOneDebianPackage('mariadb-server', signal);
    if ('skipped' in extracted) return extracted;
    const plugins = join(extracted.folder, 'usr/lib/mysql/plugin');
    return startMariadb(signal, { 'plugin-dir': plugins, 'plugin-load-add': 'auth_ed25519', ...settings });
  },
};

const binaries = ['mariadbd', 'mariadb-install-db', 'my_print_defaults', 'openssl'];

async function startMariadb(
  signal: AbortSignal,
  settings: Readonly<Record<string, string>> = {},
): ReturnType<TestServerDefinition['start']> {
  const missing = await ensureDebianPackages({ packages: debianPackages, binaries }, signal);
  if (missing !== undefined) return { skipped: missing };
  const mariadbd = findProgram('mariadbd') as string;
  const version =
    /Ver (\S+)/.exec(await runCommand(mariadbd, ['--no-defaults', '--version'], {}, signal))?.[1] ?? '';
  return runServer(
    {
      name: 'mariadb',
      version,
      templateKey: databaseSql,
      async initialise(folder, abort) {
        const install = ['--no-defaults', `--datadir=${folder}`, `--user=${currentUser()}`, '--skip-test-db'];
        install.push('--auth-root-authentication-method=normal', '--innodb-flush-log-at-trx-commit=0');
        await runCommand('mariadb-install-db', install, {}, abort);
        const bootstrap = ['--no-defaults', '--bootstrap', `--datadir=${folder}`, `--user=${currentUser()}`];
        // The bootstrap mode loads no grant tables, and without them refuses every account statement.
        await runCommand(mariadbd, bootstrap, { input: `FLUSH PRIVILEGES;\n${databaseSql}` }, abort);
      },
      process: ({ folder, port }) => ({
        command: mariadbd,
        args: [
          '--no-defaults',
          ...toOptions({ ...sharedSettings(folder, port), ...mariadbSettings, ...settings }),
          `--socket=${join(folder, 's.sock')}`,
        ],
        readyText: /ready for connections/,
      }),
      stopSignals: { fast: 'SIGTERM', immediate: 'SIGKILL' },
      ...connectionTo,
    },
    signal,
  );
}

const mariadbSettings = {
  'binlog-format': 'ROW',
  'gtid-strict-mode': 'ON',
  'log-slave-updates': 'ON',
};
