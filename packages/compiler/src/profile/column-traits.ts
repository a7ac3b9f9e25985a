import type { LogicalType } from '@millrace/spec';

/** What can be said of the values of a type. */
export interface ColumnTraits {
  readonly isNumber: boolean;
  /** Smallest and largest mean something. */
  readonly isOrdered: boolean;
  readonly hasQuantiles: boolean;
  readonly canBeInfinite: boolean;
  /** The function that measures a value's length. */
  readonly lengthOf: string | undefined;
  readonly hasShape: boolean;
  /** A value as a place on a line, in floating point, for histograms. */
  readonly position: ((sql: string) => string) | undefined;
}

const NOTHING: ColumnTraits = {
  isNumber: false,
  isOrdered: false,
  hasQuantiles: false,
  canBeInfinite: false,
  lengthOf: undefined,
  hasShape: false,
  position: undefined,
};

const asDouble = (sql: string): string => `CAST(${sql} AS DOUBLE)`;
const asMicroseconds = (sql: string): string => `CAST(epoch_us(${sql}) AS DOUBLE)`;

export function traitsOf(type: LogicalType): ColumnTraits {
  switch (type.kind) {
    case 'integer':
    case 'decimal':
    case 'float':
      return {
        ...NOTHING,
        isNumber: true,
        isOrdered: true,
        hasQuantiles: true,
        canBeInfinite: type.kind === 'float',
        position: asDouble,
      };
    case 'date':
    case 'timestamp':
      return {
        ...NOTHING,
        isOrdered: true,
        hasQuantiles: true,
        canBeInfinite: true,
        position: asMicroseconds,
      };
    case 'time':
      return { ...NOTHING, isOrdered: true, hasQuantiles: true, position: asMicroseconds };
    case 'string':
      return { ...NOTHING, isOrdered: true, lengthOf: 'length', hasShape: true };
    case 'json':
      return { ...NOTHING, lengthOf: 'length' };
    case 'bytes':
      return { ...NOTHING, lengthOf: 'octet_length' };
    case 'boolean':
      return { ...NOTHING, isOrdered: true };
    case 'uuid':
      return NOTHING;
  }
}

/** Whether values have a mean. */
export function isNumericType(type: LogicalType): boolean {
  return traitsOf(type).isNumber;
}
