import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { PipelineError } from '@millrace/connector-sdk';

import type { ExportRow } from '../catalogue/catalogue-schema.ts';
import type { OperationContext } from '../operation-context.ts';
import { STATE_FOLDER } from '../state-folder.ts';
import { callerKey } from './ask-warehouse.ts';

/** After so long the file of an export is gone. */
const KEPT_MS = 24 * 3_600_000;

export const EXPORT_FORMATS = {
  csv: { extension: 'csv', mediaType: 'text/csv; charset=utf-8' },
  json: { extension: 'json', mediaType: 'application/json' },
  xlsx: {
    extension: 'xlsx',
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  },
  parquet: { extension: 'parquet', mediaType: 'application/vnd.apache.parquet' },
} as const;

/** Where the file of an export lies. */
export async function exportPath(
  { projectFolder }: Pick<OperationContext, 'projectFolder'>,
  { export_id: id, format }: Pick<ExportRow, 'export_id' | 'format'>,
): Promise<string> {
  const folder = join(projectFolder, STATE_FOLDER, 'exports');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${id}.${EXPORT_FORMATS[format].extension}`);
}

/** Forgets exports that nobody will fetch any more, and their files. */
export async function removeOldExports(context: OperationContext): Promise<void> {
  const { db } = await context.store();
  await db
    .deleteFrom('exports')
    .where('started_at', '<', Date.now() - KEPT_MS)
    .execute();
  const folder = join(context.projectFolder, STATE_FOLDER, 'exports');
  const known = new Set(
    (await db.selectFrom('exports').select('export_id').execute()).map(({ export_id: id }) => id),
  );
  for (const name of await readdir(folder).catch(() => []))
    if (!known.has(name.replace(/\.[^.]+$/u, ''))) await rm(join(folder, name), { force: true });
}

/** An export of the caller, by its id. */
export async function findExport(context: OperationContext, id: string): Promise<ExportRow> {
  const { db } = await context.store();
  const row = await db
    .selectFrom('exports')
    .selectAll()
    .where('export_id', '=', id)
    .where('caller_id', '=', callerKey(context))
    .executeTakeFirst();
  if (row !== undefined) return row;
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: 'There is no such export. Files are kept for a day; export again.',
  });
}

/** A finished export as a file to be downloaded. */
export interface OpenExport {
  readonly fileName: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly content: Readable;
}

/** Opens the file of a finished export of the caller. Throws `configInvalid` when there is none. */
export async function openExport(context: OperationContext, id: string): Promise<OpenExport> {
  const row = await findExport(context, id);
  const path = await exportPath(context, row);
  const file = await stat(path).catch(() => undefined);
  if (row.state !== 'succeeded' || file === undefined) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: row.state === 'running' ? 'The export is not done yet.' : 'The file is gone. Export again.',
    });
  }
  const { extension, mediaType } = EXPORT_FORMATS[row.format];
  const at = new Date(row.started_at).toISOString().slice(0, 19).replaceAll(':', '-');
  return {
    fileName: `millrace-${at}.${extension}`,
    mediaType,
    sizeBytes: file.size,
    content: createReadStream(path),
  };
}
