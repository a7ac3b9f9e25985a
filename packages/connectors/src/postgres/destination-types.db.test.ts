import { testServer } from '@millrace/connector-sdk/testing';
import type { LogicalType } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  field,
  INT32,
  named,
  openDestinationTest,
  STRING,
  type DestinationTest,
} from './harness/destination-test.ts';
import { failureOf, never } from './harness/harness.ts';
import { destinationRejects } from './types.ts';

const server = await testServer('postgres');

describe.skipIf(server === undefined)('PostgreSQL as a destination: values', () => {
  let made: DestinationTest;

  beforeAll(async () => {
    if (server !== undefined) made = await openDestinationTest(server);
  });

  afterAll(() => made?.[Symbol.asyncDispose]());

  const types: [type: LogicalType, native: string, values: [duckdb: string, text: string | null][]][] = [
    [
      { kind: 'boolean' },
      'boolean',
      [
        ['true', 't'],
        ['false', 'f'],
        ['NULL', null],
      ],
    ],
    [{ kind: 'integer', bits: 8, signed: true }, 'smallint', [['(-128)::TINYINT', '-128']]],
    [{ kind: 'integer', bits: 8, signed: false }, 'smallint', [['255::UTINYINT', '255']]],
    [{ kind: 'integer', bits: 32, signed: false }, 'bigint', [['4294967295::UINTEGER', '4294967295']]],
    [
      { kind: 'integer', bits: 64, signed: true },
      'bigint',
      [['(-9223372036854775808)::BIGINT', '-9223372036854775808']],
    ],
    [
      { kind: 'integer', bits: 64, signed: false },
      'numeric(20,0)',
      [['18446744073709551615::UBIGINT', '18446744073709551615']],
    ],
    [
      { kind: 'float', bits: 32 },
      'real',
      [
        ['16777216::FLOAT', '1.6777216e+07'],
        [`'nan'::FLOAT`, 'NaN'],
        ['1e-45::FLOAT', '1e-45'],
        ['3.4028235e38::FLOAT', '3.4028235e+38'],
      ],
    ],
    [
      { kind: 'float', bits: 64 },
      'double precision',
      [
        ['0.1::DOUBLE + 0.2::DOUBLE', '0.30000000000000004'],
        [`'-inf'::DOUBLE`, '-Infinity'],
        ['5e-324::DOUBLE', '5e-324'],
        ['1.7976931348623157e308::DOUBLE', '1.7976931348623157e+308'],
      ],
    ],
    [
      { kind: 'decimal', precision: 38, scale: 10 },
      'numeric(38,10)',
      [
        [
          '-9999999999999999999999999999.9999999999::DECIMAL(38,10)',
          '-9999999999999999999999999999.9999999999',
        ],
        ['1.5::DECIMAL(38,10)', '1.5000000000'],
      ],
    ],
    [
      STRING,
      'text',
      [
        [`''`, ''],
        ['NULL', null],
        [`'NULL'`, 'NULL'],
        [`'"q", \\N'`, '"q", \\N'],
        [`'\\.'`, '\\.'],
        [`'a' || chr(10) || '\\.' || chr(10) || 'b'`, 'a\n\\.\nb'],
        [`chr(13) || chr(10)`, '\r\n'],
        [`'🦆'`, '🦆'],
        ['chr(65279)', '\ufeff'],
        [`repeat('x', 100000)`, 'x'.repeat(100000)],
      ],
    ],
    [
      { kind: 'bytes' },
      'bytea',
      [
        [`'\\x00\\xFF'::BLOB`, '\\x00ff'],
        [`''::BLOB`, '\\x'],
      ],
    ],
    [
      { kind: 'json' },
      'json',
      [
        [
          `'{"b": 1,  "a": 18446744073709551616, "a": 1e400}'`,
          '{"b": 1,  "a": 18446744073709551616, "a": 1e400}',
        ],
      ],
    ],
    [
      { kind: 'uuid' },
      'uuid',
      [[`'ffffffff-0000-4000-8000-00000000000f'::UUID`, 'ffffffff-0000-4000-8000-00000000000f']],
    ],
    [
      { kind: 'date' },
      'date',
      [
        [`'infinity'::DATE`, 'infinity'],
        [`DATE '0044-03-15 (BC)'`, '0044-03-15 BC'],
        [`DATE '5874897-12-31'`, '5874897-12-31'],
        [`DATE '4714-11-24 (BC)'`, '4714-11-24 BC'],
      ],
    ],
    [
      { kind: 'time' },
      'time without time zone',
      [
        [`TIME '24:00:00'`, '24:00:00'],
        [`TIME '23:59:59.999999'`, '23:59:59.999999'],
      ],
    ],
    [
      { kind: 'timestamp', timezone: false },
      'timestamp without time zone',
      [
        [`TIMESTAMP '2024-02-29 12:34:56.123456'`, '2024-02-29 12:34:56.123456'],
        [`'-infinity'::TIMESTAMP`, '-infinity'],
        [`TIMESTAMP '0044-03-15 (BC) 01:02:03.5'`, '0044-03-15 01:02:03.5 BC'],
        [`TIMESTAMP '294247-01-10 04:00:54.775806'`, '294247-01-10 04:00:54.775806'],
        [`TIMESTAMP '4714-11-24 (BC) 00:00:00'`, '4714-11-24 00:00:00 BC'],
      ],
    ],
    [
      { kind: 'timestamp', timezone: true },
      'timestamp with time zone',
      [
        [`TIMESTAMPTZ '2024-02-29 12:34:56.123456+00'`, '2024-02-29 12:34:56.123456+00'],
        [`'infinity'::TIMESTAMPTZ`, 'infinity'],
        [`TIMESTAMPTZ '0044-03-15 (BC) 01:02:03.5+00'`, '0044-03-15 01:02:03.5+00 BC'],
      ],
    ],
  ];

  it.each(types.map(([type, native, values], index) => [native, type, values, index] as const))(
    '%s keeps every value of its type',
    async (native, type, values, index) => {
      const fields = [field('id', INT32), field('v', type)];
      const query = values
        .map(([value], row) => `SELECT ${row}::INTEGER AS id, ${value} AS v`)
        .join(' UNION ALL ');
      await made.publish({ table: named(`type_${index}`), mode: 'replace', fields }, query);
      expect(await made.probe.rows(`SELECT v FROM mart.type_${index} ORDER BY id`)).toEqual(
        values.map(([, text]) => [text]),
      );
      expect(
        await made.probe.rows(
          `SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'mart.type_${index}'::regclass AND attname = 'v'`,
        ),
      ).toEqual([[native]]);
      const [described] = await made.destination.describe([named(`type_${index}`)], never);
      expect(described?.fields).toEqual(fields);
    },
  );

  it.each([
    [STRING, `'a' || chr(0)`, `'a'`],
    [{ kind: 'json' }, `'{'`, `'{"a": 1}'`],
    [{ kind: 'date' }, `DATE '4714-11-23 (BC)'`, `'infinity'::DATE`],
    [{ kind: 'date' }, `DATE '5874898-01-01'`, `DATE '2024-01-01'`],
    [
      { kind: 'timestamp', timezone: false },
      `TIMESTAMP '4714-11-23 (BC) 00:00:00'`,
      `'-infinity'::TIMESTAMP`,
    ],
  ] as [LogicalType, string, string][])('%j: %s is refused before it is sent', async (type, poison, good) => {
    const predicate = destinationRejects(type) ?? '';
    expect(await made.stage.isTrue(predicate, poison)).toBe(true);
    expect(await made.stage.isTrue(predicate, good)).toBe(false);
    const error = await failureOf(
      made.publish(
        {
          table: named('poison'),
          mode: 'merge',
          key: ['id'],
          fields: [field('id', INT32), field('v', type)],
        },
        `SELECT 1::INTEGER AS id, ${good} AS v UNION ALL SELECT 5, ${poison}`,
      ),
    );
    expect(error).toMatchObject({ code: 'valueUnrepresentable', retry: 'never' });
    expect(error.message).toContain('column v of mart.poison');
    expect(error.message).toContain('id = 5');
  });
});
