/**
 * The closed lattice of types that a value can have between a source and a destination.
 * A source maps each native type to one of these, a destination maps each of these to a native type; the
 * outcome of both steps is written in the connector's type table and tested value by value.
 */
export type LogicalType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  /** Exact decimal, 1 <= precision <= 38, 0 <= scale <= precision. */
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  /** Unicode text, any length, U+0000 allowed. */
  | { readonly kind: 'string' }
  | { readonly kind: 'bytes' }
  /** JSON as text, byte for byte as the source wrote it. */
  | { readonly kind: 'json' }
  | { readonly kind: 'uuid' }
  /** Proleptic Gregorian day; infinity and -infinity exist. */
  | { readonly kind: 'date' }
  /** Time of day in microseconds, 00:00:00 to 24:00:00. */
  | { readonly kind: 'time' }
  /** Microseconds; with timezone an instant (UTC), without a wall-clock reading. Infinities exist. */
  | { readonly kind: 'timestamp'; readonly timezone: boolean };

export type LogicalTypeKind = LogicalType['kind'];

/** The type in the words of a person and of DuckDB: `decimal(18, 4)`, `uint64`, `timestamptz`. */
export function formatLogicalType(type: LogicalType): string {
  switch (type.kind) {
    case 'integer':
      return `${type.signed ? '' : 'u'}int${type.bits}`;
    case 'float':
      return `float${type.bits}`;
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`;
    case 'timestamp':
      return type.timezone ? 'timestamptz' : 'timestamp';
    default:
      return type.kind;
  }
}

export function isSameLogicalType(left: LogicalType, right: LogicalType): boolean {
  return formatLogicalType(left) === formatLogicalType(right);
}

/**
 * The smallest type that holds every value of both without changing one, or undefined when only text would.
 * Order of arguments does not matter; `widen(a, a)` is `a`.
 */
export function widenLogicalType(left: LogicalType, right: LogicalType): LogicalType | undefined {
  if (isSameLogicalType(left, right)) return left;
  if (left.kind === 'integer' && right.kind === 'integer') return widenIntegers(left, right);
  if (left.kind === 'float' && right.kind === 'float') return { kind: 'float', bits: 64 };
  const leftDecimal = asDecimal(left);
  const rightDecimal = asDecimal(right);
  if (leftDecimal && rightDecimal) {
    const scale = Math.max(leftDecimal.scale, rightDecimal.scale);
    const whole = Math.max(
      leftDecimal.precision - leftDecimal.scale,
      rightDecimal.precision - rightDecimal.scale,
    );
    return whole + scale <= 38 ? { kind: 'decimal', precision: whole + scale, scale } : undefined;
  }
  return widenIntegerToFloat(left, right) ?? widenIntegerToFloat(right, left) ?? widenDate(left, right);
}

type IntegerType = Extract<LogicalType, { kind: 'integer' }>;
type DecimalType = Extract<LogicalType, { kind: 'decimal' }>;

function widenIntegers(left: IntegerType, right: IntegerType): LogicalType {
  if (left.signed === right.signed) return left.bits >= right.bits ? left : right;
  const [signed, unsigned] = left.signed ? [left, right] : [right, left];
  const needed = Math.max(signed.bits, unsigned.bits * 2);
  if (needed === 16 || needed === 32 || needed === 64) return { kind: 'integer', bits: needed, signed: true };
  return { kind: 'decimal', precision: 20, scale: 0 };
}

const INTEGER_DIGITS = { 8: 3, 16: 5, 32: 10, 64: 19 } as const;

function asDecimal(type: LogicalType): DecimalType | undefined {
  if (type.kind === 'decimal') return type;
  if (type.kind !== 'integer') return undefined;
  const precision = INTEGER_DIGITS[type.bits] + (type.bits === 64 && !type.signed ? 1 : 0);
  return { kind: 'decimal', precision, scale: 0 };
}

function widenIntegerToFloat(integer: LogicalType, float: LogicalType): LogicalType | undefined {
  if (integer.kind !== 'integer' || float.kind !== 'float') return undefined;
  if (integer.bits <= 16 && float.bits === 32) return float;
  return integer.bits <= 32 ? { kind: 'float', bits: 64 } : undefined;
}

function widenDate(left: LogicalType, right: LogicalType): LogicalType | undefined {
  if (left.kind === 'date' && right.kind === 'timestamp' && !right.timezone) return right;
  if (right.kind === 'date' && left.kind === 'timestamp' && !left.timezone) return left;
  return undefined;
}
