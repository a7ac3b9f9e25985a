import type { LogicalType } from '@millrace/spec';

export interface DetectedType {
  readonly type: LogicalType;
  readonly mapping?: string;
}

const WHOLE = /^-?(?:0|[1-9]\d{0,17})$/;
const DECIMAL = /^-?(?:0|[1-9]\d{0,25})\.(\d{1,12})$/;
const FLOAT = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
const BOOLEAN = /^(?:true|false)$/i;
const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?$/;
const TIMESTAMP =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[ T](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?$/;
const ZONED =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[ T](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-]\d{2}(?::?\d{2})?)$/;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

const STRING: DetectedType = { type: { kind: 'string' } };

/**
 * The narrowest type that every sampled text spells without doubt; string for anything else, so that `007`, `+1` and
 * `1,5` keep their characters. No samples: string.
 */
export function detectTextType(values: readonly string[]): DetectedType {
  if (values.length === 0) return STRING;
  const all = (pattern: RegExp): boolean => values.every((value) => pattern.test(value));
  if (all(BOOLEAN)) return { type: { kind: 'boolean' } };
  if (all(DATE)) return { type: { kind: 'date' } };
  if (all(TIMESTAMP)) return { type: { kind: 'timestamp', timezone: false } };
  if (all(ZONED)) return { type: { kind: 'timestamp', timezone: true } };
  if (all(TIME)) return { type: { kind: 'time' } };
  if (all(UUID)) return { type: { kind: 'uuid' } };
  return detectNumberType(values) ?? STRING;
}

/** int64, decimal or float64; undefined when a text is no plain number. */
export function detectNumberType(values: readonly string[]): DetectedType | undefined {
  if (values.every((value) => WHOLE.test(value)))
    return { type: { kind: 'integer', bits: 64, signed: true } };
  const scales = new Set(values.map((value) => DECIMAL.exec(value)?.[1]?.length ?? 0));
  const [scale = 0] = scales;
  if (scales.size === 1 && scale > 0) return { type: { kind: 'decimal', precision: 38, scale } };
  if (!values.every((value) => FLOAT.test(value) && Number.isFinite(Number(value)))) return undefined;
  // Digits that a double cannot tell apart are an identifier or an amount, not a measurement.
  if (
    values.some(
      (value) =>
        value
          .replace(/[eE].*$/, '')
          .replace(/\D/g, '')
          .replace(/^0+/, '').length > 15,
    )
  )
    return undefined;
  return {
    type: { kind: 'float', bits: 64 },
    mapping:
      'Detected from numbers of several forms; each is the nearest double. Declare decimal(p, s) to keep the digits.',
  };
}
