import { z } from 'zod';

import { TYPE_WORD } from './types.ts';

const asciiCharacter = z
  .string()
  .regex(/^[\t\x20-\x7e]$/, 'must be one ASCII character')
  .describe('One ASCII character.');

const dialect = z.strictObject({
  delimiter: asciiCharacter
    .optional()
    .describe('Between fields.')
    .meta({ title: 'Delimiter', examples: [',', ';', '\t'] }),
  quote: asciiCharacter
    .nullable()
    .optional()
    .describe('Around fields that hold delimiters, quotes or line ends; null when the files have no quoting.')
    .meta({ title: 'Quote', examples: ['"'] }),
  escape: asciiCharacter
    .optional()
    .describe('Before a quote inside a quoted field; the quote itself where quotes are doubled.')
    .meta({ title: 'Escape', examples: ['"', '\\'] }),
  header: z
    .boolean()
    .optional()
    .describe('Whether the first record of each file names the columns.')
    .meta({ title: 'Header', examples: [true] }),
  nullText: z
    .string()
    .max(64)
    .optional()
    .describe('The unquoted text that means NULL; a quoted one is text.')
    .meta({ title: 'NULL text', examples: ['', 'NULL', '\\N'] }),
  encoding: z
    .enum(['utf-8', 'utf-16le', 'utf-16be', 'latin1', 'windows-1252'])
    .optional()
    .describe('Character set of the files; a byte order mark at their start wins over a wrong utf-16 here.')
    .meta({ title: 'Encoding', examples: ['utf-8'] }),
});

const table = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe(
      'Files of the table below the root: `*` within a folder, `**` across folders, `?` one character.',
    )
    .meta({ title: 'Path', examples: ['orders/*.csv', 'events/**/*.jsonl.gz'] }),
  format: z
    .enum(['csv', 'jsonl', 'parquet'])
    .optional()
    .describe('By the file extension when absent.')
    .meta({ title: 'Format', examples: ['csv'] }),
  dialect: dialect
    .optional()
    .describe(
      'How the CSV files are written; what is absent is detected from a sample and shown in the plan.',
    )
    .meta({ title: 'Dialect', examples: [{ delimiter: ';', header: true }] }),
  columns: z
    .array(
      z.strictObject({
        name: z
          .string()
          .min(1)
          .describe('As in the header.')
          .meta({ title: 'Name', examples: ['id'] }),
        type: z
          .string()
          .regex(TYPE_WORD, 'must be a type such as int64, decimal(18, 2), string or timestamp')
          .describe('The logical type that every value must have.')
          .meta({ title: 'Type', examples: ['int64', 'decimal(18, 2)'] }),
      }),
    )
    .min(1)
    .optional()
    .describe('All columns in order; detected from a sample when absent.')
    .meta({ title: 'Columns', examples: [[{ name: 'id', type: 'int64' }]] }),
  key: z
    .array(z.string().min(1))
    .optional()
    .describe('Columns that identify a row, for merging.')
    .meta({ title: 'Key', examples: [['id']] }),
  onMalformed: z
    .enum(['stop', 'quarantine'])
    .default('stop')
    .describe('What becomes of a record that does not follow the dialect or has another number of fields.')
    .meta({ title: 'Malformed records', examples: ['quarantine'] }),
});

const MEBIBYTE = 1024 * 1024;

export const filesConfig = z.strictObject({
  root: z
    .string()
    .min(1)
    .describe('The folder that holds everything; nothing outside it is read or written.')
    .meta({ title: 'Root folder', examples: ['data/incoming'] }),
  tables: z
    .record(z.string().min(1), table)
    .optional()
    .describe(
      'Which files make up which table; without it each group of files with one name pattern is a table.',
    )
    .meta({ title: 'Tables', examples: [{ orders: { path: 'orders/*.csv' } }] }),
  maxRecordBytes: z
    .number()
    .int()
    .min(1024)
    .max(1024 * MEBIBYTE)
    .default(64 * MEBIBYTE)
    .describe('Longest record; a longer one is malformed.')
    .meta({ title: 'Longest record', examples: [64 * MEBIBYTE], advanced: true }),
  maxExpansion: z
    .number()
    .min(2)
    .default(100)
    .describe('Largest ratio of unpacked to packed size of a gzip or zstd file beyond its first 16 MiB.')
    .meta({ title: 'Largest expansion', examples: [100], advanced: true }),
  write: z
    .strictObject({
      format: z
        .enum(['parquet', 'csv', 'jsonl'])
        .default('parquet')
        .describe('Format of published files.')
        .meta({ title: 'Format', examples: ['parquet'] }),
      compression: z
        .enum(['none', 'gzip', 'zstd'])
        .default('none')
        .describe('For csv and jsonl; Parquet is always zstd inside.')
        .meta({ title: 'Compression', examples: ['gzip'] }),
      keepVersions: z
        .number()
        .int()
        .min(1)
        .max(1000)
        .default(3)
        .describe('Versions of a replaced table that stay on disk, the current one included.')
        .meta({ title: 'Versions to keep', examples: [3] }),
      neutralizeFormulas: z
        .boolean()
        .default(false)
        .describe('Put an apostrophe before text cells of CSV that a spreadsheet would run as a formula.')
        .meta({ title: 'Neutralise formulas', examples: [true] }),
    })
    .prefault({})
    .describe('How tables are published when the folder is a destination.')
    .meta({ title: 'Writing', examples: [{ format: 'csv', compression: 'gzip' }], advanced: true }),
});

export type FilesConfig = z.output<typeof filesConfig>;
export type TableConfig = NonNullable<FilesConfig['tables']>[string];
export type FileFormat = 'csv' | 'jsonl' | 'parquet';
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1' | 'windows-1252';
