import { type CursorRange, PipelineError, type ReadRequest, type ValueMatch } from '@millrace/connector-sdk';
import {
  type Field,
  formatLogicalType,
  formatTableName,
  type SourceField,
  type SourceTable,
} from '@millrace/spec';
import { mysqlDialect, quoteIdentifier, quoteTable, quoteText } from '@millrace/sql';

/** A column as it is selected, by the form that discovery noted. */
export function selectExpression(field: SourceField): string {
  const name = quoteIdentifier(mysqlDialect, field.name);
  switch (field.detail?.['form']) {
    case 'number':
      return `${name} + 0`;
    case 'double':
      // Adding zero would turn -0 into 0.
      return `${name} * 1e0`;
    default:
      return name;
  }
}

/** The statement that reads the rows. */
export function selectStatement({
  table,
  fields,
  cursor,
  matching,
  maxRows,
}: Omit<ReadRequest, 'position' | 'scratchFolder'>): string {
  const columns = fields.map(selectExpression).join(', ');
  const limit = maxRows === undefined ? '' : ` LIMIT ${maxRows}`;
  return `SELECT ${columns} FROM ${quoteTable(mysqlDialect, table.table)}${whereClause(table, cursor, matching)}${limit}`;
}

/** The statement that finds the high mark, as canonical text. */
export function highMarkStatement(table: SourceTable, column: string): string {
  const name = quoteIdentifier(mysqlDialect, column);
  const highest = `MAX(${name})`;
  const type = cursorField(table, column).type;
  const text = type.kind === 'timestamp' ? `CAST(${highest} AS DATETIME(6))` : highest;
  return `SELECT ${text} FROM ${quoteTable(mysqlDialect, table.table)}`;
}

function whereClause(
  table: SourceTable,
  cursor: CursorRange | null,
  matching: ValueMatch | undefined,
): string {
  const conditions: string[] = [];
  if (cursor !== null && cursor.from !== null) {
    const field = cursorField(table, cursor.column);
    const bound = lowerBound(field, cursor.from, cursor.lookback);
    conditions.push(`${quoteIdentifier(mysqlDialect, cursor.column)} >= ${bound}`);
  }
  if (matching !== undefined) conditions.push(matchCondition(table, matching));
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

function matchCondition(table: SourceTable, { column, values }: ValueMatch): string {
  const field = table.fields.find(({ name }) => name === column);
  if (field === undefined || values.length === 0) return 'FALSE';
  const isText = field.type.kind === 'string' || field.type.kind === 'uuid';
  const literals = values.map((value) =>
    isText ? quoteText(mysqlDialect, value) : typedLiteral(field, value),
  );
  return `${quoteIdentifier(mysqlDialect, column)} IN (${literals.join(', ')})`;
}

export function cursorField(table: SourceTable, column: string): SourceField {
  const field = table.fields.find((each) => each.name === column);
  if (field === undefined) {
    throw unfit(table, column, 'the table has no such column', 'Choose a column of the table.');
  }
  const { kind } = field.type;
  if (kind === 'integer' || kind === 'decimal' || kind === 'date' || kind === 'timestamp') return field;
  throw unfit(
    table,
    column,
    `${field.nativeType} has no order that rows arrive in`,
    'Choose a time or a number, or load.mode: full.',
  );
}

function unfit(table: SourceTable, column: string, reason: string, advice: string): PipelineError {
  return new PipelineError({
    code: 'cursorUnfit',
    blame: 'config',
    retry: 'never',
    message: `${formatTableName(table.table)}.${column} cannot be a cursor: ${reason}. ${advice}`,
  });
}

/** A canonical text as a literal of the column's own type. */
export function typedLiteral(field: Field, value: string): string {
  return lowerBound(field, value, 0n);
}

/** The bound as a literal of the column's own type, so that an index serves it. */
function lowerBound(field: Field, from: string, lookback: bigint): string {
  switch (field.type.kind) {
    case 'integer': {
      if (!/^-?\d{1,20}$/.test(from)) throw malformed(field, from);
      const bound = BigInt(from) - lookback;
      // A negative literal against BIGINT UNSIGNED would leave the index.
      return String(field.type.signed || bound > 0n ? bound : 0n);
    }
    case 'decimal': {
      if (!/^-?\d{1,65}(\.\d{1,38})?$/.test(from)) throw malformed(field, from);
      const [whole = '0', fraction = ''] = from.replace('-', '').split('.');
      const scale = 10n ** BigInt(fraction.length);
      const units = BigInt(whole + fraction) * (from.startsWith('-') ? -1n : 1n) - lookback * scale;
      return formatUnits(units, fraction.length);
    }
    case 'date': {
      const micros = parseMicros(field, `${from} 00:00:00.000000`) - lookback;
      return `DATE'${formatMicros(micros, FIRST_DATE).slice(0, 10)}'`;
    }
    default: {
      const isInstant = field.type.kind === 'timestamp' && field.type.timezone;
      const micros = parseMicros(field, from) - lookback;
      return `TIMESTAMP'${formatMicros(micros, isInstant ? FIRST_INSTANT : FIRST_DATE)}'`;
    }
  }
}

function malformed(field: Field, from: string): PipelineError {
  return new PipelineError({
    code: 'cursorUnfit',
    blame: 'platform',
    retry: 'never',
    message: `The saved position ${JSON.stringify(from)} of ${field.name} is not a value of ${formatLogicalType(field.type)}. Run once with --full-refresh.`,
  });
}

function formatUnits(units: bigint, fractionDigits: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(fractionDigits + 1, '0');
  const whole = digits.slice(0, digits.length - fractionDigits);
  return `${units < 0n ? '-' : ''}${whole}${fractionDigits === 0 ? '' : `.${digits.slice(-fractionDigits)}`}`;
}

const MICROS_PER_SECOND = 1_000_000n;
/** 0001-01-01 00:00:00. */
const FIRST_DATE = -62_135_596_800n * MICROS_PER_SECOND;
/** TIMESTAMP begins one second after the epoch. */
const FIRST_INSTANT = MICROS_PER_SECOND;

function parseMicros(field: Field, text: string): bigint {
  const parts = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})\.(\d{6})$/.exec(text);
  const millis = parts === null ? Number.NaN : Date.parse(`${parts[1]}T${parts[2]}Z`);
  if (Number.isNaN(millis)) throw malformed(field, text);
  return BigInt(millis) * 1000n + BigInt(parts?.[3] ?? 0);
}

function formatMicros(micros: bigint, first: bigint): string {
  const bounded = micros < first ? first : micros;
  const fraction = ((bounded % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND;
  const whole = new Date(Number((bounded - fraction) / 1000n)).toISOString().slice(0, 19).replace('T', ' ');
  return `${whole}.${fraction.toString().padStart(6, '0')}`;
}
