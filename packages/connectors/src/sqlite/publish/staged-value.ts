import type { SQLInputValue } from 'node:sqlite';

import type { StagedValue } from '@millrace/connector-sdk';
import type { Field, LogicalType } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

/** DuckDB expression for a column of a staged file in the text that the table is to hold. */
export function stagedText(field: Field): string {
  const column = quoteIdentifier(duckdbDialect, field.name);
  switch (field.type.kind) {
    case 'boolean':
      return `CAST(${column} AS TINYINT)`;
    case 'float':
      // A float32 prints fewer digits than the double that SQLite keeps it in.
      return `CAST(${column} AS DOUBLE)`;
    case 'decimal':
      // DuckDB leaves the zero out where no digit can stand before the point.
      return field.type.precision === field.type.scale
        ? `regexp_replace(CAST(${column} AS VARCHAR), '^(-?)\\.', '\\10.')`
        : column;
    case 'date':
      return withEra(`CAST(${column} AS VARCHAR)`, '');
    case 'timestamp':
      // The text of an instant depends on DuckDB's time zone; the text of its UTC reading does not.
      return field.type.timezone
        ? `CASE WHEN isfinite(${column}) THEN ${withEra(`CAST(make_timestamp(epoch_us(${column})) AS VARCHAR)`, '+00')} ELSE CAST(${column} AS VARCHAR) END`
        : withEra(`CAST(${column} AS VARCHAR)`, '');
    default:
      return column;
  }
}

/** DuckDB writes `0044-03-15 (BC) 10:00:00`; here the era stands at the end, behind the offset. */
function withEra(text: string, offset: string): string {
  return `replace(${text}, ' (BC)', '') || '${offset}' || CASE WHEN contains(${text}, '(BC)') THEN ' BC' ELSE '' END`;
}

/** Turns a staged cell into what is bound; see `destinationType` for the storage classes. */
export function sqliteValueOf(type: LogicalType): (value: StagedValue) => SQLInputValue {
  switch (type.kind) {
    case 'boolean':
      return (value) => (value === null ? null : BigInt(String(value)));
    case 'integer':
      if (type.bits === 64 && !type.signed) return (value) => value;
      return (value) => (value === null ? null : BigInt(String(value)));
    case 'float':
      return (value) => (value === null ? null : doubleOf(String(value)));
    default:
      return (value) => value;
  }
}

function doubleOf(text: string): SQLInputValue {
  switch (text.toLowerCase()) {
    case 'nan':
    case '-nan':
      // SQLite stores NULL for a NaN that is bound as a number.
      return 'NaN';
    case 'inf':
      return Number.POSITIVE_INFINITY;
    case '-inf':
      return Number.NEGATIVE_INFINITY;
    default:
      return Number(text);
  }
}

/** ISO 8601 with `Z` as a timestamptz column holds it. */
export function instantText(iso: string): string {
  return iso.replace('T', ' ').replace(/Z$/, '+00');
}
