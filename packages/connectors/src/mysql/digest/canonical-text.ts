import type { DigestField } from '@millrace/connector-sdk';
import { mysqlDialect, quoteIdentifier } from '@millrace/sql';

/** Column types whose text is converted as text; all else is cast to text. */
const TEXT_TYPES = /^(char|varchar|tinytext|text|mediumtext|longtext|enum|set|json)$/;
/** DECIMAL has no more digits after the point here; wider scales are kept as text. */
const MAX_SCALE = 30;

/** The canonical text (see `DigestRequest`) of a column's value as an SQL expression. NULL stays NULL. */
export function canonicalText(field: DigestField): string {
  const column = quoteIdentifier(mysqlDialect, field.name);
  const { type } = field;
  const dataType = field.detail?.['dataType'];
  switch (type.kind) {
    case 'boolean':
    case 'integer':
      // BIT and ZEROFILL as numbers.
      return castText(`(${column} + 0)`);
    case 'decimal':
      if (type.scale > MAX_SCALE) return `CONVERT(${column} USING utf8mb4)`;
      return castText(`CAST(${column} AS DECIMAL(${type.precision}, ${type.scale}))`);
    case 'float':
      return floatText(`(${column} * 1e0)`);
    case 'string':
    case 'json':
      if (typeof dataType === 'string' && !TEXT_TYPES.test(dataType)) {
        return castText(field.detail?.['form'] === 'number' ? `(${column} + 0)` : column);
      }
      return `CONVERT(${column} USING utf8mb4)`;
    case 'bytes':
      return `LOWER(HEX(${column}))`;
    case 'uuid':
      return `LOWER(${castText(column)})`;
    case 'date':
      return castText(`CAST(${column} AS DATE)`);
    case 'time':
      return castText(`CAST(${column} AS TIME(6))`);
    case 'timestamp':
      return castText(`CAST(${column} AS DATETIME(6))`);
  }
}

function castText(expression: string): string {
  return `CAST(${expression} AS CHAR)`;
}

/**
 * Mantissa and exponent from powers of two, all exact: scaling by a power of two changes no digit, and is done in two
 * steps because 2^1126 is no double. LOG2 may miss by one next to a power of two, which the size of the mantissa tells.
 */
function floatText(value: string): string {
  const size = `ABS(${value})`;
  const guess = `FLOOR(LOG2(${size}))`;
  const step = `LEAST(52 - ${guess}, 1000)`;
  const mantissa = `(${size} * POW(2, ${step}) * POW(2, 52 - ${guess} - ${step}))`;
  const isHigh = `(${mantissa} >= 9007199254740992e0)`;
  const isLow = `(${mantissa} < 4503599627370496e0)`;
  const exact = `CAST(IF(${isHigh}, ${mantissa} / 2e0, IF(${isLow}, ${mantissa} * 2e0, ${mantissa})) AS UNSIGNED)`;
  const exponent = `CAST(${guess} + ${isHigh} - ${isLow} AS SIGNED)`;
  return `IF(${value} = 0, '0', CONCAT(IF(${value} < 0, '-', ''), ${exact}, 'e', ${exponent}))`;
}

/** False for rows that a read rejects because a date in them is no day of the calendar. */
export function isReadable(field: DigestField): string | undefined {
  if (field.type.kind !== 'date' && field.type.kind !== 'timestamp') return undefined;
  const column = quoteIdentifier(mysqlDialect, field.name);
  const day = `DAYOFMONTH(${column})`;
  const isInMonth = `(${day} BETWEEN 1 AND 28 OR ${day} BETWEEN 29 AND DAYOFMONTH(LAST_DAY(${column})))`;
  const isDay = `YEAR(${column}) > 0 AND MONTH(${column}) > 0 AND ${isInMonth}`;
  return `(${column} IS NULL OR (${isDay}))`;
}
