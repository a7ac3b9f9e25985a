import { sha256Hex } from '../fingerprint/sha256.ts';
import type { CheckSplit, PlannedCheck } from './check-plan.ts';
import { columnSql, textSql } from './check-sql.ts';
import type { CheckedRelation } from './checked-relation.ts';
import { DECIDED, DECIDED_COLUMNS, identifyRow } from './identify-row.ts';

/** A check that sets rows aside, and the other steps that its condition reads. */
export interface DividingCheck {
  readonly planned: PlannedCheck;
  /** True of failing rows. */
  readonly failing: string;
  readonly relations: readonly string[];
}

const ROW = columnSql('__millrace_row');
const DECIDED_ROW = columnSql('__millrace_decided');
const RELEASED = columnSql('__millrace_released');
const DISCARDED = columnSql('__millrace_discarded');
const JUDGED = columnSql('judged');

/**
 * Parts the rows of a step: a row passes when it fails no check that sets rows aside, or was released from each that it
 * fails; of the others, those that were discarded are in neither part.
 */
export function splitRows(relation: CheckedRelation, dividing: readonly DividingCheck[]): CheckSplit {
  const decided = `${relation.ref}.${DECIDED}`;
  const checks = dividing.map(({ planned, failing }, index) => ({
    planned,
    failing,
    fails: columnSql(`__millrace_fails_${index + 1}`),
    id: identifyCheck(planned.name, failing),
  }));
  const isFailing = checks.map(({ fails }) => fails).join(' OR ');
  const isHeld = ({ fails, id }: { readonly fails: string; readonly id: string }) =>
    `${fails} AND NOT coalesce(list_contains(${RELEASED}, ${textSql(id)}), false)`;
  const isAside = checks.map((check) => `(${isHeld(check)})`).join(' OR ');
  const flags = checks.map(({ failing, fails }) => `coalesce((${failing}), false) AS ${fails}`);
  const flagged = `SELECT *, ${flags.join(', ')} FROM ${columnSql(relation.ref)}`;
  // Only the rows that fail are worth their hash.
  const known = `SELECT *, CASE WHEN ${isFailing} THEN ${identifyRow(relation.fields)} END AS ${ROW} FROM (${flagged})`;
  const decisions =
    `SELECT ${DECIDED_COLUMNS.row} AS ${DECIDED_ROW}, list(${DECIDED_COLUMNS.check}) AS ${RELEASED}, ` +
    `bool_or(${DECIDED_COLUMNS.check} IS NULL) AS ${DISCARDED} FROM ${columnSql(decided)} GROUP BY ${DECIDED_COLUMNS.row}`;
  const from = `FROM (${known}) AS ${JUDGED} LEFT JOIN (${decisions}) ON ${ROW} = ${DECIDED_ROW}`;
  const columns = relation.fields.map(({ name }) => `${JUDGED}.${columnSql(name)}`).join(', ');
  const listed = (text: (check: PlannedCheck) => string) =>
    `list_filter([${checks.map((check) => `CASE WHEN ${isHeld(check)} THEN ${textSql(text(check.planned))} END`).join(', ')}], lambda entry: entry IS NOT NULL)`;
  return {
    passing: `SELECT ${columns} ${from} WHERE NOT (${isAside})`,
    failing:
      `SELECT ${columns}, ${ROW}, ${listed(({ name }) => name)} AS "__millrace_checks", ${listed(reasonOf)} AS "__millrace_reasons" ` +
      `${from} WHERE (${isAside}) AND NOT coalesce(${DISCARDED}, false)`,
    relations: [...new Set(dividing.flatMap(({ relations }) => relations))],
    decided,
    counts: `SELECT ${countAs('true', 'rows')}, ${countAs(`NOT (${isAside})`, 'passed')}, ${countAs(`(${isAside}) AND NOT coalesce(${DISCARDED}, false)`, 'aside')}, ${countAs(`(${isAside}) AND ${DISCARDED}`, 'discarded')} ${from}`,
    decidedCounts: `SELECT ${checks.map((check, index) => countAs(`${check.fails} AND (NOT (${isHeld(check)}) OR ${DISCARDED})`, `c${index}`)).join(', ')} ${from}`,
    checks: checks.map(({ planned, id }) => ({ name: planned.name, id })),
  };
}

function countAs(condition: string, name: string): string {
  return `CAST(count(CASE WHEN ${condition} THEN 1 END) AS VARCHAR) AS ${columnSql(name)}`;
}

/** A decision is about a check as it is: another condition under the same name is another check. */
function identifyCheck(name: string, failing: string): string {
  return `${name}@${sha256Hex(failing).slice(0, 12)}`;
}

function reasonOf({ rule, expected }: PlannedCheck): string {
  return rule.kind === 'failing' ? `${rule.subject} ${rule.fault}` : expected;
}
