import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';
import { z } from 'zod';

import type { OperationContext } from '../../operation-context.ts';
import { defineOperation } from '../../operation.ts';
import { editProject } from '../../project/edit-project.ts';
import { declareConnections } from '../../project/resolve-connections.ts';
import { STATE_FOLDER } from '../../state-folder.ts';

/** Below the project, one folder for each table. */
const UPLOADS = 'uploads';
/** Of base64: a request holds at most 4 MiB. */
const MAX_PART_CHARACTERS = 3_500_000;
const MAX_BYTES = 2 * 1024 ** 3;
const NAME =
  /^([A-Za-z0-9][A-Za-z0-9._ -]{0,120}?)\.((?:csv|tsv|jsonl|ndjson|parquet)(?:\.gz|\.zst)?|xlsx)$/i;

/**
 * Takes a data file in parts, one after the other, and puts it where a files connection of the project reads it, as a table
 * of its own. Of a workbook it is the first sheet, as CSV. The connection is made with the first file.
 */
export const uploadFile = defineOperation({
  name: 'connections/upload-file',
  summary: 'Add a data file to the project as a table.',
  permission: 'connection.write',
  input: z.strictObject({
    /** Of the file: `orders.csv`. */
    name: z
      .string()
      .regex(
        NAME,
        'must end with .csv, .tsv, .jsonl, .ndjson or .parquet, plain or with .gz or .zst, or with .xlsx',
      ),
    /** From the answer to the first part; null for the first. */
    uploadId: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .nullable()
      .default(null),
    /** How many bytes went before. */
    offset: z.int().min(0),
    /** Base64. */
    data: z.base64().max(MAX_PART_CHARACTERS),
    isLast: z.boolean(),
  }),
  output: z.strictObject({
    uploadId: z.string(),
    received: z.int(),
    /** Where it can be read, after the last part. */
    source: z.strictObject({ connection: z.string(), table: z.string() }).nullable(),
  }),
  async handler(context, { name, uploadId: begun, offset, data, isLast }, signal) {
    const uploadId = begun ?? randomBytes(16).toString('hex');
    const folder = join(context.projectFolder, STATE_FOLDER, UPLOADS);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const partial = join(folder, uploadId);
    const received = await append(partial, offset, Buffer.from(data, 'base64'));
    if (!isLast) return { uploadId, received, source: null };
    const [, stem = '', given = ''] = NAME.exec(name) ?? [];
    const isWorkbook = given.toLowerCase() === 'xlsx';
    const whole = isWorkbook ? await sheetOf(context, partial, signal) : partial;
    const ending = isWorkbook ? 'csv' : given.toLowerCase();
    const connection = await uploadsConnection(context);
    const table = tableName(stem);
    const target = join(context.projectFolder, UPLOADS, table);
    await mkdir(target, { recursive: true });
    await rename(whole, join(target, `${table}.${ending}`));
    return { uploadId, received, source: { connection, table } };
  },
});

/** The first sheet of a workbook, as a CSV file beside it. */
async function sheetOf(context: OperationContext, path: string, signal: AbortSignal): Promise<string> {
  const target = `${path}.csv`;
  try {
    await context.runner().call('workbookToCsv', { path, target }, signal);
    return target;
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  } finally {
    await rm(path, { force: true });
  }
}

/** Parts come in order; one that is sent twice is written once. */
async function append(path: string, offset: number, bytes: Buffer): Promise<number> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (offset > size) throw refused('A part of the file is missing. Send it again from the beginning.');
  if (offset + bytes.length > MAX_BYTES) {
    await rm(path, { force: true });
    throw refused('The file is larger than 2 GiB. Put it where a files connection of the project reads it.');
  }
  const file = await open(path, size === 0 ? 'w' : 'r+', 0o600);
  try {
    await file.write(bytes, 0, bytes.length, offset);
  } finally {
    await file.close();
  }
  return offset + bytes.length;
}

/** The connection that reads the folder; made when there is none. */
async function uploadsConnection(context: OperationContext): Promise<string> {
  const project = await context.project();
  const names = Object.keys(project.document.connections ?? {});
  const declared = await declareConnections(
    project,
    context.registry,
    await context.environmentName(),
    names,
  );
  const known = declared.find(({ settings }) => settings['root'] === UPLOADS);
  if (known !== undefined) return known.name;
  for (const [type, load] of Object.entries(context.registry)) {
    const { capabilities, config } = await load();
    const readsFiles = capabilities.source?.incrementalBy === 'newFiles';
    if (!readsFiles || !config.safeParse({ root: UPLOADS }).success) continue;
    const name = names.includes(UPLOADS) ? `${UPLOADS}-of-portal` : UPLOADS;
    await editProject(context, [
      { kind: 'setField', path: ['connections', name], value: { type, root: UPLOADS } },
    ]);
    return name;
  }
  throw refused('This server has no connector that reads files.');
}

function tableName(stem: string): string {
  const name = stem
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return /^[a-z]/.test(name) ? name : `file_${name}`;
}

function refused(message: string): PipelineError {
  return new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message });
}
