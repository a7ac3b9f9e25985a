import type { DigestField } from '@millrace/connector-sdk';
import type { LogicalType } from '@millrace/spec';
import { postgresDialect, quoteIdentifier, quoteText } from '@millrace/sql';

/** Base types whose cast to text is the text they print. */
const PLAIN_TEXT = new Set(['text', 'varchar', 'json', 'name']);

/**
 * SQL for the canonical text (digest.ts of the SDK) of a value that is not NULL. `expression` is a column; what it holds is
 * what `read` delivers for it, so a column that arrives as text has the text PostgreSQL prints.
 */
export function canonicalText(
  expression: string,
  field: Pick<DigestField, 'type' | 'detail' | 'nativeType'>,
): string {
  const type = field.type;
  switch (type.kind) {
    case 'boolean':
      return `(CASE WHEN ${expression} THEN '1' ELSE '0' END)`;
    case 'integer':
      return `(${expression})::text`;
    case 'decimal':
      return `(${expression})::numeric(${type.precision},${type.scale})::text`;
    case 'float':
      return floatText(`(${expression})::float8`);
    case 'string':
    case 'json':
      return printedText(expression, field);
    case 'bytes':
      return `encode(${expression}, 'hex')`;
    case 'uuid':
      return `(${expression})::text`;
    case 'date':
      return dayText(expression, `(${expression})::text`, `left(right((${expression})::text, 9), 6)`);
    case 'time':
      return `to_char(${expression}, 'HH24:MI:SS.US')`;
    case 'timestamp':
      return dayText(
        expression,
        `to_char(${expression}, 'YYYY-MM-DD HH24:MI:SS.US')`,
        `to_char(${expression}, '-MM-DD HH24:MI:SS.US')`,
      );
  }
}

/** A casts to text would trim char(n) and print inet and others differently; `concat` uses what COPY uses. */
function printedText(expression: string, field: Pick<DigestField, 'detail' | 'nativeType'>): string {
  const base = field.detail?.['baseType'];
  const isPlain = field.nativeType === undefined || (typeof base === 'string' && PLAIN_TEXT.has(base));
  return isPlain ? `(${expression})::text` : `concat(${expression})`;
}

/** `<sign><m>e<e>` from the bits: value = m x 2^(e-52) with 2^52 <= m < 2^53. */
function floatText(value: string): string {
  const bits = `('x' || encode(float8send(${value}), 'hex'))::bit(64)::bigint`;
  const fraction = `(${bits} & 4503599627370495)`;
  const exponent = `((${bits} >> 52) & 2047)`;
  const sign = `(CASE WHEN ${value} < 0 THEN '-' ELSE '' END)`;
  const width = `length(ltrim(${fraction}::bit(64)::text, '0'))`;
  return `(CASE WHEN ${value} = 0 THEN '0' WHEN ${value} = 'NaN' THEN 'nan' WHEN ${value} = 'Infinity' THEN 'inf' WHEN ${value} = '-Infinity' THEN '-inf'
    WHEN ${exponent} = 0 THEN ${sign} || (${fraction} << (53 - ${width})) || 'e' || (${width} - 1075)
    ELSE ${sign} || (${fraction} | 4503599627370496) || 'e' || (${exponent} - 1023) END)`;
}

/** Years before Christ in astronomical counting: 1 BC is 0000, 2 BC is -0001. `to_char` cannot take every date. */
function dayText(value: string, text: string, afterYear: string): string {
  const year = `(extract(year FROM ${value})::integer + 1)`;
  return `(CASE WHEN NOT isfinite(${value}) THEN (${value})::text WHEN ${value} >= '0001-01-01' THEN ${text}
    ELSE (CASE WHEN ${year} < 0 THEN '-' ELSE '' END) || lpad(abs(${year})::text, 4, '0') || ${afterYear} END)`;
}

/** A literal of the field's own type for a canonical text, so that an index on the column serves the comparison. */
export function literalOf(text: string, type: LogicalType): string {
  switch (type.kind) {
    case 'integer':
      return `${quoteText(postgresDialect, text)}::${integerLiteralType(type)}`;
    case 'decimal':
      return `${quoteText(postgresDialect, text)}::numeric`;
    case 'date':
      return `${quoteText(postgresDialect, withEra(text))}::date`;
    case 'timestamp':
      return `${quoteText(postgresDialect, withEra(text))}::${type.timezone ? 'timestamptz' : 'timestamp'}`;
    default:
      return quoteText(postgresDialect, text);
  }
}

/** Comparing with a wider type than the column's would keep its index from being used; bigint is of the same family. */
function integerLiteralType(type: Extract<LogicalType, { kind: 'integer' }>): string {
  if (type.signed || type.bits < 32) return 'bigint';
  return type.bits === 32 ? 'oid' : 'numeric';
}

/** The column of a field as SQL. */
export function columnOf(field: { readonly name: string }): string {
  return quoteIdentifier(postgresDialect, field.name);
}

/** `-0043-03-15` as `0044-03-15 BC`. */
function withEra(text: string): string {
  const parts = /^(-?\d{4,})(-\d{2}-\d{2}.*)$/s.exec(text);
  if (parts === null) return text;
  const year = Number(parts[1]);
  return year > 0 ? text : `${String(1 - year).padStart(4, '0')}${parts[2]} BC`;
}
