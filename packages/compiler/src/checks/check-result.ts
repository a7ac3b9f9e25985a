import type { CheckName } from '@millrace/spec';

import type { CheckAction } from './check-plan.ts';

/** What became of one check in one run. */
export interface CheckResult {
  readonly check: CheckName;
  readonly name: string;
  /** `failed`: the run stops, or rows are set aside; see `action`. `skipped`: it could not be judged yet; see `message`. */
  readonly status: 'passed' | 'failed' | 'warned' | 'skipped';
  /** What follows for the run. */
  readonly action: CheckAction | 'none';
  readonly severity: 'low' | 'medium' | 'high';
  readonly columns: readonly string[];
  /** Null for a check that counts none. A whole number as text. */
  readonly failingRows: string | null;
  /** What was found, and what must hold, for people. */
  readonly observed: string;
  readonly expected: string;
  /** The number that is compared with later runs; null for a check without one. */
  readonly measure: number | null;
  /** The thing, the reason, the next step. */
  readonly message: string;
  /** A few of the failing rows: text values by column. */
  readonly examples: readonly Readonly<Record<string, string | null>>[];
}
