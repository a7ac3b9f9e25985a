import type { TypeRule } from '@millrace/connector-sdk';
import type { DestinationType, LogicalType } from '@millrace/spec';

import { MAPPINGS } from './native-type.ts';

const zeroDates = 'zero and partial-zero dates (0000-00-00, 2000-01-00) and the year 0000 are quarantined';

/** What each native type becomes. */
export const sourceTypes: readonly TypeRule[] = [
  { native: 'tinyint (tinyint(1) and bool too)', logical: 'int8', outcome: 'exact' },
  { native: 'smallint', logical: 'int16', outcome: 'exact' },
  { native: 'mediumint, int', logical: 'int32', outcome: 'exact' },
  { native: 'bigint', logical: 'int64', outcome: 'exact' },
  { native: 'tinyint unsigned', logical: 'uint8', outcome: 'exact' },
  { native: 'smallint unsigned', logical: 'uint16', outcome: 'exact' },
  { native: 'mediumint unsigned, int unsigned', logical: 'uint32', outcome: 'exact' },
  { native: 'bigint unsigned', logical: 'uint64', outcome: 'exact' },
  { native: 'decimal(p, s) with p <= 38', logical: 'decimal(p, s)', outcome: 'exact' },
  { native: 'decimal(p, s) with p > 38', logical: 'string', outcome: 'mapped', note: MAPPINGS.wideDecimal },
  { native: 'float', logical: 'float32', outcome: 'exact' },
  { native: 'double', logical: 'float64', outcome: 'exact' },
  { native: 'bit(1)', logical: 'boolean', outcome: 'exact' },
  { native: 'bit(n) with n > 1', logical: 'uint64', outcome: 'exact' },
  { native: 'date', logical: 'date', outcome: 'quarantined', note: zeroDates },
  { native: 'datetime(f)', logical: 'timestamp', outcome: 'quarantined', note: zeroDates },
  {
    native: 'timestamp(f)',
    logical: 'timestamptz',
    outcome: 'quarantined',
    note: 'the zero timestamp is quarantined',
  },
  { native: 'time(f)', logical: 'string', outcome: 'mapped', note: MAPPINGS.time },
  { native: 'year', logical: 'int16', outcome: 'exact' },
  {
    native: 'char, varchar, tinytext, text, mediumtext, longtext',
    logical: 'string',
    outcome: 'exact',
    note: 'converted to UTF-8 by the server; char as the server prints it, without its padding; invalid UTF-8 is quarantined',
  },
  {
    native: 'enum, set',
    logical: 'string',
    outcome: 'exact',
    note: 'an invalid enum value (index 0) reads as the empty text',
  },
  { native: 'json', logical: 'json', outcome: 'exact', note: "the server's text" },
  { native: 'binary, varbinary, tinyblob, blob, mediumblob, longblob', logical: 'bytes', outcome: 'exact' },
  { native: 'geometry and its subtypes', logical: 'bytes', outcome: 'mapped', note: MAPPINGS.geometry },
  { native: 'vector(n)', logical: 'bytes', outcome: 'mapped', note: MAPPINGS.vector },
  { native: 'uuid (MariaDB)', logical: 'uuid', outcome: 'exact' },
  {
    native: 'inet4, inet6 and other types of MariaDB',
    logical: 'string',
    outcome: 'mapped',
    note: MAPPINGS.other,
  },
];

const outside = 'years before 1 and after 9999 and infinities go to quarantine';

/** The column type that a logical type gets in a table that Millrace makes. */
export function destinationType(type: LogicalType): DestinationType | undefined {
  switch (type.kind) {
    case 'boolean':
      return { native: 'tinyint(1)', mapping: '0 and 1' };
    case 'integer': {
      const name = { 8: 'tinyint', 16: 'smallint', 32: 'int', 64: 'bigint' }[type.bits];
      return { native: type.signed ? name : `${name} unsigned` };
    }
    case 'float':
      return {
        native: type.bits === 32 ? 'float' : 'double',
        mapping: 'NaN and infinities go to quarantine',
      };
    case 'decimal':
      if (type.scale > 30)
        return {
          native: 'varchar(41) character set ascii collate ascii_bin',
          mapping: 'more than 30 digits after the point: the decimal text',
        };
      return { native: `decimal(${type.precision}, ${type.scale})` };
    case 'string':
      return { native: 'longtext' };
    case 'json':
      return { native: 'longtext', mapping: 'text, because the type JSON rewrites it' };
    case 'bytes':
      return { native: 'longblob' };
    case 'uuid':
      return {
        native: 'char(36) character set ascii collate ascii_bin',
        mapping: 'lower-case text with hyphens',
      };
    case 'date':
      return { native: 'date', mapping: outside };
    case 'time':
      return { native: 'time(6)' };
    case 'timestamp':
      return { native: 'datetime(6)', mapping: type.timezone ? `the instant in UTC; ${outside}` : outside };
  }
}

/** DuckDB predicate over `{column}`: true for values that a destination column cannot keep. */
export function destinationRejects(type: LogicalType): string | undefined {
  switch (type.kind) {
    case 'float':
      return '(isnan({column}) OR isinf({column}))';
    case 'date':
      return `({column} < DATE '0001-01-01' OR {column} > DATE '9999-12-31')`;
    case 'timestamp': {
      const name = type.timezone ? 'TIMESTAMPTZ' : 'TIMESTAMP';
      const zone = type.timezone ? '+00' : '';
      return `({column} < ${name} '0001-01-01 00:00:00${zone}' OR {column} > ${name} '9999-12-31 23:59:59.999999${zone}')`;
    }
    default:
      return undefined;
  }
}
