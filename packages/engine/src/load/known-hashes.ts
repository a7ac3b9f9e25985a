import { PipelineError } from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';

import { listPackages } from '../package/package-store.ts';
import type { CursorPosition } from './load-position.ts';
import type { TableLoad } from './table-load.ts';
import { MOST_APPENDED_TAIL_ROWS, sumHashes } from './tail.ts';
import { readTailFile } from './tail-file.ts';

/**
 * The hashes of the rows that the last load of an append table left in its look-back window. Few are in the position
 * itself; many are in the load package, and must add up to what the position says. Throws `cursorUnfit` when they were
 * too many to be followed, `positionLost` when their list is gone.
 */
export async function findKnownHashes(load: TableLoad, from: CursorPosition): Promise<BigUint64Array> {
  const { tail } = from;
  if (tail === null) throw tooMany(load, from.column);
  if (tail.hashes !== null) return BigUint64Array.from(tail.hashes, (hash) => BigInt(`0x${hash}`));
  const runId = load.published?.record?.runId;
  for (const { folder, manifest } of await listPackages(load.taskPath)) {
    if (manifest.runId !== runId || manifest.tail === undefined || manifest.tail.rows !== tail.rows) continue;
    const hashes = await readTailFile(folder, manifest.tail);
    if (sumHashes(hashes) === tail.sum) return hashes;
  }
  throw listGone(load, tail.rows);
}

function tooMany({ task }: TableLoad, cursor: string): PipelineError {
  return new PipelineError({
    code: 'cursorUnfit',
    blame: 'config',
    retry: 'never',
    message:
      `${formatTableName(task.source.table.table)}.${cursor} cannot drive appends: more than ${MOST_APPENDED_TAIL_ROWS.toLocaleString('en-US')} rows share its look-back window, ` +
      'too many to tell new rows from loaded ones. Use write: merge with a key, or a finer cursor.',
  });
}

function listGone({ task, published }: TableLoad, rows: number): PipelineError {
  return new PipelineError({
    code: 'positionLost',
    blame: 'platform',
    retry: 'never',
    message:
      `${formatTableName(task.destination.table)} cannot be continued: ${rows.toLocaleString('en-US')} rows of its look-back window were loaded already, ` +
      `and the list of them is gone with the load package of run ${published?.record?.runId ?? '?'}. Run again with --full-refresh, or use write: merge with a key.`,
  });
}
