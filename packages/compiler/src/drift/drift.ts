import { formatLogicalType, type Edit, type Field, type LogicalType } from '@millrace/spec';

import type { ArrivalRule, LoadTask } from '../plan.ts';

/**
 * What changed between a plan and what is there now. The kinds `addColumn`, `widenColumn` and `dropNotNull` have the
 * form that a destination applies; the others change what is read, or nothing. `column` is the destination's name, and
 * the source's where the destination has none.
 */
export type Drift =
  | { readonly kind: 'addColumn'; readonly field: Field }
  | {
      readonly kind: 'widenColumn';
      readonly column: string;
      readonly from: LogicalType;
      readonly to: LogicalType;
    }
  | { readonly kind: 'dropNotNull'; readonly column: string }
  /** A column of the source that the contract leaves out. */
  | { readonly kind: 'ignoreColumn'; readonly column: string }
  /** A column of the source that the contract lets no row have a value in. */
  | {
      readonly kind: 'guardColumn';
      readonly column: string;
      readonly action: 'discardRow' | 'quarantine';
    }
  /** A column that is gone; NULL from now on. */
  | { readonly kind: 'fillColumn'; readonly column: string }
  /** A column that was gone and is there again. */
  | { readonly kind: 'returnColumn'; readonly column: string }
  /** The type changed and the old one is kept; `action` tells what becomes of values that do not fit, if there can be any. */
  | {
      readonly kind: 'keepType';
      readonly column: string;
      readonly type: LogicalType;
      readonly current: LogicalType;
      readonly action?: ArrivalRule['action'];
    }
  /** Only the source's own declaration changed. */
  | { readonly kind: 'redeclareColumn'; readonly column: string; readonly from: string; readonly to: string }
  | { readonly kind: 'reorderColumns' }
  | { readonly kind: 'changeKey'; readonly from: readonly string[]; readonly to: readonly string[] };

/** The changes that a destination applies to an existing table. */
export type DestinationDrift = Extract<Drift, { kind: 'addColumn' | 'widenColumn' | 'dropNotNull' }>;

export interface DriftResult {
  /** The task as it must run now. Not to be run when there is a violation. */
  readonly task: LoadTask;
  readonly changes: readonly Drift[];
  /** What the contract forbids: the thing, the reason, the next step. */
  readonly violations: readonly string[];
  /** For what the contract lets the table wait, in the same form. */
  readonly pauses: readonly string[];
  /** What to change in the document so that its contract takes in what it does not; nothing for what it takes in. */
  readonly edits: readonly Edit[];
}

const UNFIT: Readonly<Record<ArrivalRule['action'], string>> = {
  discardValue: 'values that do not fit become NULL',
  discardRow: 'rows with values that do not fit are dropped',
  quarantine: 'rows with values that do not fit are set aside',
};

/** The change in one line, for people. */
export function formatDrift(drift: Drift): string {
  switch (drift.kind) {
    case 'addColumn':
      return `column ${drift.field.name} (${formatLogicalType(drift.field.type)}) is new`;
    case 'widenColumn':
      return `column ${drift.column} widens from ${formatLogicalType(drift.from)} to ${formatLogicalType(drift.to)}`;
    case 'dropNotNull':
      return `column ${drift.column} may be NULL now`;
    case 'ignoreColumn':
      return `column ${drift.column} is new and left out`;
    case 'guardColumn':
      return `column ${drift.column} is new; rows with a value in it are ${drift.action === 'quarantine' ? 'set aside' : 'dropped'}`;
    case 'fillColumn':
      return `column ${drift.column} is gone and NULL from now on`;
    case 'returnColumn':
      return `column ${drift.column} is there again`;
    case 'keepType':
      return `column ${drift.column} is ${formatLogicalType(drift.current)} at the source and stays ${formatLogicalType(drift.type)}${drift.action === undefined ? '' : `; ${UNFIT[drift.action]}`}`;
    case 'redeclareColumn':
      return `column ${drift.column} is declared ${drift.to}, before ${drift.from}`;
    case 'reorderColumns':
      return 'columns stand in another order';
    case 'changeKey':
      return `the key is (${drift.to.join(', ')}), before (${drift.from.join(', ')})`;
  }
}
