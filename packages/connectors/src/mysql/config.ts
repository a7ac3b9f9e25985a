import { z } from 'zod';

/** Connection settings. Nothing else reaches the wire: there are no driver options to pass through. */
export const mysqlConfig = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .meta({ title: 'Host', examples: ['db.example.com'] })
    .describe('Name or address of the server.'),
  port: z
    .int()
    .min(1)
    .max(65535)
    .default(3306)
    .meta({ title: 'Port', examples: [3306] })
    .describe('TCP port of the server.'),
  user: z
    .string()
    .min(1)
    .meta({ title: 'User', examples: ['millrace'] })
    .describe('Account to log in with.'),
  password: z
    .string()
    .default('')
    .meta({ title: 'Password', examples: ['${secret:SHOP_PASSWORD}'], secret: true })
    .describe('Password of the account.'),
  database: z
    .string()
    .min(1)
    .optional()
    .meta({ title: 'Database', examples: ['shop'] })
    .describe('Database of tables that are named without one. Discovery is limited to it when it is set.'),
  socket: z
    .string()
    .min(1)
    .optional()
    .meta({ title: 'Unix socket', examples: ['/run/mysqld/mysqld.sock'] })
    .describe("Path of the server's Unix socket; host and port are not used then."),
  tls: z
    .enum(['disable', 'prefer', 'require', 'verify'])
    .default('prefer')
    .meta({ title: 'TLS', examples: ['verify'] })
    .describe(
      'prefer: encrypt when the server can. require: refuse plain text. verify: check certificate and host name too.',
    ),
  ca: z
    .string()
    .min(1)
    .optional()
    .meta({ title: 'Certificate authority', examples: ['/etc/ssl/certs/shop-ca.pem'] })
    .describe(
      "PEM text, or path of a PEM file, of the authority that signed the server's certificate (for tls: verify).",
    ),
  connectTimeoutSeconds: z
    .number()
    .positive()
    .max(600)
    .default(10)
    .meta({ title: 'Connect timeout', examples: [10], advanced: true })
    .describe('Seconds until an unanswered connection attempt fails.'),
  readTimeoutSeconds: z
    .number()
    .positive()
    .max(86_400)
    .default(60)
    .meta({ title: 'Read timeout', examples: [60], advanced: true })
    .describe(
      'Seconds of silence after which a connection whose statement is not running any more is given up.',
    ),
});

export type MysqlConfig = z.output<typeof mysqlConfig>;
