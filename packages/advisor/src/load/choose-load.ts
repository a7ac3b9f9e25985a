import type { Capabilities, WriteMode } from '@millrace/spec';

import { rowsOf, type TableEvidence } from '../evidence/table-evidence.ts';
import type { KeyFinding } from '../keys/find-key.ts';
import { proveCursor } from './prove-cursor.ts';

/** How a table is best read, and why. */
export type LoadChoice =
  | { readonly mode: 'full'; readonly reasons: readonly string[] }
  | {
      readonly mode: 'incremental';
      readonly cursor: string;
      /** A duration; null for numbers. */
      readonly lookback: string | null;
      readonly detectsDeletes: boolean;
      readonly reasons: readonly string[];
    };

/** Smaller tables are read in a second or two: reading them whole is simpler and sees everything. */
const SMALL_ROWS = 100_000;
/** Transactions that commit later than this after they took the time would be missed. */
const LOOKBACK = '5m';

/** What the two ends can do. */
export interface LoadAbilities {
  readonly source: NonNullable<Capabilities['source']>;
  readonly writeModes: readonly WriteMode[];
}

/** Incremental only where a cursor was proven; everything else is read whole. */
export function chooseLoad(
  evidence: TableEvidence,
  key: KeyFinding | null,
  { source, writeModes }: LoadAbilities,
  at: string,
): LoadChoice {
  const full = (...reasons: readonly string[]): LoadChoice => ({ mode: 'full', reasons });
  const { table } = evidence;
  if (table.kind === 'view') return full('a view has no index and no key to continue from');
  if (source.incrementalBy === 'newFiles')
    return full(
      'whether files are replaced cannot be told from one look; see load.mode: incremental for new files only',
    );
  if (!writeModes.includes('merge')) return full('the destination cannot merge changed rows into a table');
  const rows = rowsOf(evidence);
  if (rows !== null && rows < SMALL_ROWS)
    return full(
      `${rows.toLocaleString('en-US')} rows are read in a moment, and reading all sees every change`,
    );
  if (!source.loadModes.includes('incremental')) return full('the connector reads whole tables');
  if (key === null || key.certainty !== 'declared')
    return full('without a declared key, changed rows cannot be matched with those loaded before');
  const proof = proveCursor(evidence, at);
  if (proof.column === null) return full(`no cursor is proven: ${proof.missing.join('; ')}`);
  const isTime = table.fields.find(({ name }) => name === proof.column)?.type.kind === 'timestamp';
  return {
    mode: 'incremental',
    cursor: proof.column,
    lookback: isTime ? LOOKBACK : null,
    detectsDeletes: source.hasDigest,
    reasons: [
      rows === null ? 'its size is not known' : `about ${rows.toLocaleString('en-US')} rows`,
      `${proof.column} is proven: ${proof.evidence.join(', ')}`,
    ],
  };
}
