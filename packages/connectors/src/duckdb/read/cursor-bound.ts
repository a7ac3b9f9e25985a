import { PipelineError, type CursorRange } from '@millrace/connector-sdk';
import { formatLogicalType, type SourceField } from '@millrace/spec';

import { identifier, text } from '../warehouse/names.ts';
import { nativeType } from '../types.ts';

const MICROS_PER_DAY = 86_400_000_000n;

/** The condition that keeps the rows of a range; NULLs are not among them. Undefined for everything. */
export function cursorCondition(field: SourceField, range: CursorRange): string | undefined {
  if (!isOrdered(field, range.lookback)) {
    throw new PipelineError({
      code: 'cursorUnfit',
      blame: 'config',
      retry: 'never',
      message: `${field.name} cannot be a cursor${range.lookback === 0n ? '' : ' with a look-back'}: it is ${formatLogicalType(field.type)}. Choose a timestamp, date or integer column.`,
    });
  }
  if (range.from === null) return undefined;
  return `${identifier(field.name)} >= ${lowerBound(field, range.from, range.lookback)}`;
}

function isOrdered({ type }: SourceField, lookback: bigint): boolean {
  if (type.kind === 'integer' || type.kind === 'date' || type.kind === 'timestamp') return true;
  return lookback === 0n && (type.kind === 'decimal' || type.kind === 'string' || type.kind === 'uuid');
}

function lowerBound(field: SourceField, from: string, lookback: bigint): string {
  const { type } = field;
  const value = `CAST(${text(from)} AS ${nativeType(type)})`;
  switch (type.kind) {
    case 'integer': {
      const least = type.signed ? -(1n << BigInt(type.bits - 1)) : 0n;
      const bound = BigInt(from) - lookback;
      return `CAST(${text(String(bound < least ? least : bound))} AS ${nativeType(type)})`;
    }
    case 'date': {
      // Days are whole: a part of a day looks back by one.
      const days = (lookback + MICROS_PER_DAY - 1n) / MICROS_PER_DAY;
      return days === 0n ? value : `CASE WHEN isinf(${value}) THEN ${value} ELSE ${value} - ${days} END`;
    }
    case 'timestamp':
      return lookback === 0n ? value : `${value} - to_microseconds(${lookback})`;
    default:
      return value;
  }
}
