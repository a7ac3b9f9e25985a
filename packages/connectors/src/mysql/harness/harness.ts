import { randomBytes } from 'node:crypto';

import {
  type ConnectorConfig,
  type ConnectorHarness,
  canonicalFromText,
  createBoundariesOverSql,
  type HarnessInstance,
  ordersOverSql,
  quoteTableOf,
  type SqlProbe,
  tableIn,
  type TextRow,
} from '@millrace/connector-sdk/conformance';
import { requireServer, testPassword } from '@millrace/connector-sdk/testing';
import type { LogicalType } from '@millrace/spec';
import { type Connection, createConnection } from 'mysql2/promise';
import { z } from 'zod';

import { boundaryValues } from './boundary-values.ts';

/** Both products. What tests do behind the connector's back, they do over a driver that the connector does not use. */
export const harness: ConnectorHarness = {
  variants: ['mariadb', 'mysql'],
  start: async (variant) => {
    const server = await requireServer(variant);
    return 'skipped' in server ? server : startInstance(server);
  },
};

const account = z.object({ host: z.string(), port: z.number(), user: z.string(), password: z.string() });

async function startInstance(server: {
  readonly connection: ConnectorConfig;
  readonly adminConnection?: ConnectorConfig;
}): Promise<HarnessInstance> {
  const schema = `millrace_c${randomBytes(5).toString('hex')}`;
  const admin = account.parse(server.adminConnection ?? server.connection);
  const connection = await openProbe(admin);
  await connection.query(`CREATE DATABASE ${schema} CHARACTER SET utf8mb4`);
  await connection.query(`USE ${schema}`);
  const probe = probeOf(connection, schema);
  const config = { ...account.parse(server.connection), database: schema };
  const { host, port } = config;
  const orders = ordersOverSql(probe, {
    integer: 'INT',
    text: 'VARCHAR(255)',
    decimal: 'DECIMAL(12, 2)',
    timestamp: 'DATETIME(6)',
    time: (text) => `TIMESTAMP'${text}'`,
  });
  return {
    config,
    secrets: [testPassword],
    network: {
      host,
      port,
      through: (proxy) => ({
        ...config,
        host: proxy.host,
        port: proxy.port,
        tls: 'disable',
        readTimeoutSeconds: 1,
        connectTimeoutSeconds: 2,
      }),
    },
    wrongConfigs: [
      {
        name: 'a wrong password',
        config: { ...config, password: `${testPassword}?` },
        code: 'authenticationFailed',
        message: /password/,
      },
      {
        name: 'no such database',
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
    ],
    source: {
      ...orders,
      async createLarge(name, rows) {
        const table = tableIn(probe, name);
        const target = quoteTableOf(probe, table);
        await probe.run(`CREATE TABLE ${target} (id BIGINT PRIMARY KEY, payload VARCHAR(250) NOT NULL)`);
        for (let first = 1; first <= rows; first += LARGE_CHUNK) {
          const last = Math.min(rows, first + LARGE_CHUNK - 1);
          const ids = Array.from(
            { length: last - first + 1 },
            (_, index) => `(${first + index}, REPEAT('payload ', 25))`,
          );
          await probe.run(`INSERT INTO ${target} VALUES ${ids.join(', ')}`);
        }
        return table;
      },
      insertLarge: (table, id) =>
        probe.run(`INSERT INTO ${quoteTableOf(probe, table)} VALUES (${id}, 'late')`),
      createBoundaries: (name) =>
        createBoundariesOverSql(probe, name, boundaryValues, { idType: 'INT', textOf: sqlText }),
      refusesName,
      async killReads() {
        const rows = await probe.rows(
          `SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '${schema}' AND INFO LIKE 'SELECT%' AND ID <> CONNECTION_ID()`,
        );
        for (const [id] of rows) await probe.run(`KILL QUERY ${id}`);
      },
    },
    destination: {
      schema,
      async readRows(table, fields) {
        const columns = fields.map((field) => sqlText(probe.quote(field.name), field.type));
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
      await connection.query(`DROP DATABASE ${schema}`);
      await connection.end();
    },
  };
}

const LARGE_CHUNK = 2000;

async function openProbe(admin: z.output<typeof account>): Promise<Connection> {
  const connection = await createConnection({
    ...admin,
    charset: 'utf8mb4',
    rowsAsArray: true,
    // Every cell as the server's own text.
    typeCast: (field) => field.buffer()?.toString('utf8') ?? null,
  });
  await connection.query(
    "SET SESSION time_zone = '+00:00', sql_mode = 'ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION'",
  );
  return connection;
}

const textRows = z.array(z.array(z.union([z.string(), z.null()])));

function probeOf(connection: Connection, schema: string): SqlProbe {
  return {
    schema,
    run: async (sql) => void (await connection.query(sql)),
    rows: async (sql): Promise<readonly TextRow[]> => textRows.parse((await connection.query(sql))[0]),
    quote: (name) => `\`${name.replaceAll('`', '``')}\``,
    literal: (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  };
}

function sqlText(column: string, type: LogicalType): string {
  if (type.kind === 'bytes') return `LOWER(HEX(${column}))`;
  return type.kind === 'float' && type.bits === 32 ? `${column} * 1e0` : column;
}

/** Table names tell case apart, column names do not; the suite uses each name for both. */
function refusesName(name: string): string | undefined {
  if (name === 'case' || name === 'CASE') return 'columns whose names differ in case only are one column';
  if (name.endsWith(' ')) return 'a name cannot end with a space';
  return /[\u{10000}-\u{10ffff}]/u.test(name)
    ? 'names hold no characters beyond the Basic Multilingual Plane'
    : undefined;
}
