import type { LogicalType } from '@millrace/spec';

/** Values of each logical type that every destination has to keep, or to name as one it does not. */
export const TYPED_VALUES: readonly {
  readonly name: string;
  readonly type: LogicalType;
  readonly values: readonly string[];
}[] = [
  { name: 'flag', type: { kind: 'boolean' }, values: ['true', 'false'] },
  ...([8, 16, 32, 64] as const).flatMap((bits) => {
    const half = 2n ** BigInt(bits - 1);
    return [
      {
        name: `int${bits}`,
        type: { kind: 'integer', bits, signed: true } as const,
        values: [`-${half}`, `${half - 1n}`, '0'],
      },
      {
        name: `uint${bits}`,
        type: { kind: 'integer', bits, signed: false } as const,
        values: ['0', `${half * 2n - 1n}`],
      },
    ];
  }),
  ...(
    [
      [4, 2],
      [9, 0],
      [18, 4],
      [38, 10],
      [38, 0],
      [38, 38],
    ] as const
  ).map(([precision, scale]) => {
    const whole = '9'.repeat(precision - scale);
    const most = `${whole}${scale > 0 ? `.${'9'.repeat(scale)}` : ''}`;
    return {
      name: `decimal_${precision}_${scale}`,
      type: { kind: 'decimal', precision, scale } as const,
      values: [most, `-${most}`, '0', ...(scale > 0 ? [`0.${'0'.repeat(scale - 1)}1`] : [])],
    };
  }),
  {
    name: 'single',
    type: { kind: 'float', bits: 32 },
    values: ['16777216', '1e-45', '-3.4028235e38', '0.1'],
  },
  {
    name: 'twice',
    type: { kind: 'float', bits: 64 },
    values: ['0.1', '5e-324', '-1.7976931348623157e308', '1e22'],
  },
  {
    name: 'words',
    type: { kind: 'string' },
    values: [
      'plain',
      '',
      ' ',
      'NULL',
      '\\N',
      `it's "q", \\`,
      'a,b\tc\nd\r\n',
      'emoji 🦆',
      '\ufeffbom',
      'é'.repeat(50_000),
    ],
  },
  { name: 'blobs', type: { kind: 'bytes' }, values: ['', '00', '00ff0a5c2227', 'ab'.repeat(50_000)] },
  {
    name: 'documents',
    type: { kind: 'json' },
    values: ['{"b": 1,  "a": 18446744073709551616}', '[]', '"x"', '1.0'],
  },
  {
    name: 'ids',
    type: { kind: 'uuid' },
    values: ['ffffffff-ffff-ffff-ffff-ffffffffffff', '00112233-4455-6677-8899-aabbccddeeff'],
  },
  { name: 'days', type: { kind: 'date' }, values: ['2024-02-29', '0001-01-01', '9999-12-31', '1969-12-31'] },
  { name: 'clocks', type: { kind: 'time' }, values: ['00:00:00', '23:59:59.999999', '24:00:00'] },
  {
    name: 'moments',
    type: { kind: 'timestamp', timezone: false },
    values: ['2024-02-29 12:34:56.123456', '0001-01-01 00:00:00', '9999-12-31 23:59:59.999999'],
  },
  {
    name: 'instants',
    type: { kind: 'timestamp', timezone: true },
    values: ['2024-02-29 12:34:56.000001', '1969-12-31 23:59:59'],
  },
];
