import { rename } from 'node:fs/promises';
import { join } from 'node:path';

import { BatchBuilder, PipelineError, type Batch, type StagedFile } from '@millrace/connector-sdk';
import type { LoadTask } from '@millrace/compiler';
import type { Field, LogicalType, SourceField } from '@millrace/spec';
import { duckdbDialect, quoteText } from '@millrace/sql';

import { removeFolder } from '../package/package-store.ts';
import { syncFolder } from '../stage/manifest.ts';
import { openStageWriter, type StageWriter } from '../stage/stage-writer.ts';
import { StagingDatabase } from '../stage/staging-database.ts';
import {
  chooseBuckets,
  compareBuckets,
  listDifferences,
  type DigestSide,
} from '../verify/compare-digests.ts';
import { openStagedDigest } from '../verify/staged-digest.ts';
import { destinationSide, publishedSide, sourceSide } from '../verify/table-sides.ts';
import type { TableLoad } from './table-load.ts';

/** Keys that the destination has and the source has no more, as canonical text. */
export interface DeletedKeys {
  /** The key columns of the destination. */
  readonly fields: readonly Field[];
  readonly keys: readonly (readonly string[])[];
}

/** Where to look up which rows there are: the source itself, or a complete load that was staged. */
export type KeySet =
  | { readonly kind: 'source' }
  | { readonly kind: 'files'; readonly files: readonly StagedFile[] };

/**
 * Compares which keys there are by bucket digests and looks only into buckets that differ. A key counts as deleted only
 * when the source does not have it; rows that came after the load's snapshot are on the source alone and do not count.
 */
export async function findDeletedKeys(
  load: TableLoad,
  keys: KeySet,
  signal: AbortSignal,
): Promise<DeletedKeys> {
  const { task, destination, published, session, source } = load;
  const fields = keyFields(task);
  if (published === undefined) return { fields, keys: [] };
  const right = destinationSide(task, published, destination.destination, 'key');
  const leave = await destination.publishing.take(signal);
  try {
    const left: DigestSide =
      keys.kind === 'source'
        ? sourceSide(task, source, 'key')
        : publishedSide(
            task,
            task.destination.table,
            openStagedDigest(
              await session.database(),
              StagingDatabase.parquetOf(keys.files.map((file) => file.path)),
            ),
            'key',
          );
    const buckets = chooseBuckets(published.estimatedRows ?? task.source.table.estimatedRows);
    const comparison = await compareBuckets(left, right, buckets, signal);
    const onlyDestination: (readonly string[])[] = [];
    for await (const difference of listDifferences(left, right, comparison, signal)) {
      if (difference.kind === 'onlyRight') onlyDestination.push(inKeyOrder(right, fields, difference.key));
    }
    return { fields, keys: onlyDestination };
  } finally {
    leave();
  }
}

/** The key columns of the destination. */
export function keyFields(task: LoadTask): readonly Field[] {
  return task.destination.key.flatMap(
    (name) => task.columns.find((column) => column.field.name === name)?.field ?? [],
  );
}

/** Digests list key columns in the order of the table; requests name the key in its own order. */
function inKeyOrder(side: DigestSide, fields: readonly Field[], key: readonly string[]): readonly string[] {
  return fields.map((field) => key[side.request.key.indexOf(field.name)] ?? '');
}

/** Writes the keys as Parquet files of the package. */
export async function stageDeletedKeys(
  database: StagingDatabase,
  folder: string,
  deleted: DeletedKeys,
): Promise<readonly StagedFile[]> {
  if (deleted.keys.length === 0) return [];
  return stageKeys(database, folder, deleted.fields, async (writer) => {
    for (const batch of keyBatches(deleted)) await writer.append(batch);
  });
}

/** Writes the keys that a query of the staging database gives, in the order of the fields. */
export async function stageDeletedQuery(
  database: StagingDatabase,
  options: {
    readonly folder: string;
    readonly scratchFolder: string;
    readonly fields: readonly Field[];
    readonly query: string;
  },
): Promise<readonly StagedFile[]> {
  const path = join(options.scratchFolder, `${database.uniqueName('gone')}.parquet`);
  const [copied] = await database.query(
    `COPY (${options.query}) TO ${quoteText(duckdbDialect, path)} (FORMAT parquet)`,
  );
  const rows = Number(copied?.['Count']);
  if (rows === 0) return [];
  return stageKeys(database, options.folder, options.fields, async (writer) =>
    writer.addParquet({ kind: 'parquet', path, rows, isTemporary: true }),
  );
}

async function stageKeys(
  database: StagingDatabase,
  folder: string,
  fields: readonly Field[],
  fill: (writer: StageWriter) => Promise<void>,
): Promise<readonly StagedFile[]> {
  const inner = join(folder, 'deleted');
  const writer = await openStageWriter(database, {
    folder: inner,
    columns: fields.map((field) => ({ field, origin: { kind: 'source', column: field.name } })),
    fields: fields.map((field): SourceField => ({ ...field, nativeType: '' })),
    metadata: { runId: '', loadedAt: '' },
    onRejected: (rows) => {
      throw notWritable(rows[0]?.reason ?? 'a key cannot be read');
    },
  });
  await fill(writer);
  await writer.finish();
  const files: StagedFile[] = [];
  for (const [index, file] of writer.writtenFiles.entries()) {
    const path = join(folder, `deleted-${String(index).padStart(5, '0')}.parquet`);
    await rename(file.path, path);
    files.push({ ...file, path });
  }
  await removeFolder(inner);
  await syncFolder(folder);
  return files;
}

function* keyBatches({ fields, keys }: DeletedKeys): Generator<Batch> {
  const builder = new BatchBuilder(
    fields.map(({ name, type }) =>
      type.kind === 'bytes' ? { name, type, encoding: 'hex' } : { name, type },
    ),
  );
  for (const key of keys) {
    for (const [index, field] of fields.entries()) {
      const text = Buffer.from(fromCanonicalText(field.type, key[index] ?? ''));
      builder.columns[index]?.setText(builder.row, text, 0, text.length);
    }
    builder.endRow(() => key.map((text) => Buffer.from(text)));
    if (builder.isFull) yield builder.take();
  }
  if (!builder.isEmpty) yield builder.take();
}

/** Canonical text of a digest in the form that a column writer reads. */
export function fromCanonicalText(type: LogicalType, text: string): string {
  switch (type.kind) {
    case 'bytes':
      return `\\x${text}`;
    case 'float': {
      const match = /^(-?)(\d+)e(-?\d+)$/.exec(text);
      if (match === null) return text;
      // Two exact steps: 2^(e-52) alone would underflow for the smallest normal numbers.
      const value = Number(match[2]) * 2 ** -52 * 2 ** Number(match[3]);
      return `${match[1]}${value}`;
    }
    case 'date':
    case 'timestamp': {
      const match = /^(-?\d{4,})(-\d\d-\d\d.*)$/.exec(text);
      if (match === null) return text;
      const year = Number(match[1]);
      const zone = type.kind === 'timestamp' && type.timezone ? '+00' : '';
      return year > 0 ? text + zone : `${String(1 - year).padStart(4, '0')}${match[2]}${zone} BC`;
    }
    default:
      return text;
  }
}

function notWritable(reason: string): PipelineError {
  return new PipelineError({
    code: 'internal',
    blame: 'platform',
    retry: 'never',
    message: `A deleted key cannot be staged: ${reason}. This is a defect in Millrace; please report it.`,
  });
}
