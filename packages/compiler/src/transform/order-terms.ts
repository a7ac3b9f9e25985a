import type { DocumentPath } from '@millrace/spec';

import type { LineageUse } from '../plan.ts';
import { quote, usesOf } from './columns.ts';
import type { BuildContext, Expression, InputRelation } from './transform-verb.ts';

/** One thing that rows are ordered by. */
export interface OrderTerm {
  readonly expression: Expression;
  readonly direction: 'ASC' | 'DESC';
  readonly nulls: 'FIRST' | 'LAST';
  /** Whether the text says where NULL comes; else it comes last in either direction. */
  readonly saysNulls: boolean;
}

/** The terms of texts like `created_at desc nulls last`; undefined when something is wrong with one, which is reported. */
export async function orderTerms(
  texts: readonly string[],
  path: DocumentPath,
  input: InputRelation,
  context: BuildContext,
): Promise<readonly OrderTerm[] | undefined> {
  const terms = await Promise.all(
    texts.map(async (text, index) => {
      const at = [...path, index];
      const { value, direction, nulls } = splitOrder(text);
      const expression = await context.expression(value, at, [input]);
      if (expression === undefined) return undefined;
      if (expression.reads.length > 0)
        return { expression, direction, nulls: nulls ?? 'LAST', saysNulls: nulls !== undefined };
      const reason = `orders nothing with ${text}, which is the same for all rows; name a column`;
      context.report('valueInvalid', { key: String(path.at(-1)), reason }, at);
      return undefined;
    }),
  );
  return terms.every((term) => term !== undefined) ? terms : undefined;
}

/** The terms that put the rows the other way round; NULL still comes last unless the text says otherwise. */
export function reversed(terms: readonly OrderTerm[]): readonly OrderTerm[] {
  return terms.map((term) => ({
    ...term,
    direction: term.direction === 'ASC' ? 'DESC' : 'ASC',
    nulls: term.saysNulls && term.nulls === 'LAST' ? 'FIRST' : 'LAST',
  }));
}

/** For ORDER BY. Rows that are equal by the terms stay in no order. */
export function orderSql(terms: readonly OrderTerm[]): string {
  return terms
    .map(({ expression, direction, nulls }) => `${expression.sql} ${direction} NULLS ${nulls}`)
    .join(', ');
}

/**
 * For ORDER BY, such that only rows that are equal in all columns are equal in order: after the terms come the columns of
 * the input's key, or all when it has none. `groups` are columns in which all the rows to order are equal.
 */
export function totalOrderSql(
  terms: readonly OrderTerm[],
  input: InputRelation,
  groups: readonly string[] = [],
): string {
  const ties = tieColumns(terms, input, groups).map(quote);
  return [...(terms.length === 0 ? [] : [orderSql(terms)]), ...ties].join(', ');
}

function tieColumns(
  terms: readonly OrderTerm[],
  input: InputRelation,
  groups: readonly string[],
): readonly string[] {
  const settled = new Set([...groups, ...terms.map(({ expression }) => expression.copied?.name)]);
  const identity = input.key.length > 0 ? input.key : input.fields.map(({ name }) => name);
  return identity.filter((column) => !settled.has(column));
}

/** For OVER; every part may be empty. */
export function windowSql(groups: readonly string[], order: string, frame = ''): string {
  const partition = groups.length === 0 ? '' : `PARTITION BY ${groups.map(quote).join(', ')}`;
  return [partition, order === '' ? '' : `ORDER BY ${order}`, frame].filter((part) => part !== '').join(' ');
}

/** The columns that a total order reads, those that settle ties included. */
export function orderUses(
  terms: readonly OrderTerm[],
  input: InputRelation,
  groups: readonly string[] = [],
): readonly LineageUse[] {
  const ties = tieColumns(terms, input, groups);
  return [
    ...terms.flatMap(({ expression }) => usesOf(expression, 'sorted')),
    ...ties.map((column) => ({ ref: input.ref, column, how: 'sorted' as const })),
  ];
}

const SUFFIX =
  /^(?<value>.*?\S)(?:\s+(?<direction>asc|ascending|desc|descending))?(?:\s+nulls\s+(?<nulls>first|last))?\s*$/isu;

function splitOrder(text: string): {
  readonly value: string;
  readonly direction: 'ASC' | 'DESC';
  readonly nulls: 'FIRST' | 'LAST' | undefined;
} {
  // What stands in a comment orders nothing.
  const groups = /--|\/\*/.test(text) ? undefined : SUFFIX.exec(text)?.groups;
  return {
    value: groups?.['value'] ?? text,
    direction: groups?.['direction']?.toLowerCase().startsWith('desc') === true ? 'DESC' : 'ASC',
    nulls:
      groups?.['nulls'] === undefined
        ? undefined
        : groups['nulls'].toLowerCase() === 'first'
          ? 'FIRST'
          : 'LAST',
  };
}
