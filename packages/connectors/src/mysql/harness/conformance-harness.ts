import { randomBytes } from 'node:crypto';

import {
  canonicalFromText,
  type ConnectorConfig,
  type ConnectorHarness,
  createBoundariesOverSql,
  type HarnessInstance,
  ordersOverSql,
  quoteTableOf,
  type SqlProbe,
  tableIn,
} from '@millrace/connector-sdk/conformance';
import { requireServer, type SharedServer, testPassword } from '@millrace/connector-sdk/testing';
import type { LogicalType } from '@millrace/spec';
import { createConnection } from 'mysql2/promise';
import { z } from 'zod';

import { boundaryValues } from './boundary-values.ts';

/** A database of its own on the shared server of each product. */
export const harness: ConnectorHarness = {
  variants: ['mariadb', 'mysql'],
  async start(variant) {
    const server = await requireServer(variant);
    return 'skipped' in server ? server : startInstance(server);
  },
};

async function startInstance(server: SharedServer): Promise<HarnessInstance> {
  const schema = `millrace_c${randomBytes(5).toString('hex')}`;
  const probe = await openProbe(server.connection, schema);
  const config: ConnectorConfig = { ...server.connection, database: schema };
  const orders = ordersOverSql(probe, {
    integer: 'bigint',
    text: 'varchar(200) character set utf8mb4',
    decimal: 'decimal(12,2)',
    timestamp: 'datetime(6)',
    time: (text) => `'${text}'`,
  });
  return {
    config,
    secrets: [testPassword],
    wrongConfigs: [
      {
        name: 'wrong password',
        config: { ...config, password: `${testPassword}!` },
        code: 'authenticationFailed',
        message: /'?millrace'?.*password/i,
      },
      {
        name: 'unknown user',
        config: { ...config, user: 'nobody_here' },
        code: 'authenticationFailed',
        message: /nobody_here/,
      },
      {
        name: 'unknown database',
        config: { ...config, database: 'millrace_nowhere' },
        code: 'configInvalid',
        message: /millrace_nowhere/,
      },
      {
        name: 'no such socket',
        config: { ...config, socket: '/nowhere/mysqld.sock' },
        code: 'connectionRefused',
        message: /nowhere/,
      },
      {
        name: 'a certificate nobody knows',
        config: { ...config, tls: 'verify' },
        code: 'tlsFailed',
        message: /certificate/,
      },
    ],
    network: {
      host: String(config['host']),
      port: Number(config['port']),
      through: ({ host, port }) => ({
        ...config,
        host,
        port,
        tls: 'disable',
        connectTimeoutSeconds: 2,
        readTimeoutSeconds: 1,
      }),
    },
    source: {
      ...orders,
      async createLarge(name, rows) {
        const table = tableIn(probe, name);
        const target = quoteTableOf(probe, table);
        await probe.run(`CREATE TABLE ${target} (id bigint PRIMARY KEY, payload varchar(200) NOT NULL)`);
        // No recursion and no sequence engine, so that both products can.
        const digits =
          '(SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)';
        const powers = ['a', 'b', 'c', 'd', 'e', 'f'];
        const sum = powers.map((alias, index) => `${alias}.d * ${10 ** index}`).join(' + ');
        const from = powers.map((alias) => `${digits} ${alias}`).join(', ');
        await probe.run(
          `INSERT INTO ${target} SELECT n, LPAD(n, 200, '0') FROM (SELECT 1 + ${sum} AS n FROM ${from}) AS numbers WHERE n <= ${rows} ORDER BY n`,
        );
        return table;
      },
      insertLarge: (table, id) =>
        probe.run(`INSERT INTO ${quoteTableOf(probe, table)} VALUES (${id}, 'late')`),
      createBoundaries: (name) =>
        createBoundariesOverSql(probe, name, boundaryValues(server.name), {
          idType: 'integer',
          textOf: (column) => column,
        }),
      refusesName,
      async killReads() {
        const running = await probe.rows(
          `SELECT id FROM information_schema.processlist WHERE command <> 'Sleep' AND id <> CONNECTION_ID() AND info LIKE '%${schema}%'`,
        );
        // One that ended meanwhile is no error here.
        for (const [id] of running) await probe.run(`KILL QUERY ${id}`).catch(() => undefined);
      },
    },
    destination: {
      schema,
      async readRows(table, fields) {
        const columns = fields.map(
          (field, index) => `${textOf(probe.quote(field.name), field.type)} AS c${index}`,
        );
        const rows = await probe.rows(`SELECT ${columns.join(', ')} FROM ${quoteTableOf(probe, table)}`);
        return rows.map((row) =>
          row.map((cell, index) => {
            const type = fields[index]?.type;
            return cell === null || type === undefined ? null : canonicalFromText(type, cell);
          }),
        );
      },
    },
    async [Symbol.asyncDispose]() {
      await probe.run(`DROP DATABASE ${schema}`);
      await probe.close();
    },
  };
}

function textOf(column: string, type: LogicalType): string {
  if (type.kind === 'bytes') return `HEX(${column})`;
  return type.kind === 'float' && type.bits === 32 ? `${column} + 0e0` : column;
}

function refusesName(name: string, kind: 'table' | 'column'): string | undefined {
  if (name.length > 64) return 'names end at 64 characters';
  if (name.endsWith(' ')) return 'names do not end in a space';
  if (/[\u{10000}-\u{10ffff}]/u.test(name))
    return 'names have no characters beyond the Basic Multilingual Plane';
  if (kind === 'column' && (name === 'case' || name === 'CASE')) return 'column names ignore case';
  return undefined;
}

const textRows = z.array(z.array(z.string().nullable()));

interface ClosableProbe extends SqlProbe {
  close(): Promise<void>;
}

async function openProbe(connection: SharedServer['connection'], schema: string): Promise<ClosableProbe> {
  const client = await createConnection({
    host: String(connection['host']),
    port: Number(connection['port']),
    user: String(connection['user']),
    password: testPassword,
    charset: 'UTF8MB4_BIN',
    rowsAsArray: true,
    // Every value as the server prints it.
    typeCast: (field) => field.string('utf8'),
  });
  const run = async (sql: string): Promise<void> => void (await client.query(sql));
  await run(`CREATE DATABASE ${schema} CHARACTER SET utf8mb4`);
  await run(`USE ${schema}`);
  await run(`SET time_zone = '+00:00', sql_mode = 'ALLOW_INVALID_DATES'`);
  return {
    schema,
    run,
    async rows(sql) {
      const [rows] = await client.query(sql);
      return textRows.parse(rows);
    },
    quote: (name) => `\`${name.replaceAll('`', '``')}\``,
    literal: (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
    close: () => client.end(),
  };
}
