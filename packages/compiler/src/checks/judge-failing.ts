import type { CheckRule, PlannedCheck } from './check-plan.ts';
import { requireValue, type Verdict } from './verdict.ts';
import { asCount } from './words.ts';

type CountingRule = Extract<CheckRule, { kind: 'failing' | 'duplicates' | 'returned' }>;

/** Rules that count failing rows: none may fail. */
export function judgeFailing(
  rule: CountingRule,
  check: PlannedCheck,
  values: ReadonlyMap<string, string | null>,
  decided = 0n,
): Verdict {
  // Rows that a person decided about count no more.
  const rows = BigInt(requireValue(values, rule.failing)) - decided;
  const of = BigInt(requireValue(values, rule.rows));
  return {
    isPassed: rows === 0n,
    failing: { rows, of },
    measure: Number(rows),
    observed: rows === 0n ? 'no failing row' : `${asCount(rows)} failing ${rows === 1n ? 'row' : 'rows'}`,
    finding:
      rows === 0n
        ? `${rule.subject}: no failing row${decided === 0n ? '' : ` but ${asCount(decided)} decided by hand`}`
        : `${describe(rule, rows, of, values)}${decided === 0n ? '' : `, and in ${asCount(decided)} decided by hand`}`,
    advice: adviceFor(rule, check),
  };
}

function describe(
  rule: CountingRule,
  rows: bigint,
  of: bigint,
  values: ReadonlyMap<string, string | null>,
): string {
  const share = `${asCount(rows)} of ${asCount(of)} rows`;
  switch (rule.kind) {
    case 'failing': {
      const parts = rule.byColumn.flatMap(({ column, failing }) => {
        const count = BigInt(requireValue(values, failing));
        return count === 0n ? [] : [`${column} in ${asCount(count)}`];
      });
      return `${rule.subject} ${rule.fault} in ${share}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
    }
    case 'duplicates': {
      const repeated = BigInt(requireValue(values, rule.values));
      return `${rule.subject} is not unique: ${share} share ${asCount(repeated)} ${repeated === 1n ? 'value' : 'values'}`;
    }
    case 'returned':
      return `${rule.subject} returned ${asCount(rows)} ${rows === 1n ? 'row' : 'rows'}`;
  }
}

function adviceFor(rule: CountingRule, check: PlannedCheck): string {
  switch (rule.kind) {
    case 'failing':
      return check.onFailure === 'quarantine'
        ? "Correct them at the source, or raise the check's threshold."
        : 'Correct them at the source, or set them aside with onFailure: quarantine.';
    case 'duplicates':
      return 'Correct them at the source, or keep one of each with a dedupe step.';
    case 'returned':
      return 'Correct what it returns, or the query.';
  }
}
