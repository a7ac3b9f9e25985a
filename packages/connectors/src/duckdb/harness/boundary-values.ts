import type { LogicalType } from '@millrace/spec';

export interface BoundaryValue {
  /** A DuckDB expression of the type. */
  readonly sql: string;
  /** Canonical text by the contract of digests, written by hand. */
  readonly text: string;
}

const integer = (bits: 8 | 16 | 32 | 64, signed: boolean): LogicalType => ({ kind: 'integer', bits, signed });
const decimal = (precision: number, scale: number): LogicalType => ({ kind: 'decimal', precision, scale });
const same = (...texts: readonly string[]): readonly BoundaryValue[] =>
  texts.map((text) => ({ sql: `'${text}'`, text }));

const NINES = '9'.repeat(38);

/** The values of the type contract that a DuckDB column of each logical type can hold. */
export const BOUNDARIES: readonly {
  readonly type: LogicalType;
  readonly values: readonly BoundaryValue[];
}[] = [
  {
    type: { kind: 'boolean' },
    values: [
      { sql: 'true', text: '1' },
      { sql: 'false', text: '0' },
    ],
  },
  { type: integer(8, true), values: same('-128', '0', '127') },
  { type: integer(16, true), values: same('-32768', '32767') },
  { type: integer(32, true), values: same('-2147483648', '2147483647') },
  {
    type: integer(64, true),
    values: same('-9223372036854775808', '9223372036854775807', '9007199254740993'),
  },
  { type: integer(8, false), values: same('0', '255') },
  { type: integer(16, false), values: same('0', '65535') },
  { type: integer(32, false), values: same('0', '4294967295') },
  { type: integer(64, false), values: same('0', '18446744073709551615') },
  {
    type: { kind: 'float', bits: 32 },
    values: [
      { sql: "'16777216'", text: '4503599627370496e24' },
      { sql: "'1e-45'", text: '4503599627370496e-149' },
      { sql: "'3.4028235e38'", text: '9007198717870080e127' },
      { sql: "'nan'", text: 'nan' },
      { sql: "'-inf'", text: '-inf' },
    ],
  },
  {
    type: { kind: 'float', bits: 64 },
    values: [
      { sql: "'0.1'", text: '7205759403792794e-4' },
      { sql: "'1.7976931348623157e308'", text: '9007199254740991e1023' },
      { sql: "'5e-324'", text: '4503599627370496e-1074' },
      { sql: "'-2.225073858507201e-308'", text: '-9007199254740990e-1023' },
      { sql: "'-0.0'", text: '0' },
      { sql: "'0'", text: '0' },
      { sql: "'nan'", text: 'nan' },
      { sql: "'inf'", text: 'inf' },
    ],
  },
  { type: decimal(38, 0), values: same(NINES, `-${NINES}`, '0') },
  { type: decimal(38, 38), values: same(`0.${NINES}`, `-0.${NINES}`, `0.${'0'.repeat(37)}1`) },
  { type: decimal(4, 2), values: [...same('-99.99', '10.10', '0.05'), { sql: "'-0'", text: '0.00' }] },
  { type: decimal(18, 4), values: same('99999999999999.9999') },
  {
    type: { kind: 'string' },
    values: [
      ...same('', ' ', 'trailing  ', '~', '1:x|', 'NULL', '你好', '😀', 'café', 'key_99\\max'),
      { sql: "'a' || chr(0) || 'b'", text: 'a\0b' },
      { sql: "chr(65279) || 'bom'", text: '\uFEFFbom' },
      { sql: "repeat('ß', 5000)", text: 'ß'.repeat(5000) },
    ],
  },
  {
    type: { kind: 'bytes' },
    values: [
      { sql: "''", text: '' },
      { sql: "'\\x00\\xFF\\x41\\x00'", text: '00ff4100' },
    ],
  },
  {
    type: { kind: 'json' },
    values: same('{"b": 1.0, "a":18446744073709551616, "b":1e400}', 'null', '"\\ud800"', '[]'),
  },
  {
    type: { kind: 'uuid' },
    values: [
      ...same('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
      { sql: "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", text: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' },
    ],
  },
  {
    type: { kind: 'date' },
    values: [
      ...same('0001-01-01', '1000-01-01', '2000-02-29', '9999-12-31', 'infinity', '-infinity'),
      { sql: "'5881580-07-10'", text: '5881580-07-10' },
      { sql: "'0001-12-31 (BC)'", text: '0000-12-31' },
      { sql: "'4713-01-01 (BC)'", text: '-4712-01-01' },
    ],
  },
  {
    type: { kind: 'time' },
    values: [
      ...same('23:59:59.999999'),
      { sql: "'00:00:00'", text: '00:00:00.000000' },
      { sql: "'24:00:00'", text: '24:00:00.000000' },
    ],
  },
  {
    type: { kind: 'timestamp', timezone: false },
    values: [
      ...same('9999-12-31 23:59:59.999999', '0001-01-01 00:00:00.000000', 'infinity', '-infinity'),
      { sql: "'1000-01-01 00:00:00.5'", text: '1000-01-01 00:00:00.500000' },
      { sql: "'294247-01-10 04:00:54.775806'", text: '294247-01-10 04:00:54.775806' },
      { sql: "'4713-01-01 (BC) 01:02:03'", text: '-4712-01-01 01:02:03.000000' },
    ],
  },
  {
    type: { kind: 'timestamp', timezone: true },
    values: [
      { sql: "'1970-01-01 00:00:01+00'", text: '1970-01-01 00:00:01.000000' },
      { sql: "'2038-01-19 03:14:07.999999+00'", text: '2038-01-19 03:14:07.999999' },
      { sql: "'2026-10-25 02:30:00+02'", text: '2026-10-25 00:30:00.000000' },
      { sql: "'infinity'", text: 'infinity' },
      { sql: "'0044-03-15 (BC) 00:00:00+00'", text: '-0043-03-15 00:00:00.000000' },
    ],
  },
];
