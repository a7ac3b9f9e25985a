import type { CommandDeclaration } from './command.ts';

const connection = {
  name: 'connection',
  description: 'name of a connection in millrace.yaml',
  completes: 'connection',
} as const;

const secret = { name: 'name', description: 'name of a secret', completes: 'secret' } as const;

const tables = {
  flags: '--tables <pattern>',
  description: 'only these tables; * for any characters but a dot; may be repeated',
  isRepeatable: true,
} as const;

/** Systems, what lets us in, and what they have. */
export const CONNECTION_COMMANDS: readonly CommandDeclaration[] = [
  {
    name: 'connections add',
    summary: 'Add a connection to millrace.yaml; passwords go to the encrypted secrets',
    arguments: [
      { name: 'name', description: 'name of the new connection' },
      {
        name: 'type',
        description: 'its connector; asked for when left out',
        isOptional: true,
        completes: 'connector',
      },
    ],
    options: [
      { flags: '--set <key=value>', description: 'a setting; may be repeated', isRepeatable: true },
      { flags: '--secret-stdin <key>', description: 'read this secret setting from standard input' },
    ],
    examples: [
      'millrace connections add shop mysql --set host=db.internal --set user=reader --set database=shop --secret-stdin password < password.txt',
      "millrace connections add shop mysql --set host=db.internal --set user=reader --set 'password=${env:SHOP_PASSWORD}'",
    ],
    usesRunner: false,
    load: async () => (await import('../actions/connections.ts')).addConnection,
  },
  {
    name: 'connections list',
    summary: 'List the connections of the project',
    arguments: [],
    options: [],
    examples: ['millrace connections list'],
    usesRunner: false,
    load: async () => (await import('../actions/connections.ts')).listConnections,
  },
  {
    name: 'connections test',
    summary: 'Connect, log in and say which server answered',
    arguments: [connection],
    options: [],
    examples: ['millrace connections test shop'],
    usesRunner: true,
    load: async () => (await import('../actions/connections.ts')).testConnection,
  },
  {
    name: 'secrets set',
    summary: 'Save or replace a secret; asks for it without an echo, or reads standard input',
    arguments: [secret],
    options: [],
    examples: ['openssl rand -hex 32 | millrace secrets set MASK_KEY'],
    usesRunner: false,
    load: async () => (await import('../actions/secrets.ts')).setSecret,
  },
  {
    name: 'secrets list',
    summary: 'List the names of the secrets, and the files that refer to them',
    arguments: [],
    options: [],
    examples: ['millrace secrets list'],
    usesRunner: false,
    load: async () => (await import('../actions/secrets.ts')).listSecrets,
  },
  {
    name: 'secrets remove',
    summary: 'Forget a secret',
    arguments: [secret],
    options: [],
    examples: ['millrace secrets remove MASK_KEY'],
    usesRunner: false,
    load: async () => (await import('../actions/secrets.ts')).removeSecret,
  },
  {
    name: 'discover',
    summary: 'Show tables, columns, keys, sizes and cursor candidates of a connection',
    arguments: [connection],
    options: [tables, { flags: '--columns', description: 'with the columns of each table' }],
    examples: ["millrace discover shop --tables 'shop.order*' --columns"],
    usesRunner: true,
    load: async () => (await import('../actions/discover.ts')).discover,
  },
  {
    name: 'generate',
    summary: 'Write a pipeline from metadata and samples of a connection, each choice with its reason',
    arguments: [],
    options: [
      { flags: '--from <connection>', description: 'where the tables are' },
      { flags: '--into <connection>', description: 'where they go' },
      tables,
      {
        flags: '--goal <goal>',
        description: 'raw: tables as they are (default); star: facts and dimensions',
      },
      { flags: '--name <name>', description: "the pipeline's name; that of the connection when left out" },
      {
        flags: '--schema <name>',
        description: 'schema of the tables in the destination; raw or mart when left out',
      },
      { flags: '--write', description: 'into pipelines/NAME.yaml instead of the terminal' },
    ],
    examples: [
      'millrace generate --from shop --into warehouse',
      "millrace generate --from shop --into warehouse --tables 'shop.order*' --name orders --write",
    ],
    usesRunner: true,
    load: async () => (await import('../actions/generate.ts')).generate,
  },
];
