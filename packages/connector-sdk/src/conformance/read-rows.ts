import { formatTableName, type SourceTable, type TableName } from '@millrace/spec';

import type { RejectedRow } from '../batch/batch.ts';
import type { ReadRequest, ReadResult, Source } from '../source.ts';
import { temporaryFolder, type TemporaryFolder } from '../testing/index.ts';
import { batchText } from './batch-text.ts';
import type { SourceHarness, TextRow } from './harness.ts';

export interface ReadRows {
  readonly rows: readonly TextRow[];
  readonly rejected: readonly RejectedRow[];
  readonly result: ReadResult;
}

/** All columns of a table, from its beginning. */
export function requestFor(table: SourceTable, changes: Partial<ReadRequest> = {}): ReadRequest {
  return {
    table,
    fields: table.fields,
    cursor: null,
    position: null,
    scratchFolder: scratchFolder(),
    ...changes,
  };
}

let scratch: TemporaryFolder | undefined;

/** One for all reads of the process; the next test run removes it. */
function scratchFolder(): string {
  scratch ??= temporaryFolder('scratch');
  return scratch.path;
}

/** Reads to the end and decodes what arrives. */
export async function readRows(
  source: Source,
  request: ReadRequest,
  readParquet: SourceHarness['readParquet'],
  signal: AbortSignal,
): Promise<ReadRows> {
  const rows: TextRow[] = [];
  const rejected: RejectedRow[] = [];
  const reading = source.read(request, signal);
  for (;;) {
    const step = await reading.next();
    if (step.done === true) return { rows, rejected, result: step.value };
    if (step.value.kind === 'batch') {
      rows.push(
        ...batchText(
          step.value,
          request.fields.map((field) => field.type),
        ),
      );
      rejected.push(...step.value.rejected);
    } else if (readParquet === undefined) {
      throw new Error('The source handed over a Parquet file, which its harness does not read');
    } else {
      rows.push(...(await readParquet(step.value, request.fields)));
    }
  }
}

/** What discovery says of a table that is known to exist, by whatever name. */
export async function findTable(source: Source, table: TableName, signal: AbortSignal): Promise<SourceTable> {
  const name = formatTableName(table);
  // A name with a star in it is no pattern for itself.
  const include = name.includes('*') ? [] : [name];
  const found = await source.discover({ include, exclude: [] }, signal);
  const match = found.find((each) => each.table.name === table.name && each.table.schema === table.schema);
  if (match === undefined) throw new Error(`${name} was not discovered`);
  return match;
}

/** In the order of the first column, as numbers. */
export function sortById(rows: readonly TextRow[]): readonly TextRow[] {
  return rows.toSorted((left, right) => Number(left[0]) - Number(right[0]));
}
