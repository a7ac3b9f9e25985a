import type { LogicalType } from '@millrace/spec';

/** Texts of values as files hold them. */
export interface FileValues {
  readonly name: string;
  /** The word that declares the type. */
  readonly word: string;
  readonly type: LogicalType;
  readonly values: readonly string[];
  /** Texts that are no value of the type; typed formats cannot hold them. */
  readonly rejected?: readonly string[];
}

const nines = '9'.repeat(28);

export const boundaryValues: readonly FileValues[] = [
  {
    name: 'tiny',
    word: 'int8',
    type: { kind: 'integer', bits: 8, signed: true },
    values: ['-128', '127'],
    rejected: ['128'],
  },
  {
    name: 'big',
    word: 'int64',
    type: { kind: 'integer', bits: 64, signed: true },
    values: ['0', '9223372036854775807', '-9223372036854775808', '9007199254740993'],
    rejected: ['9223372036854775808', '1.5', 'abc'],
  },
  {
    name: 'big_unsigned',
    word: 'uint64',
    type: { kind: 'integer', bits: 64, signed: false },
    values: ['18446744073709551615', '0'],
    rejected: ['-1', '18446744073709551616'],
  },
  {
    name: 'amounts',
    word: 'decimal(38, 10)',
    type: { kind: 'decimal', precision: 38, scale: 10 },
    values: ['0', '-0.0000000001', `${nines}.9999999999`, '10.11'],
    rejected: ['0.12345678901', 'n/a'],
  },
  {
    name: 'doubles',
    word: 'float64',
    type: { kind: 'float', bits: 64 },
    values: ['0.1', '1.7976931348623157e308', '5e-324', '-123456.789', '0'],
    rejected: ['1e400'],
  },
  {
    name: 'singles',
    word: 'float32',
    type: { kind: 'float', bits: 32 },
    values: ['16777216', '1e-45', '0.1'],
  },
  {
    name: 'flags',
    word: 'boolean',
    type: { kind: 'boolean' },
    values: ['true', 'false'],
    rejected: ['maybe'],
  },
  {
    name: 'words',
    word: 'string',
    type: { kind: 'string' },
    values: [
      'plain',
      '',
      ' spaces ',
      'NULL',
      '\\N',
      'tab\there',
      'two\nlines\r\n',
      `it's "quoted", \\back`,
      'emoji 🦆 ä 日本',
      '\ufeffmark',
      'a\0b',
      '=1+1',
      'long ä '.repeat(20_000),
    ],
  },
  {
    name: 'blobs',
    word: 'bytes',
    type: { kind: 'bytes' },
    values: ['\\x', '\\x00ff0a0d2c22', '\\x4142434445464748494a4b4c4d4e4f'],
  },
  {
    name: 'documents',
    word: 'json',
    type: { kind: 'json' },
    values: ['{"b": 1,  "a": 18446744073709551616, "c": 1e400}', '[]', '"\\u00e4"', '1.0'],
  },
  {
    name: 'ids',
    word: 'uuid',
    type: { kind: 'uuid' },
    values: ['ffffffff-ffff-ffff-ffff-ffffffffffff', '00112233-4455-6677-8899-AABBCCDDEEFF'],
    rejected: ['nobody'],
  },
  {
    name: 'days',
    word: 'date',
    type: { kind: 'date' },
    values: [
      '2024-02-29',
      '0001-01-01',
      '9999-12-31',
      '1970-01-01',
      'infinity',
      '-infinity',
      '0044-03-15 BC',
    ],
    rejected: ['2023-02-29', '0000-00-00'],
  },
  {
    name: 'clocks',
    word: 'time',
    type: { kind: 'time' },
    values: ['00:00:00', '23:59:59.999999', '24:00:00'],
    rejected: ['25:00:00'],
  },
  {
    name: 'moments',
    word: 'timestamp',
    type: { kind: 'timestamp', timezone: false },
    values: [
      '2024-02-29 12:34:56.123456',
      '2024-02-29T12:34:56',
      '0001-01-01 00:00:00',
      '9999-12-31 23:59:59.999999',
    ],
    rejected: ['2024-02-30 00:00:00', '2024-01-01 00:00:00+01'],
  },
  {
    name: 'instants',
    word: 'timestamptz',
    type: { kind: 'timestamp', timezone: true },
    values: ['2024-02-29 12:34:56.123456+00', '2024-02-29T12:34:56Z'],
    rejected: ['soon'],
  },
];
