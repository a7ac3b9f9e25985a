import type { CommandDeclaration } from './command.ts';
import { CONNECTION_COMMANDS } from './connections.ts';
import { PIPELINE_COMMANDS } from './pipelines.ts';
import { QUARANTINE_COMMANDS } from './quarantine.ts';
import { RUN_COMMANDS } from './runs.ts';
import { USER_COMMANDS } from './users.ts';

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
  ...CONNECTION_COMMANDS,
  ...PIPELINE_COMMANDS,
  ...RUN_COMMANDS,
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
      {
        flags: '--trusted-proxy <address>',
        description: 'a proxy, or a network of them, whose X-Forwarded-For is believed',
        isRepeatable: true,
      },
      {
        flags: '--warehouse-idle <minutes>',
        description: 'without a run or a question for so long, the process that owns the warehouse ends (5)',
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
