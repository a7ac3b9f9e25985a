import type { CheckFacts } from './check-facts.ts';
import type { CheckRule, PlannedCheck } from './check-plan.ts';
import { judgeDistribution } from './distribution/judge.ts';
import { judgeFreshness } from './freshness/judge.ts';
import { judgeFailing } from './judge-failing.ts';
import { judgeRowCount } from './row-count/judge.ts';
import { schemaDifferences } from './schema/schema-differences.ts';
import { judgeSums } from './sum-equals/judge.ts';
import { requireValue, type Verdict } from './verdict.ts';
import { judgeVolume } from './volume/judge.ts';

/** Applies the rule of a check to the results. */
export function judgeRule(rule: CheckRule, check: PlannedCheck, facts: CheckFacts): Verdict {
  const { values } = facts;
  const history = facts.history.get(check.name) ?? [];
  switch (rule.kind) {
    case 'failing':
    case 'duplicates':
    case 'returned':
      return judgeFailing(rule, check, values, facts.decided?.get(check.name));
    case 'holds': {
      // As in a CHECK of SQL, NULL is no failure.
      const isPassed = values.get(rule.holds) !== 'false';
      return {
        isPassed,
        observed: isPassed ? 'holds' : 'does not hold',
        finding: `${rule.subject} ${isPassed ? 'holds' : 'does not hold'}`,
        advice: 'Correct the rows at the source, or the condition.',
      };
    }
    case 'rowCount':
      return judgeRowCount(rule, requireValue(values, rule.rows));
    case 'volume':
      return judgeVolume(rule, requireValue(values, rule.rows), history);
    case 'distribution':
      return judgeDistribution(rule, values, history);
    case 'freshness':
      return judgeFreshness(rule, values.get(rule.newest) ?? null, facts.now);
    case 'schema': {
      const differences = schemaDifferences(rule.columns, rule.refusesOthers, facts.fields);
      const isPassed = differences.length === 0;
      return {
        isPassed,
        observed: isPassed ? 'as expected' : differences.join('; '),
        finding: isPassed ? 'The columns are as expected' : `The columns differ: ${differences.join('; ')}`,
        advice: 'Correct the columns of the step, or the check.',
      };
    }
    case 'sums':
      return judgeSums(rule, requireValue(values, rule.left), requireValue(values, rule.right));
  }
}
