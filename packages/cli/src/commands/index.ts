import type { CommandDeclaration } from './command.ts';
import { QUARANTINE_COMMANDS } from './quarantine.ts';
import { USER_COMMANDS } from './users.ts';

const pipeline = { name: 'pipeline', description: 'name of a pipeline', completes: 'pipeline' } as const;
const connection = {
  name: 'connection',
  description: 'name of a connection in millrace.yaml',
  completes: 'connection',
} as const;

const secret = { name: 'name', description: 'name of a secret', completes: 'secret' } as const;

const parameter = {
  flags: '--param <name=value>',
  description: 'value of a parameter of the pipeline; may be repeated',
  isRepeatable: true,
} as const;

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandDeclaration[] = [
  {
    name: 'init',
    summary: 'Make a project: millrace.yaml, pipelines/, .gitignore',
    arguments: [{ name: 'folder', description: 'where; the current folder when left out', isOptional: true }],
    options: [{ flags: '--name <name>', description: "the project's name; the folder's when left out" }],
    examples: ['millrace init shop-warehouse'],
    usesRunner: false,
    load: async () => (await import('../actions/init.ts')).init,
  },
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
    options: [
      {
        flags: '--tables <pattern>',
        description: 'only these tables; * for any characters but a dot; may be repeated',
        isRepeatable: true,
      },
      { flags: '--columns', description: 'with the columns of each table' },
    ],
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
      {
        flags: '--tables <pattern>',
        description: 'only these tables; * for any characters but a dot; may be repeated',
        isRepeatable: true,
      },
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
  {
    name: 'validate',
    summary: 'Check the documents of the project, down to SQL, columns and types; moves no data',
    arguments: [{ ...pipeline, isOptional: true, description: 'name of a pipeline; all when left out' }],
    options: [
      {
        flags: '--offline',
        description:
          'ask no source, not even for tables that were never discovered; says what that leaves open',
      },
    ],
    examples: ['millrace validate', 'millrace validate shop-orders --offline'],
    usesRunner: true,
    load: async () => (await import('../actions/validate.ts')).validate,
  },
  {
    name: 'plan',
    summary: 'Show what a run would read, build and write',
    arguments: [pipeline],
    options: [
      { flags: '--full-refresh', description: 'as the run with --full-refresh would' },
      {
        flags: '--tables <pattern>',
        description: 'only these tables, with what they need; may be repeated',
        isRepeatable: true,
      },
      parameter,
    ],
    examples: ['millrace plan shop-orders', 'millrace plan shop-orders --param since=2026-01-01'],
    usesRunner: true,
    load: async () => (await import('../actions/plan.ts')).plan,
  },
  {
    name: 'preview',
    summary: 'Show what goes into a step and what comes out, on a sample of the tables',
    arguments: [pipeline, { name: 'step', description: 'name of a step in the document' }],
    options: [
      { flags: '--rows <count>', description: 'rows to show of each (10)' },
      { flags: '--fresh', description: 'read a new sample; a kept one is used for an hour' },
      parameter,
    ],
    examples: [
      'millrace preview shop-orders enriched',
      'millrace preview shop-orders enriched --rows 3 --json',
    ],
    usesRunner: true,
    load: async () => (await import('../actions/preview.ts')).preview,
  },
  {
    name: 'lineage',
    summary: 'Show where a column comes from, through every step, and where it goes',
    arguments: [
      { name: 'column', description: 'COLUMN or TABLE.COLUMN; a table can be a step' },
      { ...pipeline, isOptional: true, description: 'name of a pipeline; all when left out' },
    ],
    options: [
      { flags: '--upstream', description: 'only where it comes from' },
      { flags: '--downstream', description: 'only where it goes' },
    ],
    examples: [
      'millrace lineage mart.totals.revenue',
      'millrace lineage orders.total shop-orders --downstream',
    ],
    usesRunner: true,
    load: async () => (await import('../actions/lineage.ts')).lineage,
  },
  {
    name: 'test',
    summary: 'Run the tests of a pipeline over its steps, in memory',
    arguments: [pipeline],
    options: [
      parameter,
      {
        flags: '--generate',
        description: 'propose a test instead: rows of the sources, masked, and what comes of them',
      },
    ],
    examples: ['millrace test shop-orders', 'millrace test shop-orders --generate'],
    usesRunner: true,
    load: async () => (await import('../actions/test.ts')).test,
  },
  {
    name: 'export',
    summary: 'Write a pipeline as a Mermaid graph, a script of SQL or an Airflow DAG',
    arguments: [{ name: 'format', description: 'mermaid, sql or airflow' }, pipeline],
    options: [parameter],
    examples: [
      'millrace export mermaid shop-orders',
      'millrace export airflow shop-orders > dags/shop_orders.py',
    ],
    usesRunner: true,
    load: async () => (await import('../actions/export.ts')).exportAs,
  },
  {
    name: 'run',
    summary: 'Load the tables of a pipeline; takes up a run that was killed',
    arguments: [pipeline],
    options: [
      { flags: '--full-refresh', description: 'read everything again and publish it as a new version' },
      {
        flags: '--tables <pattern>',
        description: 'only these tables, with what they need; may be repeated',
        isRepeatable: true,
      },
      parameter,
      { flags: '--verify', description: 'compare source and destination of every table, row by row' },
    ],
    examples: [
      'millrace run shop-orders',
      "millrace run shop-orders --tables 'shop.order*' --verify",
      'millrace run shop-orders --param since=2026-01-01',
    ],
    usesRunner: true,
    load: async () => (await import('../actions/run.ts')).run,
  },
  {
    name: 'runs',
    summary: 'List runs, or show one with its tables',
    arguments: [
      { name: 'run', description: 'id of a run, or its beginning', isOptional: true, completes: 'run' },
    ],
    options: [
      { flags: '--pipeline <name>', description: 'only runs of this pipeline' },
      { flags: '--limit <count>', description: 'at most so many (20)' },
      { flags: '--log', description: 'what the code of its steps logged' },
      { flags: '--profile', description: 'what the values of its tables look like, by column' },
      { flags: '--openlineage', description: 'the run as OpenLineage events, one JSON object per line' },
    ],
    examples: [
      'millrace runs',
      'millrace runs 20261120-203637-4f9c1a',
      'millrace runs 20261120-203637-4f9c1a --profile',
      'millrace runs 20261120-203637-4f9c1a --openlineage',
    ],
    usesRunner: false,
    load: async () => (await import('../actions/runs.ts')).runs,
  },
  {
    name: 'verify',
    summary: 'Compare every row of source and destination, inside both databases',
    arguments: [pipeline],
    options: [
      {
        flags: '--tables <pattern>',
        description: 'only these tables, with what they need; may be repeated',
        isRepeatable: true,
      },
      parameter,
    ],
    examples: ['millrace verify shop-orders'],
    usesRunner: true,
    load: async () => (await import('../actions/verify.ts')).verify,
  },
  {
    name: 'diff',
    summary: 'Show what a run would change in the published tables, without publishing',
    arguments: [pipeline],
    options: [
      { flags: '--full-refresh', description: 'as the run with --full-refresh would' },
      {
        flags: '--tables <pattern>',
        description: 'only these tables, with what they need; may be repeated',
        isRepeatable: true,
      },
      parameter,
    ],
    examples: ['millrace diff shop-orders', "millrace diff shop-orders --tables 'mart.*' --json"],
    usesRunner: true,
    load: async () => (await import('../actions/diff.ts')).diff,
  },
  {
    name: 'query',
    summary: 'Ask the warehouse a question in SQL',
    arguments: [{ name: 'sql', description: 'one statement that reads' }],
    options: [
      { flags: '--connection <name>', description: 'the warehouse to ask; the default one when left out' },
      { flags: '--limit <count>', description: 'rows to show at most (1000)' },
    ],
    examples: ["millrace query 'SELECT status, count(*) FROM raw.orders GROUP BY ALL'"],
    usesRunner: true,
    load: async () => (await import('../actions/query.ts')).query,
  },
  {
    name: 'serve',
    summary: 'Serve the portal and the API of the project, until Ctrl-C',
    arguments: [],
    options: [
      { flags: '--port <port>', description: 'where it listens (4600); 0 takes any that is free' },
      { flags: '--host <address>', description: 'the address to listen at (127.0.0.1); others need --url' },
      {
        flags: '--url <url>',
        description: 'how browsers reach it: the https:// address of the proxy before it',
      },
      { flags: '--no-auth', description: 'nobody signs in; for this machine only' },
    ],
    examples: ['millrace serve', 'millrace serve --host 10.0.0.5 --url https://millrace.example.org'],
    usesRunner: false,
    load: async () => (await import('../actions/serve.ts')).serve,
  },
  {
    name: 'rollback',
    summary: 'Publish an earlier version of a table again, from its kept load packages',
    arguments: [{ name: 'table', description: 'a destination table: schema.table' }],
    options: [
      {
        flags: '--to <run>',
        description: 'the run whose version is wanted; the one before the current when left out',
      },
      { flags: '--pipeline <name>', description: 'the pipeline that writes the table, when several do' },
    ],
    examples: ['millrace rollback raw.orders', 'millrace rollback raw.orders --to 20261120-203637-4f9c1a'],
    usesRunner: true,
    load: async () => (await import('../actions/rollback.ts')).rollback,
  },
  ...QUARANTINE_COMMANDS,
  ...USER_COMMANDS,
  {
    name: 'schema',
    summary: 'Print the JSON Schema of a document, for editors',
    arguments: [
      { name: 'document', description: 'pipeline (default), project or template', isOptional: true },
    ],
    options: [
      {
        flags: '--write',
        description: 'write the schemas that the editors of this project use, after an update',
      },
    ],
    examples: ['millrace schema project', 'millrace schema --write'],
    usesRunner: false,
    load: async () => (await import('../actions/schema.ts')).schema,
  },
  {
    name: 'completion',
    summary: 'Print a completion script for a shell',
    arguments: [{ name: 'shell', description: 'bash, zsh or fish', completes: 'shell' }],
    options: [],
    examples: ['source <(millrace completion bash)'],
    usesRunner: false,
    load: async () => (await import('../actions/completion.ts')).completion,
  },
];

/** Options that every command has. */
export const GLOBAL_OPTIONS = [
  {
    flags: '--project <folder>',
    description: 'the project; the nearest parent folder with a millrace.yaml when left out',
  },
  {
    flags: '--environment <name>',
    description: "the environment of millrace.yaml; the project's default when left out",
  },
  {
    flags: '--server <url>',
    description:
      'a server to work through, with the API token in MILLRACE_TOKEN; the one that runs on the project when left out',
  },
  { flags: '--json', description: 'print one JSON document instead of text' },
] as const;
