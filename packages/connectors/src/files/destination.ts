import { mkdirSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import {
  BatchDigest,
  PipelineError,
  throwIfCancelled,
  type Batch,
  type Destination,
  type DigestRequest,
} from '@millrace/connector-sdk';
import { formatTableName, type TableName } from '@millrace/spec';

import type { FilesConfig } from './config.ts';
import { toPipelineError } from './errors.ts';
import { resolveRoot } from './folder/list-files.ts';
import { readPublishedTable, type PublishedTable } from './folder/published-table.ts';
import { readPublishedRows } from './publish/digest-table.ts';
import { publishTable } from './publish/publish-table.ts';

/** Opens a folder for publishing; makes it when it is missing. */
export function openFilesDestination(config: FilesConfig): Destination {
  try {
    mkdirSync(config.root, { recursive: true });
  } catch (error) {
    throw toPipelineError(error, 'destination', `Opening ${config.root}`);
  }
  const root = resolveRoot(config.root);
  const rowsOf = (request: DigestRequest, signal: AbortSignal): AsyncIterable<Batch> => {
    const folder = folderOf(root, request.table);
    return readPublishedRows(root, folder, requireTable(folder, request.table), request, config, signal);
  };
  const attempt = async <T>(doing: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    throwIfCancelled(signal);
    try {
      return await work();
    } catch (error) {
      throwIfCancelled(signal);
      throw toPipelineError(error, 'destination', doing);
    }
  };
  return {
    check: async () => {
      const stats = statSync(root, { bigint: true });
      return { product: 'files', version: '1', identity: `files:${root}#${stats.dev}:${stats.ino}` };
    },
    describe: (tables, signal) =>
      attempt('Describing tables', signal, async () =>
        tables.map((table) => {
          const published = readPublishedTable(folderOf(root, table));
          if (published === undefined) return undefined;
          const estimatedRows = published.files.reduce((sum, file) => sum + file.rows, 0);
          return { table, fields: published.fields, record: published.record, estimatedRows };
        }),
      ),
    publish: (request, files, signal) =>
      attempt(`Publishing ${request.table.name}`, signal, () =>
        publishTable(folderOf(root, request.table), request, files, config.write, signal),
      ),
    digest: (request, signal) =>
      attempt(`Digesting ${request.table.name}`, signal, async () => {
        const digest = new BatchDigest(request);
        for await (const batch of rowsOf(request, signal)) digest.add(batch);
        return digest.result();
      }),
    async *digestRows(request, inBuckets, signal) {
      const digest = new BatchDigest(request);
      const wanted = new Set(inBuckets);
      try {
        for await (const batch of rowsOf(request, signal)) yield* digest.rows(batch, wanted);
      } catch (error) {
        throwIfCancelled(signal);
        throw toPipelineError(error, 'destination', `Digesting ${request.table.name}`);
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** A table's folder. Names that file systems or readers would take for something else are refused. */
function folderOf(root: string, table: TableName): string {
  const { name } = table;
  const isPlain = table.schema === undefined && name.length <= 200 && !/^[._]|[/\\\0]|[. ]$/.test(name);
  const folder = join(root, name);
  const real =
    isPlain && statSync(folder, { throwIfNoEntry: false }) !== undefined ? realpathSync(folder) : folder;
  if (isPlain && !relative(root, real).startsWith(`..${sep}`)) return folder;
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `${formatTableName(table)} cannot be the name of a folder below ${root}. Use a name without a schema, slashes and a leading dot or underscore.`,
  });
}

function requireTable(folder: string, table: TableName): PublishedTable {
  const published = readPublishedTable(folder);
  if (published !== undefined) return published;
  throw new PipelineError({
    code: 'tableMissing',
    blame: 'destination',
    retry: 'never',
    message: `Table ${table.name} has not been published into ${folder}. Run its pipeline first.`,
  });
}
