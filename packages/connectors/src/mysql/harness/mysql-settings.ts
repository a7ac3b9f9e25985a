import { userInfo } from 'node:os';
import { join } from 'node:path';
import { certificateFiles, testPassword } from '@millrace/connector-sdk/testing';

const quotedPassword = `'${testPassword.replaceAll("'", "''")}'`;

/** One statement per line: MariaDB's bootstrap mode and MySQL's init file end a statement there. */
export const databaseSql = `CREATE DATABASE millrace CHARACTER SET utf8mb4;
CREATE USER millrace@'%' IDENTIFIED BY ${quotedPassword};
GRANT ALL ON millrace.* TO millrace@'%';
GRANT ALL ON \`millrace\\_%\`.* TO millrace@'%';
GRANT RELOAD, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO millrace@'%';
CREATE USER admin@'%' IDENTIFIED BY ${quotedPassword};
GRANT ALL ON *.* TO admin@'%' WITH GRANT OPTION;
ALTER USER root@localhost IDENTIFIED BY ${quotedPassword};
`;

export const connectionTo = {
  connection: (port: number) => ({
    host: '127.0.0.1',
    port,
    user: 'millrace',
    password: testPassword,
    database: 'millrace',
  }),
  adminConnection: (port: number) => ({
    host: '127.0.0.1',
    port,
    user: 'admin',
    password: testPassword,
    database: 'millrace',
  }),
} as const;

/** Both servers refuse to run as root unless they are told to. */
export function currentUser(): string {
  return userInfo().username;
}

/**
 * The log is written at each commit but not flushed: a commit survives the death of the process, not of the machine.
 * A test of the machine's death sets both values to 1.
 */
const unflushed = { 'innodb-flush-log-at-trx-commit': '2', 'sync-binlog': '0' };

export function sharedSettings(folder: string, port: number): Readonly<Record<string, string>> {
  return {
    datadir: folder,
    // A temporary table that something else removes from /tmp fails the statement that uses it.
    tmpdir: folder,
    port: String(port),
    user: currentUser(),
    'bind-address': '127.0.0.1',
    'skip-name-resolve': 'ON',
    'local-infile': 'ON',
    'max-connections': '200',
    'innodb-buffer-pool-size': '128M',
    'ssl-ca': join(folder, certificateFiles.authority),
    'ssl-cert': join(folder, certificateFiles.certificate),
    'ssl-key': join(folder, certificateFiles.key),
    'server-id': '1',
    'log-bin': 'binlog',
    'binlog-row-image': 'FULL',
    'binlog-row-metadata': 'FULL',
    ...unflushed,
  };
}

export function toOptions(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}
