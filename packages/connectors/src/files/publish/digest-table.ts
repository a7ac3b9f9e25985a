import { DuckDBInstance } from '@duckdb/node-api';

import {
  BatchBuilder,
  PipelineError,
  throwIfCancelled,
  type Batch,
  type DigestRequest,
} from '@millrace/connector-sdk';
import { duckdbDialect, duckdbType, quoteIdentifier, quoteText } from '@millrace/sql';

import type { FilesConfig } from '../config.ts';
import type { TableDetail } from '../discover.ts';
import { malformed } from '../errors.ts';
import { PUBLISHED_DIALECT } from '../folder/group-files.ts';
import { publishedFiles } from '../folder/list-files.ts';
import type { PublishedTable } from '../folder/published-table.ts';
import { builderFields, readText } from '../read-text.ts';
import { textExpression } from './text-expressions.ts';

/** The rows of a published table as batches, decoded from the files themselves. */
export async function* readPublishedRows(
  root: string,
  folder: string,
  table: PublishedTable,
  request: DigestRequest,
  config: FilesConfig,
  signal: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  const files = publishedFiles(root, folder, table);
  const builder = new BatchBuilder(builderFields(request.fields, true));
  if (table.format === 'parquet') {
    yield* readParquetRows(
      files.map((file) => file.absolutePath),
      request,
      builder,
      signal,
    );
    return;
  }
  if (request.where !== undefined) {
    throw new PipelineError({
      code: 'queryFailed',
      blame: 'config',
      retry: 'never',
      message: `Table ${request.table.name} holds ${table.format} files, of which no part can be verified. Set write.format of its connection to parquet, or load it in full.`,
    });
  }
  const detail: TableDetail = {
    format: table.format,
    onMalformed: 'stop',
    dialect: table.format === 'csv' ? PUBLISHED_DIALECT : null,
    columns: table.fields.map((field) => field.name),
  };
  for (const file of files) {
    const read = { fields: request.fields, detail, file, config, builder };
    for await (const _ of readText(read, signal)) yield whole(builder.take(), request);
  }
  if (!builder.isEmpty) yield whole(builder.take(), request);
}

/** A row of ours that cannot be read back is damage, not a row less. */
function whole(batch: Batch, request: DigestRequest): Batch {
  const [rejected] = batch.rejected;
  if (rejected === undefined) return batch;
  throw malformed(
    rejected.origin ?? request.table.name,
    `a published row cannot be read back (${rejected.reason})`,
    'The file was changed since; load the table again with --full-refresh.',
  );
}

async function* readParquetRows(
  paths: readonly string[],
  request: DigestRequest,
  builder: BatchBuilder,
  signal: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  if (paths.length === 0) return;
  const list = paths.map((path) => quoteText(duckdbDialect, path)).join(', ');
  const cast = request.fields.map(({ name, type }) => {
    const column = quoteIdentifier(duckdbDialect, name);
    return `CAST(${column} AS ${duckdbType(type)}) AS ${column}`;
  });
  const texts = request.fields.map((field) => `encode(${textExpression(field, false)})`);
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MB' });
  const connection = await instance.connect();
  try {
    const result = await connection.stream(
      `SELECT ${texts.join(', ')} FROM (SELECT ${cast.join(', ')} FROM read_parquet([${list}], union_by_name = true, hive_partitioning = false)${conditionOf(request)})`,
    );
    for (;;) {
      throwIfCancelled(signal);
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      const columns = request.fields.map((_, index) => chunk.getColumnValues(index));
      for (let row = 0; row < chunk.rowCount; row += 1) {
        builder.columns.forEach((column, index) => {
          const cell = columns[index]?.[row];
          if (
            typeof cell === 'object' &&
            cell !== null &&
            'bytes' in cell &&
            cell.bytes instanceof Uint8Array
          ) {
            column.setText(builder.row, cell.bytes, 0, cell.bytes.length);
          } else {
            column.setNull(builder.row);
          }
        });
        builder.endRow(() => []);
        if (builder.isFull) yield builder.take();
      }
    }
    if (!builder.isEmpty) yield builder.take();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function conditionOf({ where }: DigestRequest): string {
  if (where === undefined) return '';
  const column = quoteIdentifier(duckdbDialect, where.column);
  switch (where.kind) {
    case 'isNull':
      return ` WHERE ${column} IS NULL`;
    case 'isTrue':
      return ` WHERE ${column}`;
    case 'atMost':
      return ` WHERE ${column} <= ${quoteText(duckdbDialect, where.value)}`;
  }
}
