import {
  formatLogicalType,
  isSameLogicalType,
  type DocumentPath,
  type Field,
  type LogicalType,
} from '@millrace/spec';

import type { BuildContext, Relation } from './transform-verb.ts';

/** A column of each side that must be equal. */
export interface EqualColumns {
  readonly left: Field;
  readonly right: Field;
}

/** The columns that `on` sets equal; undefined when one is wrong, which is reported. */
export function equalColumns(
  left: Relation,
  right: Relation,
  on: Readonly<Record<string, string>> | readonly string[],
  path: DocumentPath,
  context: BuildContext,
): readonly EqualColumns[] | undefined {
  const isList = Array.isArray(on);
  const names: readonly (readonly [string, string, DocumentPath])[] = isList
    ? on.map((name, index) => [name, name, [...path, index]])
    : Object.entries(on).map(([from, to]) => [from, to, [...path, from]]);
  const pairs = names.map(([from, to, at]) => {
    const leftField = context.column(from, at, left, isList ? 'value' : 'key');
    const rightField = context.column(to, at, right);
    if (leftField === undefined || rightField === undefined) return undefined;
    if (isComparable(leftField.type, rightField.type)) return { left: leftField, right: rightField };
    context.report(
      'joinTypesDiffer',
      {
        left: `${left.ref}.${leftField.name}`,
        leftType: formatLogicalType(leftField.type),
        right: `${right.ref}.${rightField.name}`,
        rightType: formatLogicalType(rightField.type),
      },
      at,
    );
    return undefined;
  });
  if (pairs.length === 0) {
    context.report('valueInvalid', { key: 'on', reason: 'needs at least one pair of columns' }, path);
    return undefined;
  }
  return pairs.every((pair) => pair !== undefined) ? pairs : undefined;
}

const NUMBERS: ReadonlySet<string> = new Set(['integer', 'decimal', 'float']);
const MOMENTS: ReadonlySet<string> = new Set(['date', 'timestamp']);
const TEXTS: ReadonlySet<string> = new Set(['string', 'json']);

/** Whether DuckDB needs no conversion to compare them that it could refuse. */
export function isSurelyComparable({ left, right }: EqualColumns): boolean {
  return (
    isSameLogicalType(left.type, right.type) ||
    (left.type.kind === 'integer' && right.type.kind === 'integer')
  );
}

/** Whether equality compares values, not their texts. */
function isComparable(left: LogicalType, right: LogicalType): boolean {
  return (
    left.kind === right.kind ||
    [NUMBERS, MOMENTS, TEXTS].some((family) => family.has(left.kind) && family.has(right.kind))
  );
}
