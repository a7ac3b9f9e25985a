import type { SqlRelation } from '@millrace/compiler';
import { formatLogicalType, type LogicalType } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteIdentifier } from '@millrace/sql';

const TYPED_TABLE = 'main.typed';

const TYPED_COLUMNS: readonly LogicalType[] = [
  ...([8, 16, 32, 64] as const).flatMap((bits): LogicalType[] => [
    { kind: 'integer', bits, signed: true },
    { kind: 'integer', bits, signed: false },
  ]),
  { kind: 'float', bits: 32 },
  { kind: 'float', bits: 64 },
  { kind: 'timestamp', timezone: true },
  { kind: 'timestamp', timezone: false },
  ...(['boolean', 'string', 'bytes', 'json', 'uuid', 'date', 'time'] as const).map((kind) => ({ kind })),
];

/** An empty table with a column of each type without parameters: half the cost of `NULL::type` in every relation. */
export const TYPED_TABLE_SQL = `CREATE TABLE ${TYPED_TABLE} (${TYPED_COLUMNS.map(
  (type) => `${quoteIdentifier(duckdbDialect, formatLogicalType(type))} ${duckdbType(type)}`,
).join(', ')})`;

/** `WITH` and the relations as empty tables; ends with a line break. `names`: the only columns that matter, in lower case. */
export function relationsSql(relations: readonly SqlRelation[], names: ReadonlySet<string> | null): string {
  const parts = relations.flatMap((relation) => {
    if (!isNameable(relation.name)) return [];
    const wanted = relation.fields.filter(
      ({ name }) => isNameable(name) && (names === null || names.has(name.toLowerCase())),
    );
    const columns = wanted.map(
      ({ name, type }) => `${typedNull(type)} AS ${quoteIdentifier(duckdbDialect, name)}`,
    );
    // A relation without a column is none.
    if (columns.length === 0) columns.push('NULL AS " "');
    const alias = quoteIdentifier(duckdbDialect, relation.name);
    return [`${alias} AS NOT MATERIALIZED (SELECT ${columns.join(', ')} FROM ${TYPED_TABLE})`];
  });
  return parts.length === 0 ? '' : `WITH ${parts.join(',\n')}\n`;
}

function typedNull(type: LogicalType): string {
  return type.kind === 'decimal'
    ? `NULL::${duckdbType(type)}`
    : quoteIdentifier(duckdbDialect, formatLogicalType(type));
}

/** DuckDB has no name for an empty name or one with U+0000. */
function isNameable(name: string): boolean {
  return name !== '' && !name.includes('\0');
}
