import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

import {
  BatchBuilder,
  selectTables,
  throwIfCancelled,
  type Batch,
  type ParquetFile,
  type ReadRequest,
  type ReadResult,
  type Source,
} from '@millrace/connector-sdk';

import type { FilesConfig } from './config.ts';
import { describeGroup } from './discover.ts';
import { malformed, toPipelineError } from './errors.ts';
import { describeFiles, findFiles } from './files-to-read.ts';
import { groupFiles, type FileGroup } from './folder/group-files.ts';
import { listFiles, resolveRoot } from './folder/list-files.ts';
import { ParquetReader } from './parquet/describe-parquet.ts';
import { builderFields, readText } from './read-text.ts';
import { fingerprint, writePosition, type LoadedFile } from './position.ts';

/** Opens a folder of files for reading. */
export function openFilesSource(config: FilesConfig): Source {
  const root = resolveRoot(config.root);
  const parquet = new ParquetReader();
  const groups = (): readonly FileGroup[] => groupFiles(config, listFiles(root));
  return {
    check: async () => {
      const stats = statSync(root, { bigint: true });
      return { product: 'files', version: '1', identity: `files:${root}#${stats.dev}:${stats.ino}` };
    },
    async discover(request, signal) {
      try {
        throwIfCancelled(signal);
        const named = groups().map((group) => ({ name: group.name, group }));
        const tables = [];
        for (const { group } of selectTables(named, request))
          tables.push(await describeGroup(group, config, parquet, signal));
        return tables;
      } catch (error) {
        throwIfCancelled(signal);
        throw toPipelineError(error, 'source', 'Discovering files');
      }
    },
    async *read(request, signal) {
      try {
        throwIfCancelled(signal);
        return yield* readFiles(request, groups(), config, parquet, signal);
      } catch (error) {
        throwIfCancelled(signal);
        throw toPipelineError(error, 'source', `Reading ${request.table.table.name}`);
      }
    },
    async describeRead(request, signal) {
      try {
        throwIfCancelled(signal);
        return describeFiles(await findFiles(request, groups()));
      } catch (error) {
        throwIfCancelled(signal);
        throw toPipelineError(error, 'source', `Looking for the files of ${request.table.table.name}`);
      }
    },
    async [Symbol.asyncDispose]() {
      parquet.close();
    },
  };
}

async function* readFiles(
  request: ReadRequest,
  groups: readonly FileGroup[],
  config: FilesConfig,
  parquet: ParquetReader,
  signal: AbortSignal,
): AsyncGenerator<Batch | ParquetFile, ReadResult, undefined> {
  const found = await findFiles(request, groups);
  const { detail, group, loaded, files } = found;
  const read: Record<string, LoadedFile> = { ...loaded };
  const isPublished = group.files.some((file) => file.published !== undefined);
  const builder = new BatchBuilder(builderFields(request.fields, isPublished));
  let rowsSent = 0;
  let bytesReceived = 0;
  const enough = request.maxRows ?? Infinity;
  for (const file of files) {
    if (rowsSent >= enough) break;
    const mark = {
      sizeBytes: file.sizeBytes,
      modifiedMs: file.modifiedMs,
      fingerprint: await fingerprint(file),
    };
    if (detail.format === 'parquet') {
      const { rows, columns } = await parquet.describe(file);
      requireColumns(
        request,
        columns.map((column) => column.name),
        file.path,
      );
      rowsSent += rows;
      yield { kind: 'parquet', path: file.absolutePath, rows, isTemporary: false };
      throwIfCancelled(signal);
    } else {
      let sent = 0;
      const records = readText({ fields: request.fields, detail, file, config, builder }, signal);
      try {
        let next = await records.next();
        for (; next.done !== true; next = await records.next()) {
          const batch = builder.take();
          yield batch;
          await setImmediate();
          throwIfCancelled(signal);
          sent += batch.rows;
          if (sent >= enough) break;
        }
        rowsSent += next.done === true ? next.value : sent;
      } finally {
        // Closes the file when the consumer stops early.
        await records.return(0);
      }
    }
    bytesReceived += file.sizeBytes;
    read[file.path] = mark;
  }
  if (!builder.isEmpty) yield builder.take();
  return {
    rowsSent,
    bytesReceived,
    highMark: null,
    position: writePosition(read),
    statement: describeFiles(found),
  };
}

function requireColumns(request: ReadRequest, found: readonly string[], path: string): void {
  const lost = request.fields.find((field) => !found.includes(field.name));
  if (lost === undefined) return;
  throw malformed(
    path,
    `it has no column ${lost.name}`,
    `Its columns are ${found.join(', ')}; give files of another shape a table of their own.`,
  );
}
