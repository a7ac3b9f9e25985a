import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Destination, PublishRequest, PublishResult, StagedFile } from '@millrace/connector-sdk';
import type { Field } from '@millrace/spec';

import { MysqlDestination } from './destination.ts';
import { never, products, readAll, type TestDatabase, testDatabase } from './harness/test-database.ts';
import { workTables } from './publish/names.ts';
import { type TestStage, testStage } from '@millrace/connector-sdk/testing';
import { stageFile } from './publish/stage-rows.ts';
import { MysqlSession } from './session.ts';
import { MysqlSource } from './source.ts';

const id: Field = { name: 'id', type: { kind: 'integer', bits: 32, signed: true }, nullable: false };
const text: Field = { name: 'text', type: { kind: 'string' }, nullable: true };

describe.each(products)('destination on %s', (product) => {
  let database: TestDatabase;
  let stage: TestStage;
  let destination: Destination;
  let source: MysqlSource;
  beforeAll(async () => {
    const opened = await testDatabase(product);
    if (opened === undefined) return;
    database = opened;
    stage = await testStage();
    destination = new MysqlDestination(database.config);
    source = new MysqlSource(database.config);
  });
  beforeEach(({ skip }) => skip(database === undefined));
  afterAll(async () => {
    await destination?.[Symbol.asyncDispose]();
    await source?.[Symbol.asyncDispose]();
    await stage?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  let runs = 0;
  const request = (table: string, changes: Partial<PublishRequest>): PublishRequest => ({
    table: { schema: database.name, name: table },
    runId: `run-${runs++}`,
    fenceToken: 1,
    mode: 'replace',
    deletes: 'ignore',
    key: ['id'],
    fields: [id, text],
    changes: [],
    position: () => ({ mark: 'ä\\"' }),
    schemaFingerprint: 'f',
    loadedAt: '2026-01-02T03:04:05.678Z',
    deletedKeys: () => [],
    reader: stage.reader,
    ...changes,
  });
  async function* each(files: readonly StagedFile[]): AsyncGenerator<StagedFile> {
    yield* files;
  }
  const publish = async (wanted: PublishRequest, ...selects: readonly string[]): Promise<PublishResult> => {
    const files = await Promise.all(selects.map((sql) => stage.file(sql)));
    return destination.publish(wanted, each(files), never);
  };
  const rowsOf = async (table: string): Promise<readonly (readonly (string | null)[])[]> =>
    (await readAll(source, `${database.name}.${table}`)).rows.toSorted((left, right) =>
      String(left) < String(right) ? -1 : 1,
    );
  const workTablesLeft = async (): Promise<unknown> =>
    database.query(
      `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${database.name}' AND TABLE_NAME REGEXP '^_millrace_(stage|keys|old)'`,
    );

  /** What a server without local_infile makes of the file. */
  const insertInto = async (table: string, fields: readonly Field[], file: StagedFile): Promise<void> => {
    await publish(request(table, { fields }));
    await using session = await MysqlSession.open(database.config, 'destination', never);
    const { connection } = session;
    const limits = { isLocalInfileAllowed: false, maxPacketBytes: 1_048_576 };
    await stageFile(
      { connection, reader: stage.reader, table: { schema: database.name, name: table }, fields, limits },
      file,
      never,
    );
  };

  it('replaces a table and keeps its record', async () => {
    const first = await publish(
      request('replaced', {}),
      "SELECT 1::INTEGER AS id, 'a' AS text UNION ALL SELECT 2, NULL",
    );
    expect(first).toMatchObject({
      rowsInserted: 2,
      isAdopted: false,
      record: { version: 1, rows: 2, position: { mark: 'ä\\"' } },
    });
    const second = await publish(request('replaced', {}), "SELECT 3::INTEGER AS id, 'NULL' AS text");
    expect(second.record.version).toBe(2);
    expect(await rowsOf('replaced')).toEqual([['3', 'NULL']]);
    const [described, missing] = await destination.describe(
      [
        { schema: database.name, name: 'replaced' },
        { schema: database.name, name: 'nothing' },
      ],
      never,
    );
    expect(described).toMatchObject({ fields: [id, text], record: second.record });
    expect(missing).toBeUndefined();
    expect(await workTablesLeft()).toEqual([]);
  });

  it.each(['LOAD DATA', 'INSERT'] as const)('keeps every value by %s', async (way) => {
    const fields: Field[] = [
      id,
      { name: 'flag', type: { kind: 'boolean' }, nullable: true },
      { name: 'big', type: { kind: 'integer', bits: 64, signed: false }, nullable: true },
      { name: 'f32', type: { kind: 'float', bits: 32 }, nullable: true },
      { name: 'f64', type: { kind: 'float', bits: 64 }, nullable: true },
      { name: 'dec', type: { kind: 'decimal', precision: 38, scale: 10 }, nullable: true },
      text,
      { name: 'json', type: { kind: 'json' }, nullable: true },
      { name: 'raw', type: { kind: 'bytes' }, nullable: true },
      { name: 'uid', type: { kind: 'uuid' }, nullable: true },
      { name: 'day', type: { kind: 'date' }, nullable: true },
      { name: 'clock', type: { kind: 'time' }, nullable: true },
      { name: 'local', type: { kind: 'timestamp', timezone: false }, nullable: true },
      { name: 'instant', type: { kind: 'timestamp', timezone: true }, nullable: true },
    ];
    const texts = [
      '',
      'NULL',
      '\\N',
      '\\',
      '"',
      '""',
      ',',
      'a,"b"\nc\r\n',
      "it's",
      '😀é\u0000z',
      ' pad ',
      '\ufeffbom',
      "\\'; DROP",
    ];
    const nulls =
      '2::INTEGER, NULL::BOOLEAN, NULL::UBIGINT, NULL::FLOAT, NULL::DOUBLE, NULL::DECIMAL(38,10), NULL::VARCHAR, NULL::VARCHAR, NULL::BLOB, NULL::UUID, NULL::DATE, NULL::TIME, NULL::TIMESTAMP, NULL::TIMESTAMPTZ';
    const values = `SELECT 1::INTEGER AS id, true AS flag, 18446744073709551615::UBIGINT AS big, 1.4e-45::FLOAT AS f32, 5e-324::DOUBLE AS f64,
        -9999999999999999999999999999.9999999999::DECIMAL(38,10) AS dec, 'x' AS text, '{"a": 1.0}' AS json, '\\x00\\xFF\\x22'::BLOB AS raw,
        'F47AC10B-58CC-4372-A567-0E02B2C3D479'::UUID AS uid, DATE '0001-01-01' AS day, TIME '23:59:59.999999' AS clock,
        TIMESTAMP '9999-12-31 23:59:59.999999' AS local, TIMESTAMPTZ '2026-01-01 00:00:00+02' AS instant`;
    const letters = texts.map(
      (value, index) =>
        `SELECT ${index + 10}::INTEGER, NULL, NULL, NULL, NULL, NULL, decode(from_hex('${Buffer.from(value).toString('hex')}')), NULL, NULL, NULL, NULL, NULL, NULL, NULL`,
    );
    const table = way === 'INSERT' ? 'inserted' : 'loaded';
    const sql = [values, `SELECT ${nulls}`, ...letters].join(' UNION ALL ');
    if (way === 'INSERT') await insertInto(table, fields, await stage.file(sql));
    else await publish(request(table, { fields }), sql);
    const { rows } = await readAll(source, `${database.name}.${table}`);
    const byId = new Map(rows.map((row) => [row[0], row]));
    expect(byId.get('1')).toEqual([
      '1',
      '1',
      '18446744073709551615',
      '4503599627370496e-149',
      '4503599627370496e-1074',
      '-9999999999999999999999999999.9999999999',
      'x',
      '{"a": 1.0}',
      '00ff22',
      'f47ac10b-58cc-4372-a567-0e02b2c3d479',
      '0001-01-01',
      '23:59:59.999999',
      '9999-12-31 23:59:59.999999',
      '2025-12-31 22:00:00.000000',
    ]);
    expect(byId.get('2')?.slice(1)).toEqual(Array.from({ length: 13 }, () => null));
    expect(texts.map((_, index) => byId.get(String(index + 10))?.[6])).toEqual(texts);
    // Every canonical text is the same under the logical types and under those the source side sees.
    const { table: found } = await readAll(source, `${database.name}.${table}`);
    const asPublished = { table: found.table, fields, key: ['id'], buckets: 8 };
    const asFound = await source.digest({ ...asPublished, fields: found.fields }, never);
    expect(await destination.digest(asPublished, never)).toEqual(asFound);
    const rowsOfHalf = await Array.fromAsync(destination.digestRows(asPublished, [0, 1, 2, 3], never));
    const counted = asFound.filter(({ bucket }) => bucket < 4).reduce((sum, each) => sum + each.rows, 0n);
    expect(BigInt(rowsOfHalf.length)).toBe(counted);
  });

  describe('dates before the year 1000', () => {
    const fields: Field[] = [
      id,
      { name: 'day', type: { kind: 'date' }, nullable: false },
      { name: 'local', type: { kind: 'timestamp', timezone: false }, nullable: false },
      { name: 'instant', type: { kind: 'timestamp', timezone: true }, nullable: false },
    ];
    const key = ['day'];
    /** Days from 1970-01-01 to 0001-01-01, and from there to 1000-01-02. */
    const [first, count] = [-719_162, 364_879];
    const daysFrom = (days: number): string =>
      `SELECT i::INTEGER AS id, DATE '1970-01-01' + i::INTEGER AS day,
         TIMESTAMP '1970-01-01 23:59:59.999999' + to_days(i::INTEGER) AS local,
         make_timestamptz(i * 86400000000 + 1) AS instant FROM range(${first}, ${first + days}) AS r(i)`;
    const isoDay = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10);
    const expectDays = async (table: string, days: number): Promise<void> => {
      const { rows, rejected } = await readAll(source, `${database?.name}.${table}`);
      expect(rejected).toEqual([]);
      const sorted = rows.toSorted((left, right) => Number(left[0]) - Number(right[0]));
      const expected = Array.from({ length: days }, (_, index) => {
        const day = isoDay(first + index);
        return [String(first + index), day, `${day} 23:59:59.999999`, `${day} 00:00:00.000001`];
      });
      // As one text: so many rows that differ would take minutes to be shown.
      expect(sorted.join('\n') === expected.join('\n')).toBe(true);
    };

    it('are kept, every one of them', async () => {
      if (database === undefined) return;
      expect([isoDay(first), isoDay(first + count - 1)]).toEqual(['0001-01-01', '1000-01-02']);
      await publish(request('early', { fields, key }), daysFrom(count));
      await expectDays('early', count);
    });

    it('are kept by INSERT', async () => {
      if (database === undefined) return;
      await insertInto('early_inserted', fields, await stage.file(daysFrom(2000)));
      await expectDays('early_inserted', 2000);
    });

    it('are bounds, keys and parts of digests', async () => {
      if (database === undefined) return;
      const name = `${database.name}.early`;
      const { rows, result, table } = await readAll(source, name, {
        column: 'day',
        from: '0999-12-31',
        lookback: 0n,
      });
      expect(rows.map((row) => String(row[1])).toSorted()).toEqual([
        '0999-12-31',
        '1000-01-01',
        '1000-01-02',
      ]);
      expect(result.highMark).toBe('1000-01-02');
      const merged = await publish(request('early', { fields, key, mode: 'merge' }), daysFrom(10_000));
      expect(merged).toMatchObject({ rowsInserted: 0, rowsUpdated: 10_000 });
      const digest = { table: table.table, fields, key, buckets: 64 };
      const sums = await destination.digest(digest, never);
      expect(sums.reduce((sum, bucket) => sum + bucket.rows, 0n)).toBe(BigInt(count));
      expect(sums).toEqual(await source.digest({ ...digest, fields: table.fields }, never));
    });
  });

  it('refuses a value that the server would change', async () => {
    const fields: Field[] = [id, { name: 'day', type: { kind: 'date' }, nullable: true }];
    const bad = publish(
      request('refused', { fields }),
      "SELECT 1::INTEGER AS id, '44-03-15 (BC)'::DATE AS day",
    );
    await expect(bad).rejects.toMatchObject({ code: 'valueUnrepresentable', blame: 'destination' });
    expect(await destination.describe([{ schema: database.name, name: 'refused' }], never)).toEqual([
      undefined,
    ]);
    expect(await workTablesLeft()).toEqual([]);
  });

  it('appends, and publishing a run twice is publishing it once', async () => {
    await publish(request('appended', { mode: 'append', key: [] }), "SELECT 1::INTEGER AS id, 'a' AS text");
    const again = request('appended', { mode: 'append', key: [] });
    const first = await publish(again, "SELECT 1::INTEGER AS id, 'a' AS text");
    const second = await publish(again, "SELECT 1::INTEGER AS id, 'a' AS text");
    expect(first).toMatchObject({ rowsInserted: 1, isAdopted: false, record: { version: 2 } });
    expect(second).toEqual({
      record: first.record,
      rowsInserted: 0,
      rowsUpdated: 0,
      rowsDeleted: 0,
      isAdopted: true,
    });
    expect(await rowsOf('appended')).toEqual([
      ['1', 'a'],
      ['1', 'a'],
    ]);
  });

  it('merges by exact key with soft and hard deletes', async () => {
    const merge = (changes: Partial<PublishRequest>): PublishRequest =>
      request('merged', { mode: 'merge', key: ['text'], deletes: 'soft', ...changes });
    await publish(
      merge({}),
      "SELECT 1::INTEGER AS id, 'a' AS text UNION ALL SELECT 2, 'A' UNION ALL SELECT 3, 'a ' UNION ALL SELECT 4, 'á'",
    );
    const keys = await stage.file("SELECT 'A' AS text");
    const result = await publish(
      merge({ deletedKeys: () => [keys] }),
      "SELECT 10::INTEGER AS id, 'a' AS text UNION ALL SELECT 5, 'b'",
    );
    expect(result).toMatchObject({ rowsInserted: 1, rowsUpdated: 1, rowsDeleted: 1 });
    expect(await rowsOf('merged')).toEqual([
      ['10', 'a', null],
      ['2', 'A', '2026-01-02 03:04:05.678000'],
      ['3', 'a ', null],
      ['4', 'á', null],
      ['5', 'b', null],
    ]);
    await publish(merge({ deletes: 'hard', deletedKeys: () => [keys] }));
    expect((await rowsOf('merged')).map((row) => row[1])).toEqual(['a', 'a ', 'á', 'b']);
  });

  it('keeps versions', async () => {
    const scd2 = (day: string, changes: Partial<PublishRequest> = {}): PublishRequest =>
      request('versions', { mode: 'scd2', loadedAt: `2026-01-0${day}T00:00:00Z`, ...changes });
    await publish(
      scd2('1'),
      "SELECT 1::INTEGER AS id, 'a' AS text UNION ALL SELECT 2, NULL UNION ALL SELECT 3, 'c'",
    );
    const keys = await stage.file('SELECT 3::INTEGER AS id');
    const result = await publish(
      scd2('2', { deletes: 'soft', deletedKeys: () => [keys] }),
      "SELECT 1::INTEGER AS id, 'a ' AS text UNION ALL SELECT 2, NULL UNION ALL SELECT 4, 'd'",
    );
    expect(result).toMatchObject({ rowsInserted: 2, rowsUpdated: 1, rowsDeleted: 1 });
    const [one, two, three] = ['1', '2', '3'].map((day) => `2026-01-0${day} 00:00:00.000000`);
    expect(three).toBeDefined();
    expect(await rowsOf('versions')).toEqual([
      ['1', 'a ', two, null, '1'],
      ['1', 'a', one, two, '0'],
      ['2', null, one, null, '1'],
      ['3', 'c', one, two, '0'],
      ['4', 'd', two, null, '1'],
    ]);
  });

  it('adds and widens columns before the rows', async () => {
    await publish(request('evolved', { mode: 'append' }), "SELECT 1::INTEGER AS id, 'a' AS text");
    const wide: Field = { ...id, type: { kind: 'integer', bits: 64, signed: true } };
    const extra: Field = { name: 'extra', type: { kind: 'date' }, nullable: true };
    const evolving = {
      mode: 'append',
      fields: [wide, text, extra],
      changes: [
        { kind: 'addColumn', field: extra },
        { kind: 'widenColumn', column: 'id', from: id.type, to: wide.type },
      ],
    } as const;
    await publish(
      request('evolved', evolving),
      "SELECT 5000000000::BIGINT AS id, 'b' AS text, DATE '2026-01-01' AS extra",
    );
    expect(await rowsOf('evolved')).toEqual([
      ['1', 'a', null],
      ['5000000000', 'b', '2026-01-01'],
    ]);
    expect(
      (await destination.describe([{ schema: database.name, name: 'evolved' }], never))[0]?.fields,
    ).toEqual([wide, text, extra]);
  });

  it('refuses a lower fence token, and kills the session of a lower one', async () => {
    await publish(request('fenced', { fenceToken: 5 }), "SELECT 1::INTEGER AS id, 'a' AS text");
    await expect(
      publish(request('fenced', { fenceToken: 4 }), "SELECT 2::INTEGER AS id, 'b' AS text"),
    ).rejects.toMatchObject({ code: 'fenced' });
    let release: () => void = () => undefined;
    const paused = new Promise<void>((resolve) => (release = resolve));
    const file = await stage.file("SELECT 3::INTEGER AS id, 'c' AS text");
    async function* slowly(): AsyncGenerator<StagedFile> {
      await paused;
      yield file;
    }
    const zombie = new MysqlDestination(database.config);
    const late = zombie.publish(request('fenced', { fenceToken: 6 }), slowly(), never).then(
      () => 'published',
      (error: unknown) => error,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    await publish(request('fenced', { fenceToken: 7 }), "SELECT 4::INTEGER AS id, 'd' AS text");
    release();
    expect(await late).toMatchObject({ name: 'PipelineError' });
    await zombie[Symbol.asyncDispose]();
    expect(await rowsOf('fenced')).toEqual([['4', 'd']]);
  }, 180_000);

  it('publishes nothing when files throw, and removes what a dead attempt left', async () => {
    const failing = request('leftover', {});
    const target = { schema: database.name, name: 'leftover' };
    const left = workTables(target, 'dead', 1);
    await database.execute(
      `CREATE TABLE ${left.staged.name} (a INT)`,
      `CREATE TABLE ${left.replaced.name} (a INT)`,
    );
    async function* broken(): AsyncGenerator<StagedFile> {
      yield await stage.file("SELECT 1::INTEGER AS id, 'a' AS text");
      throw new Error('extraction failed');
    }
    await expect(destination.publish(failing, broken(), never)).rejects.toThrow('extraction failed');
    expect(await destination.describe([target], never)).toEqual([undefined]);
    expect(await workTablesLeft()).toEqual([]);
  });

  it('adopts a swap whose reply was lost', async () => {
    for (const mode of ['replace', 'append'] as const) {
      const lost = request(`lost_${mode}`, {
        mode,
        checkpoint: (point) => {
          if (point === 'afterCommit') throw new Error('killed');
        },
      });
      await publish(request(`lost_${mode}`, { mode }), "SELECT 1::INTEGER AS id, 'a' AS text");
      await expect(publish(lost, "SELECT 2::INTEGER AS id, 'b' AS text")).rejects.toThrow('killed');
      const { checkpoint: _, ...again } = lost;
      expect(await publish(again, "SELECT 2::INTEGER AS id, 'b' AS text")).toMatchObject({
        isAdopted: true,
        record: { version: 2 },
      });
      expect((await rowsOf(`lost_${mode}`)).length).toBe(mode === 'append' ? 2 : 1);
    }
  });

  it('refuses a table that it did not make, and names that the server would change', async () => {
    await database.execute('CREATE TABLE foreigner (a INT)');
    await expect(
      publish(request('foreigner', {}), "SELECT 1::INTEGER AS id, 'a' AS text"),
    ).rejects.toMatchObject({ code: 'configInvalid' });
    await expect(publish(request('t😀', {}), "SELECT 1::INTEGER AS id, 'a' AS text")).rejects.toMatchObject({
      code: 'configInvalid',
    });
  });

  it('never shows a reader a missing, empty or mixed table', async () => {
    const version = (number: number): string =>
      `SELECT i::INTEGER AS id, 'v${number}' AS text FROM range(1000) AS r(i)`;
    await publish(request('polled', {}), version(0));
    let isDone = false;
    const seen: string[] = [];
    const polling = (async () => {
      while (!isDone) {
        const rows = await database.query(
          `SELECT COUNT(*), COUNT(DISTINCT text) FROM \`${database.name}\`.polled`,
        );
        seen.push(rows[0]?.join('/') ?? 'nothing');
      }
    })();
    for (let number = 1; number <= 20; number += 1) await publish(request('polled', {}), version(number));
    isDone = true;
    await polling;
    expect(seen.length).toBeGreaterThan(20);
    expect(new Set(seen)).toEqual(new Set(['1000/1']));
  }, 180_000);
});
