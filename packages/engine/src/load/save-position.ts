import type { ReadResult } from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';

import { compareCursorValues, parseCursorValue } from './cursor-value.ts';
import type { DeletedKeys } from './detect-deletes.ts';
import { describeColumns } from './known-rows.ts';
import type { CursorPosition, LoadPosition } from './load-position.ts';
import type { TableLoad } from './table-load.ts';
import { isSameTail, type TailTracker } from './tail.ts';

/** The position that is saved with the rows of a read. */
export function savePosition(
  load: TableLoad,
  result: ReadResult,
  tail: TailTracker | undefined,
): LoadPosition {
  const { task, decision, identity } = load;
  if (task.load.kind !== 'incremental' || tail === undefined)
    return { version: 1, identity, source: result.position, cursor: null };
  const { cursor, lookback } = task.load;
  const table = formatTableName(task.source.table.table);
  const from = decision.kind === 'incremental' ? decision.from : undefined;
  const type = task.source.fields.find((field) => field.name === cursor)?.type;
  const parse = (mark: string | null | undefined) =>
    type === undefined || mark === null || mark === undefined ? undefined : parseCursorValue(type, mark);
  let mark = result.highMark ?? from?.mark ?? null;
  const [older, newer] = [parse(from?.mark), parse(result.highMark)];
  // Rows above the saved mark may have been deleted; the mark never goes back.
  if (typeof older === 'bigint' && newer !== undefined && compareCursorValues(newer, older) < 0)
    mark = from?.mark ?? mark;
  const kept = tail.finish(parse(mark), task.destination.mode === 'append');
  const saved: CursorPosition = {
    column: cursor,
    mark,
    lookback,
    columns: describeColumns(task.source.fields),
    tail: kept,
  };
  return { version: 1, identity, table, source: result.position, cursor: saved };
}

/** True when the destination has everything that the read found. */
export function isUnchanged(
  load: TableLoad,
  position: LoadPosition,
  rows: number,
  deleted: DeletedKeys | undefined,
): boolean {
  const { decision } = load;
  if (decision.kind === 'steps')
    return JSON.stringify(position.source) === JSON.stringify(decision.position.source);
  if (decision.kind === 'newFiles') return decision.position !== null && rows === 0;
  if (decision.kind !== 'incremental' || position.cursor === null || (deleted?.keys.length ?? 0) > 0)
    return false;
  const { from } = decision;
  return (
    position.cursor.mark === from.mark &&
    position.cursor.lookback === from.lookback &&
    position.cursor.columns.join('\n') === from.columns.join('\n') &&
    isSameTail(position.cursor.tail, from.tail)
  );
}
