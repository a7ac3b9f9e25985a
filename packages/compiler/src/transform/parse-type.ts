import type { LogicalType } from '@millrace/spec';

const SIMPLE: ReadonlyMap<string, LogicalType> = new Map<string, LogicalType>([
  ['boolean', { kind: 'boolean' }],
  ['string', { kind: 'string' }],
  ['bytes', { kind: 'bytes' }],
  ['json', { kind: 'json' }],
  ['uuid', { kind: 'uuid' }],
  ['date', { kind: 'date' }],
  ['time', { kind: 'time' }],
  ['timestamp', { kind: 'timestamp', timezone: false }],
  ['timestamptz', { kind: 'timestamp', timezone: true }],
  ['float32', { kind: 'float', bits: 32 }],
  ['float64', { kind: 'float', bits: 64 }],
  ...([8, 16, 32, 64] as const).flatMap((bits): [string, LogicalType][] => [
    [`int${bits}`, { kind: 'integer', bits, signed: true }],
    [`uint${bits}`, { kind: 'integer', bits, signed: false }],
  ]),
]);

/** Names that types without arguments can have, for messages. */
export const TYPE_NAMES: readonly string[] = [...SIMPLE.keys(), 'decimal(18, 2)'];

/** The type that a text means, the inverse of `formatLogicalType`; undefined when it means none. */
export function parseType(text: string): LogicalType | undefined {
  const name = text.trim().toLowerCase();
  const simple = SIMPLE.get(name);
  if (simple !== undefined) return simple;
  const decimal = /^decimal\(\s*(\d{1,2})\s*(?:,\s*(\d{1,2})\s*)?\)$/.exec(name);
  if (decimal === null) return undefined;
  const precision = Number(decimal[1]);
  const scale = Number(decimal[2] ?? 0);
  return precision >= 1 && precision <= 38 && scale <= precision
    ? { kind: 'decimal', precision, scale }
    : undefined;
}
