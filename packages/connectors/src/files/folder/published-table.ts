import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { PublicationRecord } from '@millrace/connector-sdk';
import { formatLogicalType, type Field } from '@millrace/spec';
import { z } from 'zod';

import { malformed } from '../errors.ts';
import { parseTypeWord, TYPE_WORD } from '../types.ts';

export const MANIFEST = 'manifest.json';
const KIND = 'millrace table';

const file = z.object({
  /** Relative to the table's folder, with `/`. */
  path: z.string().regex(/^v\d+-[0-9a-f]+\/[\w.-]+$/),
  rows: z.number(),
  sizeBytes: z.number(),
  sha256: z.string(),
});

const field = z.object({ name: z.string(), type: z.string().regex(TYPE_WORD), nullable: z.boolean() });

const manifest = z.object({
  kind: z.literal(KIND),
  format: z.enum(['parquet', 'csv', 'jsonl']),
  fields: z.array(field),
  files: z.array(file),
  /** Versions whose files are still there, the current one last. */
  versions: z.array(z.object({ version: z.number(), files: z.array(z.string()) })),
  record: z.object({
    runId: z.string(),
    fenceToken: z.number(),
    version: z.number(),
    position: z.record(z.string(), z.unknown()),
    publishedAt: z.string(),
    rows: z.number(),
    schemaFingerprint: z.string(),
  }),
});

export type PublishedFile = z.output<typeof file>;

/** A table that Millrace published into a folder: what its manifest says, and nothing that only lies there. */
export interface PublishedTable {
  readonly format: 'parquet' | 'csv' | 'jsonl';
  readonly fields: readonly Field[];
  readonly files: readonly PublishedFile[];
  readonly versions: readonly { readonly version: number; readonly files: readonly string[] }[];
  readonly record: PublicationRecord;
}

/** Undefined when the folder has no manifest of ours. Throws for a manifest that is damaged. */
export function readPublishedTable(folder: string): PublishedTable | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, MANIFEST), 'utf8');
  } catch {
    return undefined;
  }
  const json = parseJson(text);
  if (typeof json === 'object' && json !== null && 'kind' in json && json.kind !== KIND) return undefined;
  const parsed = manifest.safeParse(json);
  if (!parsed.success) {
    throw malformed(
      join(folder, MANIFEST),
      'the manifest of the table is damaged',
      'Restore it, or remove the folder and load the table again with --full-refresh.',
    );
  }
  const fields = parsed.data.fields.map(({ name, type, nullable }): Field => {
    const logical = parseTypeWord(type);
    if (logical === undefined)
      throw malformed(
        join(folder, MANIFEST),
        `the type ${type} of ${name} does not exist`,
        'Restore the manifest.',
      );
    return { name, type: logical, nullable };
  });
  return { ...parsed.data, fields };
}

export function formatPublishedTable(table: PublishedTable): string {
  const fields = table.fields.map(({ name, type, nullable }) => ({
    name,
    type: formatLogicalType(type),
    nullable,
  }));
  return `${JSON.stringify({ kind: KIND, ...table, fields }, null, 2)}\n`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
