import { endsInKeyWord } from '../naming/name-tokens.ts';

/** What a pair of names is compared by; tokens and stems as `nameTokens` and `stemOf` give them. */
export interface ReferencingName {
  readonly tokens: readonly string[];
  readonly stem: readonly string[];
}

export interface ReferencedName extends ReferencingName {
  readonly tableStem: readonly string[];
  readonly isKey: boolean;
}

const PERSON_ROLES: ReadonlySet<string> = new Set(
  'manager rep owner author creator assignee approver reviewer supervisor buyer seller sender receiver recipient agent boss lead'.split(
    ' ',
  ),
);
const PERSON_TABLES: ReadonlySet<string> = new Set(
  'person user employee staff member account contact customer party'.split(' '),
);

/**
 * How far the name of a column says that it refers to another table's column, 0 to 1. That both are called `id` says
 * nothing.
 */
export function nameScore(from: ReferencingName, to: ReferencedName, isSameTable: boolean): number {
  const suffix = endsInKeyWord(from.tokens) ? 0.03 : 0;
  if (from.stem.length === 0) return 0;
  const role = roleScore(from.stem, to.tableStem, isSameTable);
  if (isSameTable) return Math.min(1, role + (role > 0 ? suffix : 0));
  const stem = from.stem.join(' ');
  const table = to.tableStem.join(' ');
  let score = role;
  if (stem === table) score = 1;
  else if (stem.endsWith(` ${table}`)) score = Math.max(score, 0.93);
  else if (table.endsWith(` ${stem}`)) score = Math.max(score, 0.8);
  else if (stem.length > 3 && table.startsWith(stem)) score = Math.max(score, 0.72);
  if (to.stem.length > 0 && from.tokens.join(' ') === to.tokens.join(' '))
    score = Math.max(score, to.isKey ? 0.9 : 0.75);
  return score === 0 ? 0 : Math.min(1, score + suffix);
}

/** `manager_id` in employees, `parent_id` in categories, `created_by` to users. */
function roleScore(stem: readonly string[], table: readonly string[], isSameTable: boolean): number {
  const last = stem.at(-1) ?? '';
  if (isSameTable && (stem[0] === 'parent' || last === 'parent')) return 0.95;
  const isRole = PERSON_ROLES.has(last) || last === 'by' || (stem[0] === 'report' && last === 'to');
  if (!isRole || !PERSON_TABLES.has(table.at(-1) ?? '')) return 0;
  return isSameTable ? 0.82 : 0.72;
}
