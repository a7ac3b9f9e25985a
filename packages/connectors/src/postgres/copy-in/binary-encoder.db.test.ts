import { BatchBuilder, type StagedPart } from '@millrace/connector-sdk';
import { filesOf, publishRequest, testServer } from '@millrace/connector-sdk/testing';
import type { Field, LogicalType } from '@millrace/spec';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { PostgresDestination } from '../destination.ts';
import { configOf, never, openProbe, type Probe } from '../harness/harness.ts';
import { binaryEncoder } from './binary-encoder.ts';

const server = await testServer('postgres');

type Cell = string | null;

/** Texts as PostgreSQL prints them, which the batch builder reads too. */
const printed: readonly [type: LogicalType, cells: readonly Cell[]][] = [
  [{ kind: 'boolean' }, ['true', 'false', null]],
  [integer(8, true), ['-128', '127', null]],
  [integer(8, false), ['0', '255']],
  [integer(16, true), ['-32768', '32767']],
  [integer(16, false), ['65535', null]],
  [integer(32, true), ['-2147483648', '2147483647', null]],
  [integer(32, false), ['4294967295', '0']],
  [integer(64, true), ['-9223372036854775808', '9223372036854775807', '-1', '4294967296', null]],
  [integer(64, false), ['18446744073709551615', '0', '9999', '10000', null]],
  [{ kind: 'float', bits: 32 }, ['1.6777216e+07', '1e-45', '-0', 'NaN', '-Infinity', null]],
  [{ kind: 'float', bits: 64 }, ['0.30000000000000004', '5e-324', '-0', 'NaN', 'Infinity']],
  [decimal(4, 2), ['99.99', '-0.01', '0.00', null]],
  [decimal(9, 0), ['999999999', '-10000', '0']],
  [decimal(15, 2), ['9999999999999.99', '0.10', '100.00', '-1234567.89', '10000.00']],
  [decimal(18, 15), ['999.999999999999999', '-0.000000000000001']],
  [decimal(18, 6), ['999999999999.999999', '-0.000001', '10000.000000']],
  [decimal(38, 10), ['-9999999999999999999999999999.9999999999', '1.5000000000', '0.0000000000', null]],
  [
    decimal(38, 38),
    ['0.99999999999999999999999999999999999999', '-0.00000000000000000000000000000000000001'],
  ],
  [{ kind: 'string' }, ['', 'twelve bytes', 'thirteen byte', '\ufeff🦆', '\\N', 'x'.repeat(100_000), null]],
  [{ kind: 'json' }, ['{"a": [1, null]}', 'null', null]],
  [{ kind: 'bytes' }, ['\\x', '\\x00ff', `\\x${'00'.repeat(40)}`, null]],
  [{ kind: 'uuid' }, ['00000000-0000-0000-0000-000000000000', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6', null]],
  [{ kind: 'date' }, ['4714-11-24 BC', '0001-01-01', '1999-12-31', '5874897-12-31', 'infinity', '-infinity']],
  [{ kind: 'time' }, ['00:00:00', '13:51:30.123789', '24:00:00', null]],
  [
    { kind: 'timestamp', timezone: false },
    ['4713-01-01 00:00:00 BC', '1999-12-31 23:59:59.999999', '2000-01-01 00:00:00', 'infinity', '-infinity'],
  ],
  [
    { kind: 'timestamp', timezone: true },
    ['1969-12-31 23:59:59.5+00', '294247-01-10 04:00:54.775806+00', null],
  ],
];

describe.skipIf(server === undefined)('rows in the binary form of COPY', () => {
  let probe: Probe;
  let destination: PostgresDestination;

  beforeAll(async () => {
    if (server === undefined) return;
    probe = await openProbe({ connection: server.connection });
    await probe.run('DROP SCHEMA IF EXISTS binary_form CASCADE');
    destination = new PostgresDestination(configOf(server));
  });

  afterAll(async () => {
    await destination?.[Symbol.asyncDispose]();
    await probe?.[Symbol.asyncDispose]();
  });

  /** What PostgreSQL prints of columns that were published without their file. */
  const roundTrip = async (fields: readonly Field[], rows: readonly (readonly Cell[])[]) => {
    const encoded = encode(fields, rows);
    if (encoded === undefined) throw new Error('The rows were not encoded.');
    const part: StagedPart = { path: 'no such file', rows: rows.length, sizeBytes: 0, sha256: '', encoded };
    const table = { schema: 'binary_form', name: 'rows' };
    const request = publishRequest({ table, mode: 'replace', fields });
    await destination.publish(request, filesOf(part), never);
    return probe.rows(
      `SELECT ${fields.map(({ name }) => name).join(', ')} FROM binary_form.rows ORDER BY id`,
    );
  };

  it('arrive as every type prints them', async () => {
    const fields = [
      field('id', integer(32, true)),
      ...printed.map(([type], index) => field(`c${index}`, type)),
    ];
    const length = Math.max(...printed.map(([, cells]) => cells.length));
    const rows = Array.from({ length }, (_, row) => [
      String(row),
      ...printed.map(([, cells]) => cells[row % cells.length] ?? null),
    ]);
    const shown = rows.map((row) => row.map((cell) => ({ true: 't', false: 'f' })[cell ?? ''] ?? cell));
    expect(await roundTrip(fields, rows)).toEqual(shown);
  });

  it('arrive in any number, with any decimals, texts and NULLs', async () => {
    const digits = (precision: number, scale: number) =>
      fc
        .bigInt({ min: -(10n ** BigInt(precision)) + 1n, max: 10n ** BigInt(precision) - 1n })
        .map((unscaled) => pointed(unscaled, scale));
    const text = fc.string({ unit: 'binary', maxLength: 60 }).filter((value) => !value.includes('\0'));
    const row = fc.tuple(
      fc.option(digits(9, 3)),
      fc.option(digits(15, 2)),
      fc.option(digits(18, 9)),
      fc.option(digits(38, 11)),
      fc.option(text),
      fc.option(text),
    );
    const fields = [
      field('id', integer(32, true)),
      field('d9', decimal(9, 3)),
      field('d15', decimal(15, 2)),
      field('d18', decimal(18, 9)),
      field('d38', decimal(38, 11)),
      field('a', { kind: 'string' }),
      field('b', { kind: 'string' }),
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 2500, size: 'max' }), async (cells) => {
        const rows = cells.map((each, index) => [String(index), ...each]);
        expect(await roundTrip(fields, rows)).toEqual(rows);
      }),
      { numRuns: 4 },
    );
  });

  it.each<[what: string, type: LogicalType, cell: string]>([
    ['U+0000 in a short text', { kind: 'string' }, 'a\0'],
    ['U+0000 in a long text', { kind: 'string' }, `${'x'.repeat(50)}\0`],
    ['a day before 4714-11-24 BC', { kind: 'date' }, '4714-11-23 BC'],
    ['a day after 5874897-12-31', { kind: 'date' }, '5874898-01-01'],
    ['a time before 4713 BC', { kind: 'timestamp', timezone: false }, '4714-11-23 23:59:59 BC'],
    ['an instant before 4713 BC', { kind: 'timestamp', timezone: true }, '4714-11-23 23:59:59+00 BC'],
  ])('are left to the staged file when they hold %s', (_, type, cell) => {
    expect(encode([field('c', type)], [[cell]])).toBeUndefined();
  });

  it('say that json is not looked into', () => {
    const fields = [field('id', integer(32, true)), field('document', { kind: 'json' })];
    expect(binaryEncoder(fields).unchecked).toEqual([1]);
  });
});

/** The rows in batches of 2,000, so that blocks and batches end in the middle; undefined when one is refused. */
function encode(
  fields: readonly Field[],
  rows: readonly (readonly Cell[])[],
): readonly Uint8Array[] | undefined {
  const encoder = binaryEncoder(fields);
  const builder = new BatchBuilder(
    fields.map(({ name, type }) => ({ name, type, encoding: 'hex' as const })),
    { maxRows: 2000 },
  );
  const chunks: (Uint8Array | undefined)[] = [];
  const take = () => {
    const batch = builder.take();
    expect(batch.rejected).toEqual([]);
    chunks.push(encoder.encode(batch));
  };
  for (const row of rows) {
    row.forEach((cell, index) => {
      if (cell === null) builder.columns[index]?.setNull(builder.row);
      else builder.columns[index]?.setString(builder.row, cell);
    });
    builder.endRow(() => []);
    if (builder.isFull) take();
  }
  if (!builder.isEmpty) take();
  const sendable = chunks.flatMap((chunk) => chunk ?? []);
  return sendable.length === chunks.length ? sendable : undefined;
}

function pointed(unscaled: bigint, scale: number): string {
  const magnitude = unscaled < 0n ? -unscaled : unscaled;
  const text = magnitude.toString().padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

function field(name: string, type: LogicalType): Field {
  return { name, type, nullable: true };
}

function integer(bits: 8 | 16 | 32 | 64, signed: boolean): LogicalType {
  return { kind: 'integer', bits, signed };
}

function decimal(precision: number, scale: number): LogicalType {
  return { kind: 'decimal', precision, scale };
}
