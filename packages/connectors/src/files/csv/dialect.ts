import { z } from 'zod';

/** How CSV files of a table are written: everything is known. */
export const csvDialect = z.object({
  delimiter: z.string(),
  quote: z.string().nullable(),
  escape: z.string(),
  header: z.boolean(),
  nullText: z.string(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'latin1', 'windows-1252']),
});

export type CsvDialect = z.output<typeof csvDialect>;

/** For plans and messages. */
export function describeDialect(dialect: CsvDialect): string {
  const quoting =
    dialect.quote === null
      ? 'no quotes'
      : `quote ${dialect.quote}, escaped by ${dialect.escape === dialect.quote ? 'doubling' : dialect.escape}`;
  return `delimiter ${JSON.stringify(dialect.delimiter)}, ${quoting}, ${dialect.header ? 'with' : 'without'} a header, NULL is ${dialect.nullText === '' ? 'an unquoted empty field' : `unquoted ${JSON.stringify(dialect.nullText)}`}, ${dialect.encoding}`;
}
