import { entry } from '../entry.ts';
import { choose, list, type Names } from '../wording.ts';

/** How rows are read and written. */
export const loadingDiagnostics = {
  loadModeUnsupported: entry<{ connection: string; connector: string; mode: string; supported: Names }>(
    'error',
    (p) =>
      `Connection '${p.connection}' (${p.connector}) cannot be read with load.mode: ${p.mode}. It can: ${list(p.supported)}.`,
  ),
  writeModeUnsupported: entry<{ connection: string; connector: string; mode: string; supported: Names }>(
    'error',
    (p) =>
      `Connection '${p.connection}' (${p.connector}) cannot be written with write: ${p.mode}. It can: ${list(p.supported)}.`,
  ),
  incrementalReplaces: entry<{ table: string }>(
    'error',
    (p) =>
      `An incremental load of ${p.table} brings new rows only, and write: replace would drop all others. Use write: merge, or load.mode: full.`,
  ),
  appendGrows: entry<{ table: string }>(
    'warning',
    (p) =>
      `Each run appends all rows of ${p.table} again. Use write: replace unless copies over time are wanted.`,
  ),
  cursorMissing: entry<{ table: string; candidates: Names }>(
    'error',
    (p) =>
      `The incremental load of ${p.table} needs a cursor: a column that rises with each change. ${choose(p.candidates, 'load.mode: full')}`,
  ),
  cursorUnused: entry<{ table: string; connector: string }>(
    'error',
    (p) =>
      `${p.table} is loaded by new files (${p.connector}), so it has no cursor. Remove load.cursor and load.lookback.`,
  ),
  cursorUnfit: entry<{ table: string; column: string; type: string; candidates: Names }>(
    'error',
    (p) =>
      `${p.table}.${p.column} cannot be a cursor: ${p.type} has no order that new rows follow. ${choose(p.candidates, 'load.mode: full')}`,
  ),
  cursorIsText: entry<{ table: string; column: string }>(
    'warning',
    (p) =>
      `The cursor ${p.table}.${p.column} is text, and text is compared by the source's collation. Use a number or a time if there is one.`,
  ),
  cursorNullable: entry<{ table: string; column: string; candidates: Names }>(
    'warning',
    (p) =>
      `The cursor ${p.table}.${p.column} may be NULL, and rows with NULL are never seen by an incremental load; the run refuses it when it finds any. ${choose(p.candidates, 'load.mode: full')}`,
  ),
  cursorUnindexed: entry<{ table: string; column: string; rows: number; candidates: Names }>('warning', (p) =>
    `The cursor ${p.table}.${p.column} has no index, so each load scans about ${p.rows} rows. Add an index. ${p.candidates.length > 0 ? `Indexed: ${list(p.candidates)}.` : ''}`.trimEnd(),
  ),
  cursorLeftOut: entry<{ table: string; column: string }>(
    'error',
    (p) => `The cursor ${p.table}.${p.column} is not among the columns to read. Include it.`,
  ),
  lookbackUnfit: entry<{ table: string; column: string; type: string; expected: string }>(
    'error',
    (p) => `load.lookback of ${p.table} must be ${p.expected}: the cursor ${p.column} is ${p.type}.`,
  ),
  keyNeeded: entry<{ table: string; write: string }>(
    'error',
    (p) =>
      `write: ${p.write} needs a key, and ${p.table} declares none. Name the columns that identify a row in key; in a replicate, exclude the table and give it steps of its own.`,
  ),
  keyColumnNullable: entry<{ table: string; column: string }>(
    'warning',
    (p) =>
      `The key column ${p.table}.${p.column} may be NULL, and NULL identifies nothing; rows with it will fail the load.`,
  ),
  keyLeftOut: entry<{ table: string; column: string }>(
    'error',
    (p) => `The key column ${p.table}.${p.column} is not among the columns to read. Include it.`,
  ),
  detectNeedsMerge: entry<{ table: string; write: string }>(
    'error',
    (p) => `load.deletes: detect of ${p.table} needs write: merge, not ${p.write}.`,
  ),
  detectUnsupported: entry<{ table: string; connection: string; connector: string }>(
    'error',
    (p) =>
      `Deletes of ${p.table} cannot be detected: connection '${p.connection}' (${p.connector}) cannot compare keys. Remove load.deletes, or use load.mode: full.`,
  ),
  deletesNeedMerge: entry<{ table: string; write: string; deletes: string }>(
    'error',
    (p) => `deletes: ${p.deletes} of ${p.table} needs write: merge, not ${p.write}. Remove it.`,
  ),
  deletesNeverSeen: entry<{ table: string; deletes: string }>(
    'warning',
    (p) =>
      `deletes: ${p.deletes} has no effect on ${p.table}: an incremental load does not see which rows are gone. Add load.deletes: detect where the source can, or use load.mode: full.`,
  ),
  detectIgnored: entry<{ table: string }>(
    'warning',
    (p) =>
      `load.deletes: detect has no effect on ${p.table}: deletes: ignore keeps rows that are gone. Remove one of them.`,
  ),
};
