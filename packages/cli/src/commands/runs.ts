import type { CommandDeclaration } from './command.ts';
import { asFullRefresh, parameter, pipeline, tablesWithNeeds } from './given.ts';

/** Runs, and what they make of tables. */
export const RUN_COMMANDS: readonly CommandDeclaration[] = [
  {
    name: 'run',
    summary: 'Load the tables of a pipeline; takes up a run that was killed',
    arguments: [pipeline],
    options: [
      { flags: '--full-refresh', description: 'read everything again and publish it as a new version' },
      tablesWithNeeds,
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
    options: [tablesWithNeeds, parameter],
    examples: ['millrace verify shop-orders'],
    usesRunner: true,
    load: async () => (await import('../actions/verify.ts')).verify,
  },
  {
    name: 'diff',
    summary: 'Show what a run would change in the published tables, without publishing',
    arguments: [pipeline],
    options: [asFullRefresh, tablesWithNeeds, parameter],
    examples: ['millrace diff shop-orders', "millrace diff shop-orders --tables 'mart.*' --json"],
    usesRunner: true,
    load: async () => (await import('../actions/diff.ts')).diff,
  },
];
