import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';

import {
  canonicalFromText,
  type ConnectorHarness,
  createBoundariesOverSql,
  type HarnessInstance,
  ordersOverSql,
  quoteTableOf,
  type SqlProbe,
  tableIn,
} from '@millrace/connector-sdk/conformance';
import { requireServer, type SharedServer, testPassword } from '@millrace/connector-sdk/testing';
import driver from 'pg';

import { boundaryTypes, boundaryValues } from './boundary-values.ts';

/** A schema of its own on the shared server. */
export const harness: ConnectorHarness = {
  variants: ['postgres'],
  async start(variant) {
    const server = await requireServer(variant);
    return 'skipped' in server ? server : startInstance(server);
  },
};

async function startInstance(server: SharedServer): Promise<HarnessInstance> {
  const { connection } = server;
  const schema = `conformance_${randomBytes(5).toString('hex')}`;
  const probe = await openProbe(connection, schema);
  await probe.run(`CREATE SCHEMA ${schema}`);
  const orders = ordersOverSql(probe, {
    integer: 'bigint',
    text: 'text',
    decimal: 'numeric(12,2)',
    timestamp: 'timestamp with time zone',
    time: (text) => `'${text}+00'`,
  });
  let hasTypes = false;
  return {
    config: connection,
    secrets: [testPassword],
    wrongConfigs: [
      {
        name: 'wrong password',
        config: { ...connection, password: `${testPassword}!` },
        code: 'authenticationFailed',
        message: /user "millrace".*Check user and password/,
      },
      {
        name: 'unknown user',
        config: { ...connection, user: 'nobody_here' },
        code: 'authenticationFailed',
        message: /nobody_here/,
      },
      {
        name: 'unknown database',
        config: { ...connection, database: 'nowhere' },
        code: 'configInvalid',
        message: /nowhere.*Check the name of the database/,
      },
      {
        name: 'a certificate nobody knows',
        config: { ...connection, tls: 'verify' },
        code: 'tlsFailed',
        message: /certificate/,
      },
    ],
    network: {
      host: String(connection['host']),
      port: Number(connection['port']),
      through: ({ host, port }) => ({
        ...connection,
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
        await probe.run(`CREATE TABLE ${target} (id bigint PRIMARY KEY, payload text NOT NULL)`);
        await probe.run(
          `INSERT INTO ${target} SELECT g, lpad(g::text, 200, '0') FROM generate_series(1, ${rows}) AS g`,
        );
        return table;
      },
      insertLarge: (table, id) =>
        probe.run(`INSERT INTO ${quoteTableOf(probe, table)} VALUES (${id}, 'late')`),
      async createBoundaries(name) {
        if (!hasTypes) for (const sql of boundaryTypes(schema)) await probe.run(sql);
        hasTypes = true;
        const values = boundaryValues(schema);
        // The text protocol carries what the type's own output function prints.
        return createBoundariesOverSql(probe, name, values, {
          idType: 'integer',
          textOf: (column) => column,
        });
      },
      refusesName: (name) => (Buffer.byteLength(name) > 63 ? 'PostgreSQL cuts names to 63 bytes' : undefined),
      async killReads() {
        await probe.rows(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid <> pg_backend_pid() AND state = 'active' AND query LIKE '%COPY%${schema}%'`,
        );
      },
    },
    destination: {
      schema,
      async readRows(table, fields) {
        const columns = fields.map((field) => probe.quote(field.name));
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
      await probe.run(`DROP SCHEMA ${schema} CASCADE`);
      await probe.close();
    },
  };
}

interface ClosableProbe extends SqlProbe {
  close(): Promise<void>;
}

async function openProbe(connection: SharedServer['connection'], schema: string): Promise<ClosableProbe> {
  const client = new driver.Client({
    host: String(connection['host']),
    port: Number(connection['port']),
    user: String(connection['user']),
    database: String(connection['database']),
    password: () => testPassword,
    ssl: false,
    stream: () => new Socket(),
    application_name: 'conformance',
    connectionTimeoutMillis: 10_000,
    keepAlive: false,
    keepAliveInitialDelayMillis: 0,
    types: { getTypeParser: () => (text) => text },
  });
  await client.connect();
  const rows: SqlProbe['rows'] = async (text) => {
    const result = await client.query({ text, rowMode: 'array' });
    return Array.isArray(result) ? [] : result.rows;
  };
  // The forms that the type table documents.
  const forms = `TimeZone = 'UTC'; SET DateStyle = ISO; SET IntervalStyle = iso_8601; SET lc_monetary = 'C'`;
  await rows(`SET ${forms}; SET bytea_output = hex`);
  return {
    schema,
    run: async (sql) => void (await rows(sql)),
    rows,
    quote: (name) => `"${name.replaceAll('"', '""')}"`,
    literal: (text) => `'${text.replaceAll("'", "''")}'`,
    close: () => client.end(),
  };
}
