import type { CheckFacts } from './check-facts.ts';
import type { CheckPlan, PlannedCheck } from './check-plan.ts';
import type { CheckResult } from './check-result.ts';
import { judgeRule } from './judge-rule.ts';
import type { Verdict } from './verdict.ts';
import { asCount, asPercent } from './words.ts';

/** What became of each check, in the order of the plan. Pure. */
export function evaluateChecks(plan: CheckPlan, facts: CheckFacts): readonly CheckResult[] {
  return plan.checks.map((check) => evaluateCheck(check, facts));
}

export function evaluateCheck(check: PlannedCheck, facts: CheckFacts): CheckResult {
  const broken = check.needs.find((name) => facts.errors.has(name));
  if (broken === undefined) return resultOf(check, judgeRule(check.rule, check, facts), facts);
  const reason = facts.errors.get(broken) ?? '';
  return resultOf(
    check,
    {
      isPassed: false,
      observed: 'an error',
      finding: `The check '${check.name}' could not be evaluated: ${reason.replace(/\.+$/, '')}`,
      advice: 'Correct the check or the values that it cannot compute with.',
    },
    facts,
  );
}

function resultOf(check: PlannedCheck, verdict: Verdict, facts: CheckFacts): CheckResult {
  const about = {
    check: check.check,
    name: check.name,
    severity: check.severity,
    columns: check.columns,
    expected: check.expected,
    observed: verdict.observed,
    failingRows: verdict.failing === undefined ? null : String(verdict.failing.rows),
    measure: verdict.measure ?? null,
  };
  if (verdict.skipped !== undefined)
    return { ...about, status: 'skipped', action: 'none', message: verdict.skipped, examples: [] };
  if (verdict.isPassed)
    return { ...about, status: 'passed', action: 'none', message: `${verdict.finding}.`, examples: [] };
  const exceeded = verdict.failing && exceededLimit(check, verdict.failing);
  const action = actionOf(check, verdict.failing !== undefined, exceeded !== undefined);
  const examples = facts.examples.get(check.name) ?? [];
  return {
    ...about,
    status: action === 'warn' ? 'warned' : 'failed',
    action,
    message: `${verdict.finding}${quoted(check, examples)}. ${adviceOf(check, verdict, action, exceeded)}`,
    examples,
  };
}

type Failing = NonNullable<Verdict['failing']>;

/** The limit that the failing rows exceed, in words. */
function exceededLimit({ threshold }: PlannedCheck, { rows, of }: Failing): string | undefined {
  const { maxRows, maxShare } = threshold;
  if (maxRows !== null && rows > BigInt(maxRows)) return `${asCount(String(maxRows))} rows`;
  if (maxShare !== null && Number(rows) > Number(of) * maxShare) return asPercent(maxShare);
  return undefined;
}

function actionOf(
  check: PlannedCheck,
  isCounted: boolean,
  isExceeded: boolean,
): 'warn' | 'stop' | 'quarantine' {
  if (!isCounted) return check.onFailure === 'quarantine' ? 'stop' : check.onFailure;
  if (isExceeded) return 'stop';
  return check.onFailure === 'stop' ? 'warn' : check.onFailure;
}

function quoted(check: PlannedCheck, examples: CheckResult['examples']): string {
  const shown = check.examples?.shown ?? [];
  const texts = examples.map((row) =>
    shown
      .map((column) => (row[column] === null || row[column] === undefined ? 'NULL' : `'${row[column]}'`))
      .join(', '),
  );
  const different = [...new Set(texts)].filter((text) => text !== '' && text !== 'NULL');
  if (different.length === 0) return '';
  const list = shown.length > 1 ? different.map((text) => `(${text})`) : different;
  return ` (e.g. ${list.join(', ')})`;
}

function adviceOf(
  check: PlannedCheck,
  verdict: Verdict,
  action: CheckResult['action'],
  exceeded: string | undefined,
): string {
  if (action === 'quarantine') return 'These rows are set aside; the rest goes on.';
  if (action === 'warn') return `This is a warning only. ${verdict.advice}`;
  const isLimited = check.onFailure !== 'stop' || check.threshold.maxRows !== 0;
  const limit =
    exceeded !== undefined && isLimited
      ? `That is more than the threshold of ${exceeded}, so nothing`
      : 'Nothing';
  return `${limit} is published. ${verdict.advice}`;
}
