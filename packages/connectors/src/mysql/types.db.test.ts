import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { BatchDigest, type Batch } from '@millrace/connector-sdk';

import { never, products, readAll, type TestDatabase, testDatabase } from './harness/test-database.ts';
import { MysqlSource } from './source.ts';

describe.each(products)('types of %s', (product) => {
  let database: TestDatabase;
  let source: MysqlSource;
  beforeAll(async () => {
    const opened = await testDatabase(product);
    if (opened === undefined) return;
    database = opened;
    source = new MysqlSource(database.config);
  });
  beforeEach(({ skip }) => skip(database === undefined));
  afterAll(async () => {
    await source?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  /** Makes a one-column table, reads it, and expects these canonical texts in order. */
  const expectTexts = async (
    type: string,
    values: readonly string[],
    texts: readonly (string | null)[],
    logical?: string,
  ): Promise<void> => {
    const name = `t_${Math.random().toString(36).slice(2)}`;
    await database.execute(`CREATE TABLE ${name} (n INT PRIMARY KEY, v ${type})`);
    for (const [index, value] of values.entries())
      await database.execute(`INSERT INTO ${name} VALUES (${index}, ${value})`);
    const { rows, rejected, table } = await readAll(source, `${database.name}.${name}`);
    expect(rejected).toEqual([]);
    expect(rows.map((row) => row[1])).toEqual(texts);
    if (logical !== undefined) expect(table.fields[1]?.type.kind).toBe(logical);
    await expectSameDigest(name);
  };

  const expectSameDigest = async (name: string): Promise<void> => {
    const [table] = await source.discover({ include: [`${database.name}.${name}`], exclude: [] }, never);
    if (table === undefined) throw new Error('missing');
    const { fields, key } = table;
    const oracle = new BatchDigest({ fields, key, buckets: 4 });
    const batches: Batch[] = [];
    for await (const batch of source.read(
      { table, fields, cursor: null, position: null, scratchFolder: '' },
      never,
    )) {
      oracle.add(batch);
      batches.push(batch);
    }
    const request = { table: table.table, fields, key, buckets: 4 };
    expect(await source.digest(request, never)).toEqual(oracle.result());
    const rows = await Array.fromAsync(source.digestRows(request, [0, 2], never));
    const expected = batches.flatMap((batch) => [...oracle.rows(batch, new Set([0, 2]))]);
    const byKey = (left: { key: readonly string[] }, right: { key: readonly string[] }): number =>
      left.key.join() < right.key.join() ? -1 : 1;
    expect(rows.toSorted(byKey)).toEqual(expected.toSorted(byKey));
  };

  it('keeps integers of every width exact', async () => {
    await expectTexts(
      'TINYINT(1)',
      ['-128', '0', '1', '2', '127', 'NULL'],
      ['-128', '0', '1', '2', '127', null],
      'integer',
    );
    await expectTexts('INT UNSIGNED ZEROFILL', ['0', '42', '4294967295'], ['0', '42', '4294967295']);
    await expectTexts('MEDIUMINT', ['-8388608', '8388607'], ['-8388608', '8388607']);
    const extremes = ['-9223372036854775808', '9007199254740993', '9223372036854775807'];
    await expectTexts('BIGINT', extremes, extremes);
    await expectTexts('BIGINT UNSIGNED', ['0', '18446744073709551615'], ['0', '18446744073709551615']);
    await expectTexts('YEAR', ['1901', '2155', '0'], ['1901', '2155', '0']);
  });

  it('keeps decimals exact, as text beyond 38 digits', async () => {
    const nines = '9'.repeat(38);
    await expectTexts('DECIMAL(38,0)', [nines, `-${nines}`], [nines, `-${nines}`], 'decimal');
    await expectTexts('DECIMAL(10,4)', ['1.005', '-0.0001', '0'], ['1.0050', '-0.0001', '0.0000'], 'decimal');
    const wide = `${'9'.repeat(35)}.${'9'.repeat(30)}`;
    await expectTexts(
      'DECIMAL(65,30)',
      [wide, `-0.${'0'.repeat(29)}1`],
      [wide, `-0.${'0'.repeat(29)}1`],
      'string',
    );
  });

  it('keeps floats exact to the bit', async () => {
    // 16777217 is no FLOAT; the stored value is 16777216, which the plain text form would print as 16777200.
    await expectTexts(
      'FLOAT',
      ['16777217', '3.4028234663852886e38', '1e-45', '0.1', 'NULL'],
      ['4503599627370496e24', '9007198717870080e127', '4503599627370496e-149', '7205759511166976e-4', null],
    );
    await expectTexts(
      'DOUBLE',
      [
        '0.1',
        '1.7976931348623157e308',
        '5e-324',
        '-1',
        '0',
        '-3.5e-320',
        '8',
        '7.999999999999999',
        '1e22',
        '2.2250738585072014e-308',
      ],
      [
        '7205759403792794e-4',
        '9007199254740991e1023',
        '4503599627370496e-1074',
        '-4503599627370496e0',
        '0',
        MINUS_SUBNORMAL,
        '4503599627370496e3',
        '9007199254740991e2',
        '4768371582031250e73',
        '4503599627370496e-1022',
      ],
    );
  });

  it('keeps bits, bytes and texts of all character sets', async () => {
    await expectTexts('BIT(1)', ["b'1'", "b'0'"], ['1', '0'], 'boolean');
    await expectTexts(
      'BIT(64)',
      [`b'1${'0'.repeat(63)}'`, "b'101'"],
      ['9223372036854775808', '5'],
      'integer',
    );
    await expectTexts('VARCHAR(20) CHARACTER SET latin1', ["'café'", "'a  '", "''"], ['café', 'a  ', '']);
    await expectTexts('VARCHAR(20) CHARACTER SET ucs2', ["'你好'"], ['你好']);
    await expectTexts(
      'LONGTEXT',
      ["'😀 \\\\ \\' \\\" \\0 z'", `REPEAT('ä', 70000)`],
      ['😀 \\ \' " \0 z', 'ä'.repeat(70000)],
    );
    await expectTexts('CHAR(5)', ["'ab  '"], ['ab']);
    await expectTexts('BINARY(4)', ["x'41'"], ['41000000'], 'bytes');
    await expectTexts('LONGBLOB', ["x'00ff00'", "''"], ['00ff00', ''], 'bytes');
    await expectTexts("ENUM('b,c', '', 'd''e')", ["'b,c'", "''", "'d''e'"], ['b,c', '', "d'e"], 'string');
    await expectTexts("SET('a','b')", ["'a,b'", "''"], ['a,b', ''], 'string');
  });

  it('keeps times exact', async () => {
    await expectTexts('DATE', ["'0001-01-01'", "'9999-12-31'"], ['0001-01-01', '9999-12-31']);
    await expectTexts(
      'DATETIME(6)',
      ["'9999-12-31 23:59:59.999999'", "'1000-01-01 00:00:00'"],
      ['9999-12-31 23:59:59.999999', '1000-01-01 00:00:00.000000'],
    );
    await expectTexts(
      'TIMESTAMP(6) NULL',
      ["'1970-01-01 00:00:01'", "'2038-01-19 03:14:07.999999'"],
      ['1970-01-01 00:00:01.000000', '2038-01-19 03:14:07.999999'],
      'timestamp',
    );
    await expectTexts(
      'TIME(6)',
      ["'-838:59:59'", "'838:59:59'", "'-00:00:00.000001'", "'24:00:00'"],
      ['-838:59:59.000000', '838:59:59.000000', '-00:00:00.000001', '24:00:00.000000'],
      'string',
    );
  });

  it('keeps JSON as the server prints it', async () => {
    const text = '{"b": 18446744073709551615, "a": [9007199254740993, null, 1.0]}';
    await database.execute(
      'CREATE TABLE j (n INT PRIMARY KEY, v JSON)',
      `INSERT INTO j VALUES (1, '${text}'), (2, 'null'), (3, NULL)`,
    );
    const printed = await database.query('SELECT v FROM j ORDER BY n');
    const { rows, table } = await readAll(source, `${database.name}.j`);
    expect(table.fields[1]?.type.kind).toBe('json');
    expect(rows.map((row) => row[1])).toEqual(printed.map((row) => row[0]));
    await expectSameDigest('j');
  });

  it('gives geometry as SRID and WKB', async () => {
    await expectTexts(
      'POINT',
      ["ST_GeomFromText('POINT(1 2)')"],
      ['000000000101000000000000000000f03f0000000000000040'],
      'bytes',
    );
  });

  it('reads the types that only one product has', async () => {
    if (product === 'mysql') {
      await expectTexts('VECTOR(2)', ["STRING_TO_VECTOR('[1,-2]')"], ['0000803f000000c0'], 'bytes');
    } else {
      const uuid = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
      await expectTexts('UUID', [`'${uuid.toUpperCase()}'`], [uuid], 'uuid');
      await expectTexts('INET6', ["'2001:db8::ff00:42:8329'"], ['2001:db8::ff00:42:8329'], 'string');
      await expectTexts('VARCHAR(100) COMPRESSED', ["'äb'"], ['äb'], 'string');
    }
  });

  it('reads invisible and generated columns like any other', async () => {
    await database.execute(
      'CREATE TABLE hidden (n INT PRIMARY KEY, v INT DEFAULT 7 INVISIBLE, g INT AS (n * 2) STORED)',
      'INSERT INTO hidden (n) VALUES (1)',
    );
    const { rows, table } = await readAll(source, `${database.name}.hidden`);
    expect(rows).toEqual([['1', '7', '2']]);
    expect(table.notes.join()).toMatch(/v is invisible.*g is generated/);
  });

  it('quarantines dates that are no days', async () => {
    await database.execute(
      "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'",
      'CREATE TABLE z (n INT PRIMARY KEY, d DATE, t DATETIME)',
      "INSERT INTO z VALUES (1, '0000-00-00', NULL), (2, '2000-00-01', NULL), (3, '2000-01-00', NULL), (4, '2001-02-31', NULL), (5, NULL, '0000-00-00 00:00:00'), (6, '2001-02-28', NULL)",
      "SET SESSION sql_mode = 'STRICT_ALL_TABLES'",
    );
    const { rows, rejected, result } = await readAll(source, `${database.name}.z`);
    expect(rows).toEqual([['6', '2001-02-28', null]]);
    expect(rejected.map((row) => [Buffer.from(row.cells[0] ?? []).toString(), row.column])).toEqual([
      ['1', 'd'],
      ['2', 'd'],
      ['3', 'd'],
      ['4', 'd'],
      ['5', 't'],
    ]);
    expect(rejected[0]?.reason).toContain('0000-00-00');
    expect(result.rowsSent).toBe(6);
    await expectSameDigest('z');
  });

  it('reads hostile names and tells case twins apart', async () => {
    const nasty = 'special"[``$]\'; DROP -- ';
    await database.execute(
      `CREATE TABLE \`select\` (\`${nasty}x\` INT PRIMARY KEY, \`__proto__\` INT, \`a\\\\b\` INT)`,
      'INSERT INTO `select` VALUES (1, 2, 3)',
      'CREATE TABLE twin (a INT PRIMARY KEY)',
      'CREATE TABLE TWIN (b INT PRIMARY KEY, c INT)',
    );
    expect((await readAll(source, `${database.name}.select`)).rows).toEqual([['1', '2', '3']]);
    expect((await readAll(source, `${database.name}.twin`)).table.fields.map(({ name }) => name)).toEqual([
      'a',
    ]);
    expect((await readAll(source, `${database.name}.TWIN`)).table.fields.map(({ name }) => name)).toEqual([
      'b',
      'c',
    ]);
  });
});

/** -3.5e-320 is 7084 x 2^-1074. */
const MINUS_SUBNORMAL = `-${7084n * 2n ** 40n}e-1062`;
