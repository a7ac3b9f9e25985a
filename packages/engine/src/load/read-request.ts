import type { LoadTask } from '@millrace/compiler';
import type { CursorRange, ReadRequest } from '@millrace/connector-sdk';

import type { LoadDecision } from './decide-load.ts';

/** What the source is asked for. */
export function readRequest(
  task: LoadTask,
  decision: Exclude<LoadDecision, { kind: 'adopt' }>,
  scratchFolder: string,
): ReadRequest {
  const { table, fields } = task.source;
  const position = decision.kind === 'full' ? null : (decision.position?.source ?? null);
  return { table, fields, cursor: cursorRange(task, decision), position, scratchFolder };
}

function cursorRange({ load, destination }: LoadTask, decision: LoadDecision): CursorRange | null {
  if (decision.kind === 'incremental') {
    const { column, mark, lookback } = decision.from;
    return { column, from: mark, lookback: BigInt(lookback) };
  }
  // A first load reads everything, and still needs the high mark of its snapshot.
  if (load.kind !== 'incremental' || destination.mode === 'replace') return null;
  return { column: load.cursor, from: null, lookback: 0n };
}
