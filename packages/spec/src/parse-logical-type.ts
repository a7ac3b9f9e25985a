import type { LogicalType } from './logical-type.ts';

const PLAIN: ReadonlyMap<string, LogicalType> = new Map<string, LogicalType>([
  ...(['boolean', 'string', 'bytes', 'json', 'uuid', 'date', 'time'] as const).map(
    (kind) => [kind, { kind }] as const,
  ),
  ...([8, 16, 32, 64] as const).flatMap((bits) => [
    [`int${bits}`, { kind: 'integer', bits, signed: true }] as const,
    [`uint${bits}`, { kind: 'integer', bits, signed: false }] as const,
  ]),
  ['float32', { kind: 'float', bits: 32 }],
  ['float64', { kind: 'float', bits: 64 }],
  ['timestamp', { kind: 'timestamp', timezone: false }],
  ['timestamptz', { kind: 'timestamp', timezone: true }],
]);

/** The type that `formatLogicalType` writes as this text; spaces and case do not matter. Undefined for any other text. */
export function parseLogicalType(text: string): LogicalType | undefined {
  const folded = text.trim().toLowerCase();
  const plain = PLAIN.get(folded);
  if (plain !== undefined) return plain;
  const match = /^decimal\s*\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)$/.exec(folded);
  if (match === null) return undefined;
  const precision = Number(match[1]);
  const scale = Number(match[2]);
  return precision >= 1 && precision <= 38 && scale <= precision
    ? { kind: 'decimal', precision, scale }
    : undefined;
}
