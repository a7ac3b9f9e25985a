import { BatchDigest, type DigestRequest } from '@millrace/connector-sdk';
import { testServer } from '@millrace/connector-sdk/testing';
import type { SourceTable } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  configOf,
  discoverOne,
  failureOf,
  never,
  openProbe,
  type Probe,
  readAll,
  requestFor,
} from './harness/harness.ts';
import { PostgresSource } from './source.ts';

const server = await testServer('postgres');

describe.skipIf(server === undefined)('PostgreSQL as a source', () => {
  let probe: Probe;
  let source: PostgresSource;

  beforeAll(async () => {
    if (server === undefined) return;
    probe = await openProbe(server);
    await probe.run(
      'DROP SCHEMA IF EXISTS source_test CASCADE; CREATE SCHEMA source_test; GRANT USAGE ON SCHEMA source_test TO millrace; ALTER DEFAULT PRIVILEGES IN SCHEMA source_test GRANT SELECT ON TABLES TO millrace',
    );
    source = new PostgresSource(configOf(server));
  });

  afterAll(async () => {
    await source?.[Symbol.asyncDispose]();
    await probe?.[Symbol.asyncDispose]();
  });

  /** The table's one value column, by its own text at the server. */
  const valueTable = async (name: string, type: string, values: readonly string[]): Promise<SourceTable> => {
    const rows = values.map((value, index) => `(${index}, ${value})`).join(', ');
    await probe.run(
      `CREATE TABLE source_test.${name} (id integer PRIMARY KEY, v ${type}); INSERT INTO source_test.${name} VALUES ${rows}`,
    );
    return discoverOne(source, `source_test.${name}`);
  };

  const exact: [
    name: string,
    type: string,
    logical: string,
    values: readonly string[],
    texts?: readonly (string | null)[],
  ][] = [
    ['int2s', 'smallint', 'integer', ['-32768', '0', '32767', 'NULL']],
    ['int4s', 'integer', 'integer', ['-2147483648', '2147483647', 'NULL']],
    [
      'int8s',
      'bigint',
      'integer',
      ['-9223372036854775808', '9223372036854775807', '9007199254740993', '-9007199254740993', 'NULL'],
    ],
    ['oids', 'oid', 'integer', ['0', '4000000000', '4294967295']],
    ['bools', 'boolean', 'boolean', ['true', 'false', 'NULL'], ['1', '0', null]],
    [
      'decimals',
      'numeric(38,10)',
      'decimal',
      ['0', '-0.0000000001', '9999999999999999999999999999.9999999999', '10.11', 'NULL'],
      ['0.0000000000', '-0.0000000001', '9999999999999999999999999999.9999999999', '10.1100000000', null],
    ],
    ['hundreds', 'numeric(3,-2)', 'decimal', ['12345', '99900', '-50'], ['12300', '99900', '-100']],
    ['fractions', 'numeric(3,5)', 'decimal', ['0.00999', '-0.00001'], ['0.00999', '-0.00001']],
    ['wide', 'numeric(39,1)', 'string', ['99999999999999999999999999999999999999.9', `'NaN'`]],
    [
      'free',
      'numeric',
      'string',
      ['1e1000', '-1e-300', `'NaN'`, `'Infinity'`, `'-Infinity'`, '10.1100', 'NULL'],
    ],
    [
      'amounts',
      'money',
      'decimal',
      ['1234.11', '-1234.11', '92233720368547758.07', '-92233720368547758.08'],
      ['1234.11', '-1234.11', '92233720368547758.07', '-92233720368547758.08'],
    ],
    [
      'texts',
      'text',
      'string',
      [
        `''`,
        'NULL',
        `'\\N'`,
        `E'tab\\there'`,
        `E'line\\nfeed\\r'`,
        `E'back\\\\slash'`,
        `E'\\b\\f\\v\\x01\\x7f'`,
        `'emoji 🦆'`,
        `'\\.'`,
        `E'\\ufeffmark'`,
        `repeat('long äö ', 3000)`,
        `repeat(E'\\t\\\\', 5000)`,
      ],
    ],
    ['chars', 'char(5)', 'string', [`'ab'`, `''`, `'abcde'`, 'NULL'], ['ab   ', '     ', 'abcde', null]],
    ['varchars', 'varchar(5)', 'string', [`'ab '`, `''`]],
    [
      'bytes',
      'bytea',
      'bytes',
      [`'\\x'`, `'\\x00ff0a5c09'`, `'\\x41424300'`, 'NULL'],
      ['', '00ff0a5c09', '41424300', null],
    ],
    [
      'jsons',
      'json',
      'json',
      [`'{"b": 1,  "a": 18446744073709551616, "a": 1e400}'`, `'null'`, 'NULL', `'"\\u00e4\\n"'`, `'1.0'`],
    ],
    ['jsonbs', 'jsonb', 'json', [`'{"b": 1, "a": 9007199254740993, "a": 2}'`, `'null'`, 'NULL']],
    [
      'uuids',
      'uuid',
      'uuid',
      [`'ffffffff-ffff-ffff-ffff-ffffffffffff'`, `'00000000-0000-0000-0000-000000000000'`, 'NULL'],
    ],
    [
      'dates',
      'date',
      'date',
      [
        `'infinity'`,
        `'-infinity'`,
        `'4713-01-01 BC'`,
        `'0001-01-01'`,
        `'0001-12-31 BC'`,
        `'5874897-12-31'`,
        `'1970-01-01'`,
        'NULL',
      ],
      [
        'infinity',
        '-infinity',
        '-4712-01-01',
        '0001-01-01',
        '0000-12-31',
        '5874897-12-31',
        '1970-01-01',
        null,
      ],
    ],
    [
      'times',
      'time',
      'time',
      [`'00:00:00'`, `'24:00:00'`, `'23:59:59.999999'`, 'NULL'],
      ['00:00:00.000000', '24:00:00.000000', '23:59:59.999999', null],
    ],
    [
      'moments',
      'timestamp',
      'timestamp',
      [
        `'2024-02-29 12:34:56.123456'`,
        `'infinity'`,
        `'-infinity'`,
        `'4713-01-01 00:00:00 BC'`,
        `'0001-06-01 01:02:03.5 BC'`,
        `'294247-01-10 04:00:54.775806'`,
        `'12345-01-01'`,
        'NULL',
      ],
      [
        '2024-02-29 12:34:56.123456',
        'infinity',
        '-infinity',
        '-4712-01-01 00:00:00.000000',
        '0000-06-01 01:02:03.500000',
        '294247-01-10 04:00:54.775806',
        '12345-01-01 00:00:00.000000',
        null,
      ],
    ],
    [
      'instants',
      'timestamptz',
      'timestamp',
      [`'2024-02-29 12:34:56.123456+05:30'`, `'infinity'`, `'0044-03-15 12:00:00+00 BC'`, 'NULL'],
      ['2024-02-29 07:04:56.123456', 'infinity', '-0043-03-15 12:00:00.000000', null],
    ],
    ['zoned_times', 'timetz', 'string', [`'13:51:30.123789+02'`, `'24:00:00-12:34'`]],
    ['spans', 'interval', 'string', [`'1 year 2 mons 3 days 04:05:06.789012'`, `'-1 microsecond'`, `'0'`]],
    ['bits', 'bit(20)', 'string', [`B'10101010101010101011'`]],
    ['varbits', 'varbit', 'string', [`B''`, `B'101'`]],
    ['addresses', 'inet', 'string', [`'192.168.2.1'`, `'192.168.2.0/12'`, `'::1'`]],
    ['networks', 'cidr', 'string', [`'192.168.2.0/24'`]],
    ['macs', 'macaddr8', 'string', [`'08:00:2b:01:02:03:04:05'`]],
    ['documents', 'xml', 'string', [`'<a x="1">&lt;</a>'`]],
    ['vectors', 'tsvector', 'string', [`'a fat cat'::tsvector`, `$$'quo''ted' back\\\\slash$$::tsvector`]],
    ['lists', 'integer[]', 'string', [`'{}'`, `'[0:1]={1,2}'`, `'{{1,2},{3,NULL}}'`]],
    ['word_lists', 'text[]', 'string', [`ARRAY['NULL', NULL, 'a"b', E'c\\\\d', E'\\t']`]],
    ['ranges', 'int4range', 'string', [`'(,)'`, `'empty'`, `'[1,5)'`]],
    ['points', 'point', 'string', [`'(1.5,-2)'`]],
    ['names', 'name', 'string', [`'pg'`]],
    ['letters', '"char"', 'string', [`'x'`]],
    ['positions', 'pg_lsn', 'string', [`'16/B374D848'`]],
  ];

  it.each(exact)(
    '%s (%s) arrives as %s, equal to the server’s own text',
    async (name, type, logical, values, texts) => {
      const table = await valueTable(name, type, values);
      expect(table.fields[1]?.type.kind).toBe(logical);
      const { rows, rejected, result } = await readAll(source, requestFor(table));
      expect(rejected).toEqual([]);
      expect(result.rowsSent).toBe(values.length);
      const expected =
        texts ??
        (
          await probe.rows(
            `SELECT CASE WHEN v IS NOT NULL THEN concat(v) END FROM source_test.${name} ORDER BY id`,
          )
        ).map(([text]) => text);
      expect(rows.map((row) => row[1])).toEqual(expected);
      await expectSameDigest(source, table);
    },
  );

  it('keeps the bits of floats', async () => {
    await probe.run(`CREATE TABLE source_test.floats (id integer PRIMARY KEY, f real, d double precision);
      INSERT INTO source_test.floats VALUES (1, 16777217, 0.1::float8 + 0.2), (2, 'NaN', 'NaN'), (3, 'Infinity', '-Infinity'), (4, '-0', '-0'),
        (5, 1e-45, 5e-324), (6, 3.4028235e38, 1.7976931348623157e308), (7, 0.1, 2.2250738585072011e-308), (8, NULL, NULL), (9, 0.33333334, -123456.789)`);
    const table = await discoverOne(source, 'source_test.floats');
    const { rows } = await readAll(source, requestFor(table));
    const bits = await probe.rows(
      'SELECT encode(float8send(f), $$hex$$), encode(float8send(d), $$hex$$) FROM source_test.floats ORDER BY id',
    );
    expect(rows.length).toBe(bits.length);
    for (const [index, row] of rows.entries()) {
      for (const column of [0, 1])
        expect(row[column + 1]).toBe(canonicalOfBits(bits[index]?.[column] ?? null));
    }
    await expectSameDigest(source, table);
  });

  it('resolves domains of domains, enums and composites', async () => {
    await probe.run(`CREATE DOMAIN source_test.price AS numeric(10,2) CHECK (VALUE >= 0); CREATE DOMAIN source_test.net_price AS source_test.price;
      CREATE TYPE source_test.mood AS ENUM ('sad', 'it''s, "ok"'); CREATE TYPE source_test.pair AS (a integer, b text);
      CREATE TABLE source_test.made (id integer PRIMARY KEY, p source_test.net_price, m source_test.mood, c source_test.pair);
      INSERT INTO source_test.made VALUES (1, 12.5, 'it''s, "ok"', ROW(1, NULL)), (2, NULL, NULL, ROW(NULL, NULL)), (3, 0, 'sad', NULL)`);
    const table = await discoverOne(source, 'source_test.made');
    expect(table.fields[1]?.type).toEqual({ kind: 'decimal', precision: 10, scale: 2 });
    const { rows } = await readAll(source, requestFor(table));
    expect(rows).toEqual([
      ['1', '12.50', `it's, "ok"`, '(1,)'],
      ['2', null, null, '(,)'],
      ['3', '0.00', 'sad', null],
    ]);
    await expectSameDigest(source, table);
  });

  it('rejects what no type holds, and nothing else', async () => {
    const moments = await valueTable('late', 'timestamp', [`'294276-12-31 23:59:59'`, `'2024-01-01'`]);
    const late = await readAll(source, requestFor(moments));
    expect(late.rows).toEqual([['1', '2024-01-01 00:00:00.000000']]);
    expect(late.rejected).toMatchObject([{ column: 'v', cells: ['0', '294276-12-31 23:59:59'] }]);
    expect(late.result.rowsSent).toBe(2);
    const numbers = await valueTable('not_numbers', 'numeric(10,2)', [`'NaN'`, '1.5', 'NULL']);
    const poison = await readAll(source, requestFor(numbers));
    expect(poison.rows).toEqual([
      ['1', '1.50'],
      ['2', null],
    ]);
    expect(poison.rejected).toMatchObject([{ column: 'v', cells: ['0', 'NaN'] }]);
  });

  it('reads names that look like anything but names', async () => {
    const names = [
      `select`,
      `a"b`,
      `it's`,
      `dot.ted`,
      `Case`,
      `case`,
      `emoji 🦆`,
      `x'); DROP TABLE users; --`,
      `__proto__`,
      `constructor`,
      'ü'.repeat(31),
      ' ',
    ];
    const columns = names.map((name) => `"${name.replaceAll('"', '""')}" integer`).join(', ');
    const quoted = '"odd ""table"" 🦆 -- \'x\'"';
    await probe.run(
      `CREATE TABLE source_test.${quoted} (${columns}); INSERT INTO source_test.${quoted} VALUES (${names.map((_, index) => index).join(', ')})`,
    );
    const table = await discoverOne(source, `source_test.odd "table" 🦆 -- 'x'`);
    expect(table.fields.map((field) => field.name)).toEqual(names);
    const { rows } = await readAll(source, requestFor(table));
    expect(rows).toEqual([names.map((_, index) => String(index))]);
    await expectSameDigest(source, { ...table, key: [names[0] ?? ''] });
  });

  it('discovers keys, indexes, views, partitions, generated columns and cursor candidates', async () => {
    await probe.run(`CREATE TABLE source_test.orders (tenant integer NOT NULL, code text NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, note text,
        total numeric(10,2), doubled numeric(12,2) GENERATED ALWAYS AS (total * 2) STORED, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(), UNIQUE (tenant, code));
      CREATE INDEX ON source_test.orders (updated_at); CREATE UNIQUE INDEX ON source_test.orders (note) WHERE note IS NOT NULL;
      INSERT INTO source_test.orders (tenant, code, total) SELECT 1, g::text, g FROM generate_series(1, 5000) g; ANALYZE source_test.orders;
      CREATE VIEW source_test.big AS SELECT * FROM source_test.orders WHERE total > 10;
      CREATE TABLE source_test.parts (day date NOT NULL, n integer) PARTITION BY RANGE (day);
      CREATE TABLE source_test.parts_1 PARTITION OF source_test.parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
      CREATE TABLE source_test.parts_2 PARTITION OF source_test.parts FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
      INSERT INTO source_test.parts VALUES ('2024-05-05', 1), ('2025-05-05', 2); ANALYZE source_test.parts`);
    const orders = await discoverOne(source, 'source_test.orders');
    expect(orders.key).toEqual(['tenant', 'code']);
    expect([...orders.indexedColumns].sort()).toEqual(['tenant', 'updated_at']);
    expect(orders.estimatedRows).toBe(5000);
    expect(orders.estimatedBytes).toBeGreaterThan(100_000);
    expect(orders.cursorCandidates[0]).toMatchObject({
      column: 'updated_at',
      isIndexed: true,
      isNullable: false,
    });
    expect(orders.fields.find((field) => field.name === 'doubled')?.detail).toMatchObject({
      isGenerated: true,
    });
    expect((await discoverOne(source, 'source_test.big')).kind).toBe('view');
    const found = await source.discover({ include: ['source_test.parts*'], exclude: [] }, never);
    expect(found.map((table) => table.table.name)).toEqual(['parts']);
    expect(found[0]?.estimatedRows).toBe(2);
    const [parts] = found;
    if (parts === undefined) throw new Error('not found');
    expect((await readAll(source, requestFor(parts))).rows).toEqual([
      ['2024-05-05', '1'],
      ['2025-05-05', '2'],
    ]);
    expect(await source.inspectCursor(orders, 'note', never)).toMatchObject({
      nullCount: 5000,
      sampledRows: 5000,
      isIndexed: false,
    });
  });

  it('says which table is missing or hidden', async () => {
    const missing = await failureOf(source.discover({ include: ['source_test.order'], exclude: [] }, never));
    expect(missing.code).toBe('tableMissing');
    expect(missing.message).toContain('source_test.orders');
    await probe.run(
      'CREATE TABLE source_test.secret (id integer); REVOKE ALL ON source_test.secret FROM millrace',
    );
    expect(
      (await failureOf(source.discover({ include: ['source_test.secret'], exclude: [] }, never))).code,
    ).toBe('permissionDenied');
  });

  it('reads from a cursor value on, ties and the look-back included, with the high mark of the same snapshot', async () => {
    await probe.run(`CREATE TABLE source_test.events (id integer PRIMARY KEY, at timestamptz, n bigint);
      INSERT INTO source_test.events SELECT g, '2024-01-01'::timestamptz + g * interval '1 minute', g FROM generate_series(1, 100) g;
      INSERT INTO source_test.events VALUES (101, 'infinity', 5), (102, NULL, 6); CREATE INDEX ON source_test.events (at)`);
    const table = await discoverOne(source, 'source_test.events');
    const cursor = { column: 'at', from: '2024-01-01 01:38:00.000000', lookback: 60_000_000n };
    const { rows, result } = await readAll(source, requestFor(table, { cursor }));
    expect(rows.map((row) => row[0])).toEqual(['97', '98', '99', '100', '101']);
    expect(result.highMark).toBe('2024-01-01 01:40:00.000000');
    const byNumber = await readAll(
      source,
      requestFor(table, { cursor: { column: 'n', from: '99', lookback: 1n } }),
    );
    expect(byNumber.rows.map((row) => row[0])).toEqual(['98', '99', '100']);
    expect(byNumber.result.highMark).toBe('100');
    const unfit = await failureOf(
      readAll(
        source,
        requestFor(
          {
            ...table,
            fields: [
              {
                name: 'd',
                type: { kind: 'float', bits: 64 },
                nullable: true,
                nativeType: 'double precision',
              },
            ],
          },
          { cursor: { column: 'd', from: '1', lookback: 0n } },
        ),
      ),
    );
    expect(unfit.code).toBe('cursorUnfit');
  });

  it('refuses rows hidden by a policy instead of missing them', async () => {
    await probe.run(
      `CREATE TABLE source_test.guarded (id integer); INSERT INTO source_test.guarded VALUES (1); ALTER TABLE source_test.guarded ENABLE ROW LEVEL SECURITY`,
    );
    const table = await discoverOne(source, 'source_test.guarded');
    const error = await failureOf(readAll(source, requestFor(table)));
    expect(error.code).toBe('permissionDenied');
    expect(error.message).toMatch(/policy/);
    expect((await source.check(never)).product).toBe('PostgreSQL');
  });

  it('reads 1,000 small tables over one connection in seconds', async () => {
    await probe.run(
      `DO $$ BEGIN FOR i IN 1..1000 LOOP EXECUTE format('CREATE TABLE source_test.small_%s AS SELECT g AS id, g::text AS t FROM generate_series(1, 20) g', i); END LOOP; END $$; GRANT SELECT ON ALL TABLES IN SCHEMA source_test TO millrace`,
    );
    const began = performance.now();
    const tables = await source.discover({ include: ['source_test.small_*'], exclude: [] }, never);
    const discovered = performance.now();
    expect(tables.length).toBe(1000);
    let rows = 0;
    for (const table of tables) rows += (await readAll(source, requestFor(table))).result.rowsSent;
    const ended = performance.now();
    expect(rows).toBe(20_000);
    console.log(
      `1,000 tables: discover ${Math.round(discovered - began)} ms, read ${Math.round(ended - discovered)} ms`,
    );
    expect(ended - began).toBeLessThan(15_000);
  }, 180_000);
});

/** What SQL computes at the server equals what is computed from the delivered batches. */
async function expectSameDigest(source: PostgresSource, table: SourceTable): Promise<void> {
  const request: DigestRequest = { table: table.table, fields: table.fields, key: table.key, buckets: 8 };
  const oracle = new BatchDigest(request);
  const rows: { key: readonly string[]; hash: bigint }[] = [];
  for await (const batch of source.read(requestFor(table), never)) {
    if (batch.kind !== 'batch') continue;
    oracle.add(batch);
    rows.push(...oracle.rows(batch, new Set([0, 3, 5])));
  }
  expect(await source.digest(request, never)).toEqual(oracle.result());
  const found: { key: readonly string[]; hash: bigint }[] = [];
  for await (const row of source.digestRows(request, [0, 3, 5], never)) found.push(row);
  const order = (list: typeof rows) => list.map((row) => `${row.key.join('|')} ${row.hash}`).sort();
  expect(order(found)).toEqual(order(rows));
}

/** An independent reading of `<sign><m>e<e>` from the hexadecimal bits of a double. */
function canonicalOfBits(hex: string | null): string | null {
  if (hex === null) return null;
  const bits = BigInt(`0x${hex}`);
  const sign = bits >> 63n === 1n ? '-' : '';
  let exponent = Number((bits >> 52n) & 2047n);
  let mantissa = bits & (2n ** 52n - 1n);
  if (exponent === 2047) return mantissa === 0n ? `${sign}inf` : 'nan';
  if (exponent === 0 && mantissa === 0n) return '0';
  if (exponent === 0) exponent = 1;
  else mantissa += 2n ** 52n;
  while (mantissa < 2n ** 52n) {
    mantissa *= 2n;
    exponent -= 1;
  }
  return `${sign}${mantissa}e${exponent - 1023}`;
}
