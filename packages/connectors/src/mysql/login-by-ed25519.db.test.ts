import { testServer } from '@millrace/connector-sdk/testing';
import { describe, expect, it } from 'vitest';

import { mysqlConfig } from './config.ts';
import { never } from './harness/test-database.ts';
import { MysqlSession } from './session.ts';
import { MysqlSource } from './source.ts';

const server = await testServer('mariadb-ed25519');

describe.skipIf(server === undefined)('an account of the plugin ed25519', () => {
  const identify = async (password: string, tls: string): Promise<unknown> => {
    await using source = new MysqlSource(
      mysqlConfig.parse({ ...server?.connection, user: 'signer', password, database: undefined, tls }),
    );
    return await source.check(never).then(
      (identity) => identity.product,
      (error: unknown) => error,
    );
  };

  it.for(["p'ä", 'x'.repeat(32), 'long '.repeat(40)])('logs in with the password "%s"', async (password) => {
    const admin = mysqlConfig.parse({ ...server?.adminConnection, database: undefined });
    await using session = await MysqlSession.open(admin, 'destination', never);
    const quoted = `'${password.replaceAll("'", "''")}'`;
    await session.connection.execute(
      `CREATE OR REPLACE USER signer@'%' IDENTIFIED VIA ed25519 USING PASSWORD(${quoted})`,
    );
    expect(await identify(password, 'disable')).toBe('MariaDB');
    expect(await identify(password, 'require')).toBe('MariaDB');
    expect(await identify(`${password}?`, 'disable')).toMatchObject({
      code: 'authenticationFailed',
      blame: 'config',
      retry: 'never',
    });
  });
});
