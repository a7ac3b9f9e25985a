import type { CommandDeclaration } from './command.ts';
import { asFullRefresh, parameter, pipeline, tablesWithNeeds } from './given.ts';

/** What can be told of pipelines without moving data. */
export const PIPELINE_COMMANDS: readonly CommandDeclaration[] = [
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
      parameter,
    ],
    examples: [
      'millrace validate',
      'millrace validate shop-orders --offline',
      'millrace validate shop-orders --param since=2026-01-01',
    ],
    usesRunner: true,
    load: async () => (await import('../actions/validate.ts')).validate,
  },
  {
    name: 'plan',
    summary: 'Show what a run would read, build and write',
    arguments: [pipeline],
    options: [asFullRefresh, tablesWithNeeds, parameter],
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
];
