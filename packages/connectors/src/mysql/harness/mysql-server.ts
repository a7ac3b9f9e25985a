import { join } from 'node:path';
import {
  ensureDebianPackages,
  extractDebianPackages,
  programInExtracted,
  runCommand,
  runServer,
} from '@millrace/connector-sdk/testing';
import type { TestServerDefinition } from '@millrace/connector-sdk/testing';
import { writeFile } from 'node:fs/promises';
import { connectionTo, currentUser, databaseSql, sharedSettings, toOptions } from './mysql-settings.ts';

/** MySQL from Debian unstable: no stable Debian release carries it. It runs from a cache folder and is not installed. */
export const mysqlServer: TestServerDefinition = {
  name: 'mysql',
  debianPackages: ['openssl'],
  async start(signal, settings = {}) {
    const missing = await ensureDebianPackages(
      { packages: this.debianPackages, binaries: ['openssl'] },
      signal,
    );
    if (missing !== undefined) return { skipped: missing };
    const extracted = await extractDebianPackages(
      { suite: 'sid', packages: ['mysql-server-core'], cacheName: 'mysql-sid' },
      signal,
    );
    if ('skipped' in extracted) return extracted;
    const [command, ...loading] = await programInExtracted(extracted.folder, 'usr/sbin/mysqld');
    const base = join(extracted.folder, 'usr');
    const common = [
      ...loading,
      '--no-defaults',
      `--basedir=${base}`,
      `--plugin-dir=${join(base, 'lib/mysql/plugin')}`,
    ];
    common.push(`--lc-messages-dir=${join(base, 'share/mysql')}`);
    const version =
      /Ver (\S+)/.exec(await runCommand(command, [...common, '--version'], {}, signal))?.[1] ?? '';
    return runServer(
      {
        name: 'mysql',
        version,
        templateKey: databaseSql,
        async initialise(folder, abort) {
          const sqlFile = join(folder, 'initial.sql');
          await writeFile(sqlFile, databaseSql);
          // mysqld initialises an empty folder only, and this one holds the certificates.
          const data = join(folder, 'mysql-data');
          const initialise = ['--initialize-insecure', `--init-file=${sqlFile}`, `--user=${currentUser()}`];
          const small = [
            '--innodb-redo-log-capacity=8M',
            '--skip-log-bin',
            '--innodb-flush-log-at-trx-commit=0',
          ];
          await runCommand(command, [...common, ...initialise, ...small, `--datadir=${data}`], {}, abort);
          await runCommand(
            'sh',
            ['-c', 'mv mysql-data/* . && rmdir mysql-data && rm initial.sql'],
            { cwd: folder },
            abort,
          );
        },
        identityFiles: ['auto.cnf'],
        process: ({ folder, port }) => ({
          command,
          args: [
            ...common,
            ...toOptions({ ...sharedSettings(folder, port), ...mysqlSettings, ...settings }),
            `--socket=${join(folder, 's.sock')}`,
          ],
          readyText: /ready for connections\./,
        }),
        stopSignals: { fast: 'SIGTERM', immediate: 'SIGKILL' },
        ...connectionTo,
      },
      signal,
    );
  },
};

const mysqlSettings = {
  mysqlx: 'OFF',
  // Debian's build insists on a folder that only the installed package makes.
  'secure-file-priv': '',
  'gtid-mode': 'ON',
  'enforce-gtid-consistency': 'ON',
};
