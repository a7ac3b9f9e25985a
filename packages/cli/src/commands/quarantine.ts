import type { CommandDeclaration, CommandOption } from './command.ts';
import { pipeline } from './given.ts';

const SELECTION: readonly CommandOption[] = [
  { flags: '--step <name>', description: 'only rows of this step, or of this table that is loaded' },
  { flags: '--check <name>', description: 'only rows that this check set aside' },
  {
    flags: '--kind <kind>',
    description: 'check: set aside by a check; load: a value that its column cannot hold',
  },
];

const ROWS: CommandOption = {
  flags: '--row <id>',
  description: 'only this row, by the beginning of its id; may be repeated',
  isRepeatable: true,
};

const DECISION: readonly CommandOption[] = [
  ...SELECTION,
  ROWS,
  { flags: '--all', description: 'all rows of the pipeline that are in quarantine' },
  { flags: '--note <text>', description: 'why, for whoever asks later' },
];

/** What becomes of rows that were set aside. */
export const QUARANTINE_COMMANDS: readonly CommandDeclaration[] = [
  {
    name: 'quarantine list',
    summary: 'List what is in quarantine, by step and reason',
    arguments: [{ ...pipeline, isOptional: true, description: 'name of a pipeline; all when left out' }],
    options: SELECTION,
    examples: ['millrace quarantine list', 'millrace quarantine list shop-orders --step orders'],
    usesRunner: true,
    load: async () => (await import('../actions/quarantine.ts')).listRows,
  },
  {
    name: 'quarantine show',
    summary: 'Show rows in quarantine as they were, and why they are there',
    arguments: [pipeline],
    options: [...SELECTION, ROWS, { flags: '--limit <count>', description: 'at most so many (20)' }],
    examples: ["millrace quarantine show shop-orders --step orders --check 'accepted(status)'"],
    usesRunner: true,
    load: async () => (await import('../actions/quarantine.ts')).showRows,
  },
  {
    name: 'quarantine export',
    summary: 'Write the rows of a step that are in quarantine to a file',
    arguments: [pipeline],
    options: [
      { flags: '--to <file>', description: 'its name ends in .csv, .json, .jsonl, .parquet or .xlsx' },
      ...SELECTION,
      ROWS,
    ],
    examples: ['millrace quarantine export shop-orders --step orders --to orders-to-mend.csv'],
    usesRunner: true,
    load: async () => (await import('../actions/quarantine.ts')).exportRows,
  },
  {
    name: 'quarantine release',
    summary: 'Let rows pass the checks that set them aside; the steps behind run again',
    arguments: [pipeline],
    options: DECISION,
    examples: [
      'millrace quarantine release shop-orders --row 3f9a1c --note "refund agreed"',
      "millrace quarantine release shop-orders --step orders --check 'accepted(status)'",
    ],
    usesRunner: true,
    load: async () => (await import('../actions/quarantine.ts')).releaseRows,
  },
  {
    name: 'quarantine discard',
    summary: 'Drop rows in quarantine, for as long as they stay as they are or until they are restored',
    arguments: [pipeline],
    options: [...DECISION, { flags: '--yes', description: 'do not ask' }],
    examples: ['millrace quarantine discard shop-orders --step orders --row 3f9a1c --yes'],
    usesRunner: true,
    load: async () => (await import('../actions/quarantine.ts')).discardRows,
  },
  {
    name: 'quarantine restore',
    summary: 'Take discarded rows back into quarantine; the steps behind run again',
    arguments: [pipeline],
    options: [
      { flags: '--at <time>', description: 'those that were discarded then, as decisions shows it' },
      { flags: '--step <name>', description: 'only rows of this step, or of this table that is loaded' },
      ROWS,
      { flags: '--all', description: 'all rows of the pipeline that were discarded' },
      { flags: '--note <text>', description: 'why, for whoever asks later' },
    ],
    examples: [
      'millrace quarantine restore shop-orders --at 2026-11-21T09:30:00.000Z',
      'millrace quarantine restore shop-orders --row 3f9a1c',
    ],
    usesRunner: true,
    load: async () => (await import('../actions/quarantine.ts')).restoreRows,
  },
  {
    name: 'quarantine decisions',
    summary: 'List what was decided about rows in quarantine, by whom and why',
    arguments: [{ ...pipeline, isOptional: true, description: 'name of a pipeline; all when left out' }],
    options: [],
    examples: ['millrace quarantine decisions', 'millrace quarantine decisions shop-orders --json'],
    usesRunner: false,
    load: async () => (await import('../actions/quarantine.ts')).listDecisions,
  },
];
