import type { ColumnSample, PairSample, TableSample } from '@millrace/compiler';
import type { LogicalType, SourceField, SourceTable } from '@millrace/spec';

import type { TableEvidence } from '../evidence/table-evidence.ts';

export const INTEGER: LogicalType = { kind: 'integer', bits: 32, signed: true };
export const TEXT: LogicalType = { kind: 'string' };
export const MOMENT: LogicalType = { kind: 'timestamp', timezone: false };
export const MONEY: LogicalType = { kind: 'decimal', precision: 12, scale: 2 };

export interface MadeColumn {
  readonly name: string;
  readonly type: LogicalType;
  readonly nullable?: boolean;
  /** One for each row; null for NULL. */
  readonly values?: readonly (string | number | null)[];
}

export interface MadeTable extends Partial<Omit<SourceTable, 'table' | 'fields'>> {
  readonly name: string;
  readonly schema?: string;
  readonly columns: readonly MadeColumn[];
  readonly isComplete?: boolean;
  readonly pairs?: readonly PairSample[];
}

/** A table as discovery and the engine's sample would describe it. */
export function makeEvidence(made: MadeTable): TableEvidence {
  const { name, schema, columns, isComplete = true, pairs = [], ...declared } = made;
  const rows = Math.max(0, ...columns.map(({ values }) => values?.length ?? 0));
  const fields = columns.map((column): SourceField => ({
    name: column.name,
    type: column.type,
    nullable: column.nullable ?? false,
    nativeType: column.type.kind,
  }));
  const table: SourceTable = {
    table: schema === undefined ? { name } : { schema, name },
    kind: 'table',
    fields,
    key: [],
    indexedColumns: [],
    estimatedRows: rows,
    estimatedBytes: null,
    cursorCandidates: [],
    notes: [],
    ...declared,
  };
  const isSampled = columns.some(({ values }) => values !== undefined);
  const sample: TableSample = { rows, isComplete, columns: columns.map(sampleOf), pairs };
  return { table, sample: isSampled ? sample : null };
}

function sampleOf({ name, values = [] }: MadeColumn): ColumnSample {
  const present = values.filter((value) => value !== null);
  const counts = new Map<string, number>();
  for (const value of present) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  const sorted = present.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  const lengths = present.map((value) => String(value).length);
  return {
    name,
    nonNull: present.length,
    distinct: counts.size,
    min: sorted.length === 0 ? null : String(sorted[0]),
    max: sorted.length === 0 ? null : String(sorted.at(-1)),
    meanLength: lengths.length === 0 ? null : lengths.reduce((sum, each) => sum + each, 0) / lengths.length,
    maxLength: lengths.length === 0 ? null : Math.max(...lengths),
    top: [...counts]
      .map(([value, count]) => ({ value, count }))
      .toSorted((left, right) => right.count - left.count)
      .slice(0, 20),
    values: [...counts.keys()].slice(0, 200),
    sketch: { hashes: [...counts.keys()].map(hash).sort((left, right) => left - right), upTo: 2 ** 53 },
  };
}

function hash(text: string): number {
  let state = 2_166_136_261;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return (state >>> 0) * 2 ** 21 + text.length;
}
