import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

import {
  PipelineError,
  throwIfCancelled,
  type PublishRequest,
  type PublishResult,
  type StagedFile,
} from '@millrace/connector-sdk';

import type { FilesConfig } from '../config.ts';
import {
  formatPublishedTable,
  MANIFEST,
  readPublishedTable,
  type PublishedFile,
  type PublishedTable,
} from '../folder/published-table.ts';
import { lockTable } from './table-lock.ts';
import { writeFile } from './write-files.ts';

/**
 * Writes the files of a new version beside the old ones, then renames a new manifest over the old: readers that open
 * what the manifest lists see the old version or the new one.
 */
export async function publishTable(
  folder: string,
  request: PublishRequest,
  files: AsyncIterable<StagedFile>,
  options: FilesConfig['write'],
  signal: AbortSignal,
): Promise<PublishResult> {
  mkdirSync(folder, { recursive: true });
  const { name } = request.table;
  const lock = lockTable(folder, name);
  try {
    const before = readPublishedTable(folder);
    throwIfFenced(request, before);
    if (before === undefined) requireEmpty(folder, name);
    if (before !== undefined && before.record.runId === request.runId) {
      return { record: before.record, rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0, isAdopted: true };
    }
    requireSameShape(request, before, options);
    const version = (before?.record.version ?? 0) + 1;
    const versionFolder = `v${version}-${createHash('sha256').update(request.runId).digest('hex').slice(0, 12)}`;
    removeUnlisted(folder, before);
    mkdirSync(join(folder, versionFolder));
    const written: PublishedFile[] = [];
    let rows = 0;
    for await (const staged of files) {
      const part = `part-${String(written.length + 1).padStart(5, '0')}`;
      const file = await writeFile(join(folder, versionFolder), part, request, staged, options, signal);
      written.push({ ...file, path: `${versionFolder}/${file.path}` });
      rows += staged.rows;
    }
    throwIfCancelled(signal);
    request.checkpoint?.('staged');
    const kept = request.mode === 'append' ? (before?.files ?? []) : [];
    const current = [...kept, ...written];
    const versions = [...(before?.versions ?? []), { version, files: current.map((file) => file.path) }];
    const table: PublishedTable = {
      format: options.format,
      fields: fieldsAfter(request, before),
      files: current,
      versions: versions.slice(-options.keepVersions),
      record: {
        runId: request.runId,
        fenceToken: request.fenceToken,
        version,
        position: request.position(),
        publishedAt: new Date().toISOString(),
        rows,
        schemaFingerprint: request.schemaFingerprint,
      },
    };
    await syncFolder(join(folder, versionFolder));
    request.checkpoint?.('beforeCommit');
    await writeManifest(folder, table);
    request.checkpoint?.('afterCommit');
    removeUnlisted(folder, table);
    return { record: table.record, rowsInserted: rows, rowsUpdated: 0, rowsDeleted: 0, isAdopted: false };
  } finally {
    lock.release();
  }
}

function fieldsAfter(request: PublishRequest, before: PublishedTable | undefined): PublishedTable['fields'] {
  if (request.mode !== 'append' || before === undefined) return request.fields;
  const names = new Set(request.fields.map((field) => field.name));
  const old = before.fields
    .filter((field) => !names.has(field.name))
    .map((field) => ({ ...field, nullable: true }));
  return [...request.fields, ...old];
}

async function writeManifest(folder: string, table: PublishedTable): Promise<void> {
  const partial = join(folder, `.${MANIFEST}.partial`);
  const handle = await open(partial, 'w');
  try {
    await handle.writeFile(formatPublishedTable(table));
    await handle.sync();
  } finally {
    await handle.close();
  }
  renameSync(partial, join(folder, MANIFEST));
  await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes versions that are no longer kept, and what dead attempts left. */
function removeUnlisted(folder: string, table: PublishedTable | undefined): void {
  const listed = new Set(
    table?.versions.flatMap((version) => version.files.map((path) => path.split('/')[0])),
  );
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && /^v\d+-[0-9a-f]+$/.test(entry.name) && !listed.has(entry.name)) {
      rmSync(join(folder, entry.name), { recursive: true, force: true });
    }
  }
}

/** A folder that someone else filled is not a table to replace. */
function requireEmpty(folder: string, table: string): void {
  const strange = readdirSync(folder).filter((name) => !/^(?:\..*|v\d+-[0-9a-f]+)$/.test(name));
  if (strange.length === 0) return;
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `The folder ${folder} of table ${table} holds files that Millrace did not write (${strange.slice(0, 3).join(', ')}). Move them away, or give another destination table.`,
  });
}

function requireSameShape(
  request: PublishRequest,
  before: PublishedTable | undefined,
  options: FilesConfig['write'],
): void {
  if (request.mode !== 'append' || before === undefined) return;
  const isSameFormat = before.format === options.format;
  if (isSameFormat && (request.changes.length === 0 || options.format === 'parquet')) return;
  throw new PipelineError({
    code: 'schemaDrift',
    blame: 'config',
    retry: 'never',
    message: isSameFormat
      ? `Table ${request.table.name} cannot get other columns, because its ${options.format} files are never rewritten. Rebuild it with --full-refresh.`
      : `Table ${request.table.name} holds ${before.format} files and cannot go on with ${options.format}. Rebuild it with --full-refresh, or set write.format to ${before.format}.`,
  });
}

function throwIfFenced(request: PublishRequest, before: PublishedTable | undefined): void {
  if (before === undefined || before.record.fenceToken <= request.fenceToken) return;
  throw new PipelineError({
    code: 'fenced',
    blame: 'platform',
    retry: 'never',
    message: `${request.table.name} was published under lease ${before.record.fenceToken} after this run got lease ${request.fenceToken}. This run has lost its lease and publishes nothing.`,
  });
}
