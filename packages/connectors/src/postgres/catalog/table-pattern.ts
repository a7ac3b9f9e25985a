import type { TableName } from '@millrace/spec';

/**
 * Whether a glob over `schema.table` matches. A star stays within its part; a pattern without a dot means a table of
 * the schema `public`. Names may hold dots themselves, so each dot of the pattern is tried as the one between the parts.
 */
export function matchesTable(pattern: string, table: TableName): boolean {
  const dots = [...pattern.matchAll(/\./g)].map((match) => match.index);
  if (dots.length === 0) return table.schema === 'public' && matchesPart(pattern, table.name);
  return dots.some((dot) => matchesPart(pattern.slice(0, dot), table.schema ?? '') && matchesPart(pattern.slice(dot + 1), table.name));
}

/** Greedy match of stars in linear space and at worst quadratic time; no regular expression is made from user input. */
function matchesPart(pattern: string, text: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let retry = 0;
  while (at < text.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++;
      retry = at;
    } else if (pattern[inPattern] === text[at]) {
      inPattern += 1;
      at += 1;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern += 1;
  return inPattern === pattern.length;
}
