import { z } from 'zod';

/** What a person gives to reach a database. Nothing else is handed to the driver. */
export const postgresConfig = z.strictObject({
  host: z
    .string()
    .min(1)
    .refine(
      (host) => !host.includes('/'),
      'A host is a name or an address; give a socket folder as `socket`.',
    )
    .default('localhost')
    .describe('Name or address of the server.')
    .meta({ title: 'Host', examples: ['db.example.com'] }),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .default(5432)
    .describe('Port of the server.')
    .meta({ title: 'Port', examples: [5432] }),
  socket: z
    .string()
    .startsWith('/')
    .optional()
    .describe(
      'Folder of the server’s Unix socket, used instead of the host; the port is still part of the name.',
    )
    .meta({ title: 'Socket folder', examples: ['/var/run/postgresql'], advanced: true }),
  user: z
    .string()
    .min(1)
    .describe('Role to log in as.')
    .meta({ title: 'User', examples: ['millrace'] }),
  password: z
    .string()
    .default('')
    .describe('Password of the role; leave it out where the server asks for none.')
    .meta({ title: 'Password', examples: ['${secret:SHOP_PASSWORD}'], secret: true }),
  database: z
    .string()
    .min(1)
    .describe('Database to read or write.')
    .meta({ title: 'Database', examples: ['shop'] }),
  tls: z
    .enum(['disable', 'prefer', 'require', 'verify'])
    .default('prefer')
    .describe(
      'disable: never. prefer: when the server offers it, its certificate unchecked. require: always, unchecked. verify: always, certificate and host name checked.',
    )
    .meta({ title: 'TLS', examples: ['verify'] }),
  ca: z
    .string()
    .optional()
    .describe(
      'PEM text of the authority that signed the server’s certificate, for `tls: verify`; without it the system’s own.',
    )
    .meta({ title: 'Certificate authority', examples: ['${env:DB_CA}'], advanced: true }),
  connectTimeoutSeconds: z
    .number()
    .positive()
    .max(600)
    .default(10)
    .describe('Longest wait for a connection.')
    .meta({ title: 'Connect timeout', examples: [10], advanced: true }),
  readTimeoutSeconds: z
    .number()
    .positive()
    .max(86_400)
    .default(60)
    .describe(
      'Longest silence of the server while it owes an answer and is not working on it: after that the connection counts as dead.',
    )
    .meta({ title: 'Read timeout', examples: [60], advanced: true }),
});

export type PostgresConfig = z.infer<typeof postgresConfig>;
