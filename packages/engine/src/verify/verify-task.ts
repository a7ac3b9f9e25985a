import type { LoadTask } from '@millrace/compiler';
import { PipelineError, type DigestFilter, type PublishedTable } from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';

import { formatLoadPosition, readLoadPosition } from '../load/load-position.ts';
import {
  chooseBuckets,
  compareBuckets,
  listDifferences,
  type DigestSide,
  type RowDifference,
} from './compare-digests.ts';
import { extractForDigest } from './extract-for-digest.ts';
import type { VerifyTaskOptions } from './verify-task-options.ts';
import { destinationSide, publishedSide, sourceSide } from './table-sides.ts';

/** Keys that a result lists at most of each kind. */
const MOST_EXAMPLES = 20;
/** Differing rows whose columns are looked up. */
const MOST_EXPLAINED = 5;

/** What a comparison of one table found. */
export interface VerifyResult {
  readonly task: string;
  readonly isEqual: boolean;
  /** Rows of the destination that were compared; those that changed since are left out. */
  readonly rows: number;
  readonly onlySource: number;
  readonly onlyDestination: number;
  readonly differing: number;
  /** Rows that the source changed after the load; the next one brings them, and they are no differences. */
  readonly changedSince: number;
  /** Some of the keys, in words: `id 17: only at the source`. */
  readonly examples: readonly string[];
  /** What was proven, and up to where: `12 rows proven equal up to updated_at = …`. */
  readonly statement: string;
}

/**
 * Compares source and destination by counts and order-free sums of row hashes, then lists the rows that differ. An
 * incremental table is compared up to its saved high mark; rows that came or changed later are not differences.
 */
export async function verifyTask(options: VerifyTaskOptions, signal: AbortSignal): Promise<VerifyResult> {
  const { task, destination } = options;
  const published = await destination.published(task.destination.table, signal);
  if (published?.record === undefined || published.record === null) throw neverPublished(task);
  const right = destinationSide(task, published, destination.destination, 'all');
  const left = await openSourceSide(options, published, signal);
  try {
    const buckets = chooseBuckets(published.estimatedRows ?? task.source.table.estimatedRows);
    const comparison = await compareBuckets(left.side, right, buckets, signal);
    const counts = { onlySource: 0, onlyDestination: 0, differing: 0, changedSince: 0 };
    const listed: RowDifference[] = [];
    const differences = listDifferences(left.side, right, comparison, signal, left.unbounded);
    for await (const difference of differences) {
      if (difference.kind === 'beyondBound') {
        counts.changedSince++;
        continue;
      }
      if (difference.kind === 'onlyLeft') counts.onlySource++;
      else if (difference.kind === 'onlyRight') counts.onlyDestination++;
      else counts.differing++;
      if (listed.length < MOST_EXAMPLES) listed.push(difference);
    }
    const isEqual = counts.onlySource + counts.onlyDestination + counts.differing === 0;
    const rows = Number(comparison.rightRows) - counts.changedSince;
    const changed = listed.filter((difference) => difference.kind === 'differing').slice(0, MOST_EXPLAINED);
    const columns =
      changed.length === 0
        ? new Map<string, readonly string[]>()
        : await differingColumns(options, published, left, changed, buckets, signal);
    return {
      task: task.id,
      isEqual,
      rows,
      ...counts,
      examples: listed.map((difference) => describe(right, difference, columns)),
      statement: state(task, published, rows, counts),
    };
  } finally {
    await left.close();
  }
}

interface SourceSide {
  readonly side: DigestSide;
  /** Every row by its key, where the side is bounded; without a key nobody can say that a row is one that changed. */
  readonly unbounded?: DigestSide;
  /** The same rows over the key and one more column. */
  readonly over: (column: string) => DigestSide;
  readonly close: () => Promise<void>;
}

async function openSourceSide(
  options: VerifyTaskOptions,
  published: PublishedTable,
  signal: AbortSignal,
): Promise<SourceSide> {
  const { task, source } = options;
  const where = upToMark(task, published);
  // The source's own digest knows nothing of what the contract leaves out.
  if (source.capabilities.hasDigest && task.arrival === undefined) {
    return {
      side: sourceSide(task, source, 'all', where),
      ...(where && task.destination.key.length > 0 && { unbounded: sourceSide(task, source, 'key') }),
      // Without the bound, whose column is not among these; rows beyond it are looked up by nobody.
      over: (only) => sourceSide(task, source, { only }),
      close: async () => {},
    };
  }
  const staged = await extractForDigest(options, where, signal);
  const { table } = task.destination;
  return {
    side: publishedSide(task, table, staged.digestible, 'all'),
    over: (only) => publishedSide(task, table, staged.digestible, { only }),
    close: staged.close,
  };
}

/** Rows that came after the last load are not differences. */
function upToMark(task: LoadTask, published: PublishedTable): DigestFilter | undefined {
  const position = published.record === null ? undefined : readLoadPosition(published.record.position);
  const cursor = position?.cursor ?? null;
  if (task.load.kind !== 'incremental' || cursor === null || cursor.mark === null) return undefined;
  return { kind: 'atMost', column: cursor.column, value: cursor.mark };
}

/** Which columns make the listed rows differ, by comparing key and one column at a time inside their buckets. */
async function differingColumns(
  { task, destination }: VerifyTaskOptions,
  published: PublishedTable,
  left: SourceSide,
  changed: readonly RowDifference[],
  buckets: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const wanted = new Map(changed.map((difference) => [difference.key.join('\u0000'), [] as string[]]));
  const candidates = task.columns.filter(
    ({ field, origin }) => origin.kind === 'source' && !task.destination.key.includes(field.name),
  );
  for (const { field } of candidates) {
    const [one, other] = [
      left.over(field.name),
      destinationSide(task, published, destination.destination, { only: field.name }),
    ];
    const comparison = await compareBuckets(one, other, buckets, signal);
    for await (const difference of listDifferences(one, other, comparison, signal)) {
      if (difference.kind === 'differing') wanted.get(difference.key.join('\u0000'))?.push(field.name);
    }
  }
  return wanted;
}

function describe(
  side: DigestSide,
  difference: RowDifference,
  columns: ReadonlyMap<string, readonly string[]>,
): string {
  const key =
    difference.key.map((text, index) => `${side.request.key[index] ?? ''} ${text}`).join(', ') ||
    'a row without a key';
  if (difference.kind === 'onlyLeft') return `${key}: only at the source`;
  if (difference.kind === 'onlyRight') return `${key}: only at the destination`;
  const names = columns.get(difference.key.join('\u0000')) ?? [];
  return names.length === 0 ? `${key}: differs` : `${key}: differs in ${names.join(', ')}`;
}

function state(
  task: LoadTask,
  published: PublishedTable,
  rows: number,
  counts: Pick<VerifyResult, 'onlySource' | 'onlyDestination' | 'differing' | 'changedSince'>,
): string {
  const name = formatTableName(task.destination.table);
  const position = published.record === null ? undefined : readLoadPosition(published.record.position);
  const upTo =
    position === undefined
      ? ''
      : ` ${position.cursor === null ? 'of' : 'up to'} ${formatLoadPosition(position)}`;
  const { onlySource, onlyDestination, differing, changedSince } = counts;
  const since =
    changedSince === 0 ? '' : `; ${changedSince.toLocaleString('en-US')} changed at the source since`;
  if (onlySource + onlyDestination + differing === 0)
    return `${name}: ${rows.toLocaleString('en-US')} rows proven equal${upTo}${since}`;
  return `${name}: ${onlySource} rows only at the source, ${onlyDestination} only at the destination, ${differing} differing${upTo}${since}`;
}

function neverPublished(task: LoadTask): PipelineError {
  return new PipelineError({
    code: 'tableMissing',
    blame: 'destination',
    retry: 'never',
    message: `${formatTableName(task.destination.table)} was not published to ${task.destination.connection} yet. Run the pipeline first.`,
  });
}
