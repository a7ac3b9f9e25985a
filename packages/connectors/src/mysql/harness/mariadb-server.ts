import { join } from 'node:path';
import { ensureDebianPackages, findProgram, runCommand, runServer } from '@millrace/connector-sdk/testing';
import type { TestServerDefinition } from '@millrace/connector-sdk/testing';
import { connectionTo, currentUser, databaseSql, sharedSettings, toOptions } from './mysql-settings.ts';

/** MariaDB from the Debian release at hand. */
export const mariadbServer: TestServerDefinition = {
  name: 'mariadb',
  debianPackages: ['mariadb-server-core', 'mariadb-client-core', 'openssl'],
  async start(signal, settings = {}) {
    const binaries = ['mariadbd', 'mariadb-install-db', 'my_print_defaults', 'openssl'];
    const missing = await ensureDebianPackages({ packages: this.debianPackages, binaries }, signal);
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
          const install = [
            '--no-defaults',
            `--datadir=${folder}`,
            `--user=${currentUser()}`,
            '--skip-test-db',
          ];
          install.push('--auth-root-authentication-method=normal', '--innodb-flush-log-at-trx-commit=0');
          await runCommand('mariadb-install-db', install, {}, abort);
          const bootstrap = [
            '--no-defaults',
            '--bootstrap',
            `--datadir=${folder}`,
            `--user=${currentUser()}`,
          ];
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
  },
};

const mariadbSettings = {
  'binlog-format': 'ROW',
  'gtid-strict-mode': 'ON',
  'log-slave-updates': 'ON',
};
