import type { ColumnSample } from '@millrace/compiler';
import type { LogicalType } from '@millrace/spec';

/** What the values of two columns have in common, as far as samples tell. */
export interface ValueComparison {
  /** Share of the left column's distinct values that the right one has; null when the right sample is not whole. */
  readonly containment: number | null;
  /** How many values that rests on. */
  readonly compared: number;
  /** Distinct values left to right. */
  readonly coverage: number;
  /** How far apart the ends of the two ranges are, 0 to 1; 0 where there is no range. */
  readonly rangeGap: number;
}

/** Types whose values can be equal. */
export function typeFamily(type: LogicalType): 'number' | 'text' | undefined {
  switch (type.kind) {
    case 'integer':
      return 'number';
    case 'decimal':
      return type.scale === 0 ? 'number' : undefined;
    case 'string':
    case 'uuid':
      return 'text';
    default:
      return undefined;
  }
}

export function compareValues(
  left: ColumnSample,
  right: ColumnSample,
  isRightComplete: boolean,
): ValueComparison {
  const upTo = Math.min(left.sketch.upTo, right.sketch.upTo);
  const wanted = left.sketch.hashes.filter((hash) => hash <= upTo);
  const known = new Set(right.sketch.hashes);
  const common = wanted.filter((hash) => known.has(hash)).length;
  return {
    containment: isRightComplete && wanted.length > 0 ? common / wanted.length : null,
    compared: wanted.length,
    coverage: right.distinct === 0 ? 0 : Math.min(1, left.distinct / right.distinct),
    rangeGap: rangeGap(left, right),
  };
}

function rangeGap(left: ColumnSample, right: ColumnSample): number {
  const [leftMin, leftMax, rightMin, rightMax] = [left.min, left.max, right.min, right.max].map(Number);
  if (leftMin === undefined || leftMax === undefined || rightMin === undefined || rightMax === undefined)
    return 0;
  const range = rightMax - rightMin;
  if (!(range > 0)) return 0;
  return Math.min(1, Math.max(0, (leftMin - rightMin) / range, (rightMax - leftMax) / range));
}
