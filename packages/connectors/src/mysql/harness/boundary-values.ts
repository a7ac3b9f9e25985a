import type { BoundaryValues } from '@millrace/connector-sdk/conformance';
import type { LogicalType } from '@millrace/spec';

const STRING: LogicalType = { kind: 'string' };
const BYTES: LogicalType = { kind: 'bytes' };
const integer = (bits: 8 | 16 | 32 | 64, signed: boolean): LogicalType => ({ kind: 'integer', bits, signed });
const decimal = (precision: number, scale: number): LogicalType => ({ kind: 'decimal', precision, scale });
const asNumber = (column: string): string => `${column} + 0`;
/** FLOAT prints six digits; widened it prints all of them. */
const asDouble = (column: string): string => `${column} + 0e0`;
const nines = '9'.repeat(38);
const special = `'it''s "quoted" \\\\back'`;

/** The types that MySQL and MariaDB share, at their limits. Made with every date allowed. */
const shared: readonly BoundaryValues[] = [
  { name: 'bool', native: 'tinyint(1)', type: integer(8, true), values: ['-128', '0', '1', '2', '127'] },
  { name: 'int8u', native: 'tinyint unsigned', type: integer(8, false), values: ['0', '255'] },
  { name: 'int16', native: 'smallint', type: integer(16, true), values: ['-32768', '32767'] },
  { name: 'int16u', native: 'smallint unsigned', type: integer(16, false), values: ['65535'] },
  { name: 'int24', native: 'mediumint', type: integer(32, true), values: ['-8388608', '8388607'] },
  { name: 'int24u', native: 'mediumint unsigned', type: integer(32, false), values: ['16777215'] },
  { name: 'int32', native: 'int', type: integer(32, true), values: ['-2147483648', '2147483647'] },
  { name: 'int32u', native: 'int unsigned', type: integer(32, false), values: ['0', '4294967295'] },
  {
    name: 'filled',
    native: 'int(10) unsigned zerofill',
    type: integer(32, false),
    values: ['0', '42', '4294967295'],
  },
  {
    name: 'int64',
    native: 'bigint',
    type: integer(64, true),
    values: ['-9223372036854775808', '9223372036854775807', '9007199254740993', '-9007199254740993'],
  },
  {
    name: 'int64u',
    native: 'bigint unsigned',
    type: integer(64, false),
    values: ['0', '18446744073709551615', '9223372036854775808'],
  },
  { name: 'dec38', native: 'decimal(38,0)', type: decimal(38, 0), values: [nines, `-${nines}`, '0'] },
  {
    name: 'dec18',
    native: 'decimal(18,4)',
    type: decimal(18, 4),
    values: ['1.005', '-0.0001', '99999999999999.9999'],
  },
  { name: 'dec30', native: 'decimal(30,30)', type: decimal(30, 30), values: [`0.${'0'.repeat(29)}1`] },
  {
    name: 'dec65',
    native: 'decimal(65,30)',
    type: STRING,
    values: [`${'9'.repeat(35)}.${'9'.repeat(30)}`, `-0.${'0'.repeat(29)}1`, '1.10'],
  },
  {
    name: 'single',
    native: 'float',
    type: { kind: 'float', bits: 32 },
    text: asDouble,
    values: [
      '16777217',
      '3.4028234663852886e38',
      '1e-45',
      '0.1',
      '-0.1',
      '0',
      '-0e0',
      '-1.17549435e-38',
      '0.1234567',
    ],
  },
  {
    name: 'twice',
    native: 'double',
    type: { kind: 'float', bits: 64 },
    values: ['0.1', '1.7976931348623157e308', '5e-324', '-0e0', '0.1e0 + 0.2e0', '-123456.789', '1e22'],
  },
  { name: 'bit1', native: 'bit(1)', type: { kind: 'boolean' }, text: asNumber, values: [`b'0'`, `b'1'`] },
  {
    name: 'bit20',
    native: 'bit(20)',
    type: integer(64, false),
    text: asNumber,
    values: [`b'10101010101010101010'`, `b'0'`],
  },
  {
    name: 'bit64',
    native: 'bit(64)',
    type: integer(64, false),
    text: asNumber,
    values: [`0xffffffffffffffff`, `0x8000000000000000`],
  },
  {
    name: 'day',
    native: 'date',
    type: { kind: 'date' },
    values: [`'0001-01-01'`, `'1000-01-01'`, `'9999-12-31'`, `'1970-01-01'`, `'2024-02-29'`],
    rejected: [
      { sql: `'0000-00-00'`, reason: /0000-00-00/ },
      { sql: `'2000-00-01'`, reason: /2000-00-01/ },
      { sql: `'2000-01-00'`, reason: /2000-01-00/ },
      { sql: `'2001-02-31'`, reason: /2001-02-31/ },
    ],
  },
  {
    name: 'moment',
    native: 'datetime(6)',
    type: { kind: 'timestamp', timezone: false },
    values: [
      `'1000-01-01 00:00:00'`,
      `'9999-12-31 23:59:59.999999'`,
      `'2024-02-29 12:34:56.000001'`,
      `'1969-12-31 23:59:59.999999'`,
    ],
    rejected: [
      { sql: `'0000-00-00 00:00:00'`, reason: /0000-00-00/ },
      { sql: `'2000-00-01 10:00:00'`, reason: /2000-00-01/ },
    ],
  },
  {
    name: 'whole',
    native: 'datetime',
    type: { kind: 'timestamp', timezone: false },
    values: [`'2024-02-29 12:34:56'`],
  },
  {
    name: 'instant',
    native: 'timestamp(6) NULL',
    type: { kind: 'timestamp', timezone: true },
    values: [
      `'1970-01-01 00:00:01'`,
      `'2038-01-19 03:14:07.999999'`,
      `'2026-03-29 01:30:00.5'`,
      `'2026-10-25 00:30:00'`,
    ],
    rejected: [{ sql: `'0000-00-00 00:00:00'`, reason: /0000-00-00/ }],
  },
  {
    name: 'span',
    native: 'time(6)',
    type: STRING,
    values: [`'838:59:59'`, `'-838:59:59'`, `'24:00:00'`, `'-00:00:00.000001'`, `'00:00:00'`],
  },
  { name: 'yearly', native: 'year', type: integer(16, true), values: ['0', '1901', '2155', `'18'`] },
  {
    name: 'words',
    native: 'varchar(200) character set utf8mb4',
    type: STRING,
    values: [
      `'plain'`,
      `''`,
      `'NULL'`,
      `'\\\\N'`,
      `'tab\\there\\nline\\r'`,
      special,
      `'emoji 🦆'`,
      `' spaces '`,
      `'a\\0b'`,
      `'key_99\\\\max'`,
      `'\ufeffmark'`,
    ],
  },
  {
    name: 'latin',
    native: 'varchar(20) character set latin1',
    type: STRING,
    values: [`'café'`, `_latin1 0x80`, `'trailing  '`],
  },
  { name: 'gbk', native: 'varchar(20) character set gbk', type: STRING, values: [`'你好'`] },
  { name: 'ucs2', native: 'varchar(20) character set ucs2', type: STRING, values: [`'äöü'`] },
  { name: 'utf16', native: 'varchar(20) character set utf16', type: STRING, values: [`'🦆'`] },
  { name: 'fixed', native: 'char(5)', type: STRING, values: [`'ab'`, `''`, `'ab '`] },
  {
    name: 'lengthy',
    native: 'longtext character set utf8mb4',
    type: STRING,
    values: [`REPEAT('long äö ', 3000)`, `''`, `REPEAT('x', 250)`, `REPEAT('x', 251)`, `REPEAT('x', 65536)`],
  },
  {
    name: 'fixed_bytes',
    native: 'binary(16)',
    type: BYTES,
    text: (column) => `HEX(${column})`,
    values: [`x'41'`, `x''`, `x'00ff'`],
  },
  {
    name: 'some_bytes',
    native: 'varbinary(255)',
    type: BYTES,
    text: (column) => `HEX(${column})`,
    values: [`x''`, `x'410000'`, `x'00'`, `REPEAT('z', 255)`],
  },
  {
    name: 'blobs',
    native: 'longblob',
    type: BYTES,
    text: (column) => `HEX(${column})`,
    values: [`x'00ff0a5c2227'`, `REPEAT(x'00ff', 150000)`],
  },
  {
    name: 'choice',
    native: `enum('b,c','','it''s','ä')`,
    type: STRING,
    values: [`'b,c'`, `''`, `'it''s'`, `'ä'`, `'no such'`],
  },
  { name: 'choices', native: `set('a','b','c d')`, type: STRING, values: [`''`, `'a,c d'`, `'a,b,c d'`] },
  {
    name: 'place',
    native: 'point',
    type: BYTES,
    text: (column) => `HEX(${column})`,
    values: [`ST_GeomFromText('POINT(1.5 -2)')`, `ST_GeomFromText('POINT(1 2)', 4326)`],
  },
  {
    name: 'shape',
    native: 'geometry',
    type: BYTES,
    text: (column) => `HEX(${column})`,
    values: [
      `ST_GeomFromText('MULTIPOINT(0 0, 1 1)')`,
      `ST_GeomFromText('MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)))')`,
      `ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1))')`,
    ],
  },
];

const documents = [
  `'{"b": 1,  "a": 18446744073709551616, "c": [1.0, 1, null]}'`,
  `'9007199254740993'`,
  `'null'`,
  `'"text"'`,
  `'{"a": 1, "a": 2}'`,
  `'[]'`,
];

/** What only one of the products has. */
const own: Readonly<Record<string, readonly BoundaryValues[]>> = {
  mariadb: [
    { name: 'document', native: 'json', type: { kind: 'json' }, values: [...documents, `'1e400'`] },
    {
      name: 'ident',
      native: 'uuid',
      type: { kind: 'uuid' },
      values: [`'00112233-4455-6677-8899-aabbccddeeff'`],
    },
    { name: 'address', native: 'inet6', type: STRING, values: [`'::1'`, `'2001:db8::ff00:42:8329'`] },
  ],
  mysql: [
    {
      name: 'document',
      native: 'json',
      type: { kind: 'json' },
      values: [
        ...documents,
        `JSON_OBJECT('d', CAST(1.50 AS DECIMAL(5,2)))`,
        `JSON_ARRAY(CAST('2024-02-29 12:34:56.123456' AS DATETIME(6)))`,
      ],
    },
    {
      name: 'vec',
      native: 'vector(3)',
      type: BYTES,
      text: (column) => `HEX(${column})`,
      values: [`STRING_TO_VECTOR('[1,2.5,-3]')`],
    },
  ],
};

export function boundaryValues(product: string): readonly BoundaryValues[] {
  return [...shared, ...(own[product] ?? [])];
}
