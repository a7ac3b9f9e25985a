import {
  startPrivateServer,
  startTcpProxy,
  testServer,
  filesOf,
  publishRequest,
  testStage,
  type TestStage,
} from '@millrace/connector-sdk/testing';
import type { Field, LogicalType } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { PostgresDestination } from './destination.ts';
import { configOf, failureOf, never, openProbe, type Probe } from './harness/harness.ts';
import { destinationRejects } from './types.ts';

const server = await testServer('postgres');

const INT32: LogicalType = { kind: 'integer', bits: 32, signed: true };
const STRING: LogicalType = { kind: 'string' };
const field = (name: string, type: LogicalType, nullable = true): Field => ({ name, type, nullable });
const people = [field('id', INT32, false), field('name', STRING)];

describe.skipIf(server === undefined)('PostgreSQL as a destination', () => {
  let probe: Probe;
  let stage: TestStage;
  let destination: PostgresDestination;

  beforeAll(async () => {
    if (server === undefined) return;
    probe = await openProbe({ connection: server.connection });
    await probe.run('DROP SCHEMA IF EXISTS mart CASCADE; DROP SCHEMA IF EXISTS _millrace CASCADE');
    stage = await testStage();
    destination = new PostgresDestination(configOf(server));
  });

  afterAll(async () => {
    await destination?.[Symbol.asyncDispose]();
    await probe?.[Symbol.asyncDispose]();
    await stage?.[Symbol.asyncDispose]();
  });

  const rowsOf = async (table: string, columns = '*'): Promise<readonly (readonly (string | null)[])[]> =>
    probe.rows(`SELECT ${columns} FROM mart."${table}" AS t ORDER BY t::text`);
  const publish = async (parts: Parameters<typeof publishRequest>[0], ...queries: readonly string[]) => {
    const files = await Promise.all(queries.map((query) => stage.file(query)));
    return destination.publish(publishRequest({ reader: stage.reader, ...parts }), filesOf(...files), never);
  };
  const named = (name: string) => ({ schema: 'mart', name });

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
      await publish({ table: named(`type_${index}`), mode: 'replace', fields }, query);
      expect(await probe.rows(`SELECT v FROM mart.type_${index} ORDER BY id`)).toEqual(
        values.map(([, text]) => [text]),
      );
      expect(
        await probe.rows(
          `SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'mart.type_${index}'::regclass AND attname = 'v'`,
        ),
      ).toEqual([[native]]);
      const [described] = await destination.describe([named(`type_${index}`)], never);
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
    expect(await stage.isTrue(predicate, poison)).toBe(true);
    expect(await stage.isTrue(predicate, good)).toBe(false);
    const error = await failureOf(
      publish(
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

  it('appends, replaces and counts versions', async () => {
    const table = named('people');
    const first = await publish(
      { table, mode: 'append', fields: people },
      `SELECT 1::INTEGER AS id, 'ann' AS name`,
      `SELECT 2::INTEGER AS id, NULL AS name`,
    );
    expect(first).toMatchObject({
      rowsInserted: 2,
      rowsUpdated: 0,
      rowsDeleted: 0,
      isAdopted: false,
      record: { version: 1, rows: 2 },
    });
    await publish({ table, mode: 'append', fields: people }, `SELECT 3::INTEGER AS id, 'cy' AS name`);
    expect(await rowsOf('people')).toEqual([
      ['1', 'ann'],
      ['2', null],
      ['3', 'cy'],
    ]);
    const third = await publish(
      { table, mode: 'replace', fields: people },
      `SELECT 9::INTEGER AS id, 'zed' AS name`,
    );
    expect(third.record).toMatchObject({ version: 3, rows: 1 });
    expect(await rowsOf('people')).toEqual([['9', 'zed']]);
    const [described] = await destination.describe([table, named('none')], never);
    expect(described?.record).toEqual(third.record);
    expect((await destination.describe([table, named('none')], never))[1]).toBeUndefined();
  });

  it('merges by key, with soft and hard deletes', async () => {
    const table = named('merged');
    const base = { table, mode: 'merge' as const, fields: people, key: ['id'] };
    await publish(
      { ...base, deletes: 'soft' },
      `SELECT i::INTEGER AS id, 'v1' AS name FROM range(1, 6) r(i)`,
    );
    const gone = await stage.file(`SELECT i::INTEGER AS id FROM range(4, 6) r(i)`);
    const result = await publish(
      { ...base, deletes: 'soft', deletedKeys: () => [gone], loadedAt: '2026-02-01T00:00:00.000Z' },
      `SELECT i::INTEGER AS id, 'v2' AS name FROM (VALUES (2), (7)) r(i)`,
    );
    expect(result).toMatchObject({ rowsInserted: 1, rowsUpdated: 1, rowsDeleted: 2 });
    expect(await rowsOf('merged', 'id, name, deleted_at')).toEqual([
      ['1', 'v1', null],
      ['2', 'v2', null],
      ['3', 'v1', null],
      ['4', 'v1', '2026-02-01 00:00:00+00'],
      ['5', 'v1', '2026-02-01 00:00:00+00'],
      ['7', 'v2', null],
    ]);
    await publish({ ...base, deletes: 'soft' }, `SELECT 4::INTEGER AS id, 'back' AS name`);
    expect((await rowsOf('merged', 'id, name, deleted_at'))[3]).toEqual(['4', 'back', null]);
    const hard = await publish(
      { ...base, deletes: 'hard', deletedKeys: () => [gone] },
      `SELECT 1::INTEGER AS id, 'v3' AS name`,
    );
    expect(hard.rowsDeleted).toBe(2);
    expect((await rowsOf('merged')).map((row) => row[0])).toEqual(['1', '2', '3', '7']);
    const twice = await failureOf(
      publish(base, `SELECT 8::INTEGER AS id, 'a' AS name UNION ALL SELECT 8, 'b'`),
    );
    expect(twice.code).toBe('keyNotUnique');
    expect((await rowsOf('merged')).length).toBe(4);
  });

  it('keeps versions, and only of what changed', async () => {
    const table = named('versions');
    const base = {
      table,
      mode: 'scd2' as const,
      key: ['id'],
      fields: [...people, field('doc', { kind: 'json' })],
    };
    await publish(
      { ...base, loadedAt: '2026-01-01T00:00:00.000Z' },
      `SELECT i::INTEGER AS id, 'v1' AS name, '{"a": 1}' AS doc FROM range(1, 4) r(i)`,
    );
    const gone = await stage.file(`SELECT 3::INTEGER AS id`);
    const result = await publish(
      { ...base, loadedAt: '2026-01-02T00:00:00.000Z', deletedKeys: () => [gone] },
      `SELECT 1::INTEGER AS id, 'v1' AS name, '{"a": 1}' AS doc UNION ALL SELECT 2, 'v2', NULL UNION ALL SELECT 4, 'new', NULL`,
    );
    expect(result).toMatchObject({ rowsInserted: 2, rowsUpdated: 1, rowsDeleted: 1 });
    expect(await rowsOf('versions', 'id, name, doc, valid_from, valid_to, is_current')).toEqual([
      ['1', 'v1', '{"a": 1}', '2026-01-01 00:00:00+00', null, 't'],
      ['2', 'v1', '{"a": 1}', '2026-01-01 00:00:00+00', '2026-01-02 00:00:00+00', 'f'],
      ['2', 'v2', null, '2026-01-02 00:00:00+00', null, 't'],
      ['3', 'v1', '{"a": 1}', '2026-01-01 00:00:00+00', '2026-01-02 00:00:00+00', 'f'],
      ['4', 'new', null, '2026-01-02 00:00:00+00', null, 't'],
    ]);
  });

  it('applies schema changes in the transaction of the rows', async () => {
    const table = named('changing');
    await publish({ table, mode: 'append', fields: people }, `SELECT 1::INTEGER AS id, 'ann' AS name`);
    const wide: LogicalType = { kind: 'integer', bits: 64, signed: true };
    const changed = [field('id', wide), field('name', STRING), field('age', INT32)];
    await publish(
      {
        table,
        mode: 'append',
        fields: changed,
        changes: [
          { kind: 'addColumn', field: field('age', INT32) },
          { kind: 'widenColumn', column: 'id', from: INT32, to: wide },
          { kind: 'dropNotNull', column: 'id' },
        ],
      },
      `SELECT 5000000000::BIGINT AS id, 'bo' AS name, 7::INTEGER AS age UNION ALL SELECT NULL, NULL, NULL`,
    );
    expect(await rowsOf('changing')).toEqual(
      [
        ['1', 'ann', null],
        ['5000000000', 'bo', '7'],
        [null, null, null],
      ].sort((a, b) => (a[0] === null ? -1 : b[0] === null ? 1 : 0)),
    );
    await publish({ table, mode: 'append', fields: [field('id', wide)] }, `SELECT 2::BIGINT AS id`);
    expect((await rowsOf('changing')).length).toBe(4);
  });

  it('keeps grants through a swap, and works in place where a view would break', async () => {
    const table = named('seen');
    await publish({ table, mode: 'replace', fields: people }, `SELECT 1::INTEGER AS id, 'a' AS name`);
    await probe.run(
      'GRANT SELECT ON mart.seen TO PUBLIC; GRANT INSERT ON mart.seen TO pg_monitor WITH GRANT OPTION',
    );
    const acl = `SELECT a.grantee::regrole, a.privilege_type, a.is_grantable FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = 'mart.seen'::regclass ORDER BY 1::text, 2`;
    const before = await probe.rows(acl);
    const oid = await probe.rows(`SELECT 'mart.seen'::regclass::oid`);
    await publish({ table, mode: 'replace', fields: people }, `SELECT 2::INTEGER AS id, 'b' AS name`);
    expect(await probe.rows(acl)).toEqual(before);
    expect(await probe.rows(`SELECT 'mart.seen'::regclass::oid`)).not.toEqual(oid);
    await probe.run('CREATE VIEW mart.seen_names AS SELECT name FROM mart.seen');
    await publish(
      { table, mode: 'replace', fields: [...people, field('age', INT32)] },
      `SELECT 3::INTEGER AS id, 'c' AS name, 5::INTEGER AS age`,
    );
    expect(await rowsOf('seen_names')).toEqual([['c']]);
    expect(await rowsOf('seen')).toEqual([['3', 'c', '5']]);
    const drift = await failureOf(
      publish({ table, mode: 'replace', fields: [field('id', INT32)] }, `SELECT 1::INTEGER AS id`),
    );
    expect(drift).toMatchObject({ code: 'schemaDrift' });
    expect(drift.message).toContain('seen_names');
    expect(await rowsOf('seen')).toEqual([['3', 'c', '5']]);
  });

  it('publishes a run once', async () => {
    const table = named('once');
    const file = await stage.file(`SELECT 1::INTEGER AS id, 'a' AS name`);
    const request = publishRequest({ reader: stage.reader, table, mode: 'append', fields: people });
    const first = await destination.publish(request, filesOf(file), never);
    const second = await destination.publish({ ...request, fenceToken: 2 }, filesOf(file), never);
    expect(second).toMatchObject({ isAdopted: true, rowsInserted: 0, record: first.record });
    expect((await rowsOf('once')).length).toBe(1);
  });

  it('adopts a commit whose reply was lost', async () => {
    if (server === undefined) return;
    await using proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(server.connection['port']) });
    await using behind = new PostgresDestination(configOf(server, { tls: 'disable', port: proxy.port }));
    const file = await stage.file(`SELECT 1::INTEGER AS id, 'a' AS name`);
    const request = publishRequest({
      reader: stage.reader,
      table: named('lost'),
      mode: 'append',
      fields: people,
      checkpoint: (point) => {
        if (point === 'beforeCommit')
          proxy.arm({ kind: 'dropReply', how: 'cut', after: 'COMMIT' }, { times: 1 });
      },
    });
    const lost = await failureOf(behind.publish(request, filesOf(file), never));
    expect(lost).toMatchObject({ code: 'connectionLost', retry: 'backoff' });
    const { checkpoint: _, ...again } = request;
    expect(await behind.publish(again, filesOf(file), never)).toMatchObject({ isAdopted: true });
    expect((await rowsOf('lost')).length).toBe(1);
  });

  it('refuses a run whose lease is older than the last one seen', async () => {
    const table = named('fenced');
    await publish(
      { table, mode: 'append', fields: people, fenceToken: 7 },
      `SELECT 1::INTEGER AS id, 'a' AS name`,
    );
    const late = await failureOf(
      publish(
        { table, mode: 'append', fields: people, fenceToken: 6 },
        `SELECT 2::INTEGER AS id, 'b' AS name`,
      ),
    );
    expect(late).toMatchObject({ code: 'fenced', retry: 'never' });
    // A newer lease that publishes while the old one still loads.
    const file = await stage.file(`SELECT 3::INTEGER AS id, 'c' AS name`);
    const slow = publishRequest({
      reader: stage.reader,
      table,
      mode: 'append',
      fields: people,
      fenceToken: 8,
    });
    const overtaken = destination.publish(
      slow,
      (async function* () {
        yield file;
        await publish(
          { table, mode: 'append', fields: people, fenceToken: 9 },
          `SELECT 4::INTEGER AS id, 'd' AS name`,
        );
      })(),
      never,
    );
    expect((await failureOf(overtaken)).code).toBe('fenced');
    expect((await rowsOf('fenced')).map((row) => row[0])).toEqual(['1', '4']);
  });

  it('leaves nothing behind when the rows end in an error, at any point', async () => {
    const table = named('broken');
    await publish({ table, mode: 'replace', fields: people }, `SELECT 1::INTEGER AS id, 'a' AS name`);
    const file = await stage.file(`SELECT 2::INTEGER AS id, 'b' AS name`);
    const stop = new Error('extraction failed');
    const request = publishRequest({ reader: stage.reader, table, mode: 'replace', fields: people });
    const failing = destination.publish(
      request,
      (async function* () {
        yield file;
        throw stop;
      })(),
      never,
    );
    await expect(failing).rejects.toBe(stop);
    for (const point of ['staged', 'beforeCommit']) {
      const checkpoint = (reached: string): void => {
        if (reached === point) throw stop;
      };
      await expect(destination.publish({ ...request, checkpoint }, filesOf(file), never)).rejects.toBe(stop);
    }
    const short = await failureOf(destination.publish(request, filesOf({ ...file, rows: 2 }), never));
    expect(short.code).toBe('rowCountMismatch');
    expect(await rowsOf('broken')).toEqual([['1', 'a']]);
    await expect
      .poll(() =>
        probe.rows(`SELECT relname FROM pg_class WHERE relname LIKE '\\_millrace\\_%' AND relkind = 'r'`),
      )
      .toEqual([]);
  });

  it('survives a crash of the server in the middle of a publish', async () => {
    const crashing = await startPrivateServer('postgres');
    if ('skipped' in crashing) return;
    await using _ = crashing;
    await using fragile = new PostgresDestination(configOf(crashing));
    const table = named('crashed');
    const file = await stage.file(`SELECT i::INTEGER AS id, 'a' AS name FROM range(10000) r(i)`);
    const request = publishRequest({
      reader: stage.reader,
      table,
      mode: 'merge',
      key: ['id'],
      fields: people,
    });
    let restarted: Promise<void> | undefined;
    const crash = async function* () {
      yield file;
      restarted = crashing.restart('immediate');
      await restarted;
    };
    const error = await failureOf(fragile.publish(request, crash(), never));
    expect(error).toMatchObject({ blame: 'destination', retry: 'backoff' });
    await restarted;
    expect(await fragile.describe([table], never)).toEqual([undefined]);
    expect(await fragile.publish(request, filesOf(file), never)).toMatchObject({
      rowsInserted: 10_000,
      isAdopted: false,
    });
  }, 180_000);

  it('a reader sees the old rows or the new ones, never none and never a mix', async () => {
    if (server === undefined) return;
    const table = named('polled');
    const load = (version: number) =>
      publish(
        { table, mode: 'replace', fields: people },
        `SELECT i::INTEGER AS id, 'v${version}' AS name FROM range(500) r(i)`,
      );
    await load(0);
    await using second = await openProbe({ connection: server.connection });
    let isDone = false;
    let polls = 0;
    const poll = async (reader: Probe, isRepeatable: boolean): Promise<void> => {
      while (!isDone) {
        if (isRepeatable) await reader.run('BEGIN ISOLATION LEVEL REPEATABLE READ');
        const rows = await reader.rows('SELECT count(*), count(DISTINCT name), min(name) FROM mart.polled');
        if (isRepeatable) await reader.run('COMMIT');
        expect(rows[0]?.slice(0, 2)).toEqual(['500', '1']);
        polls += 1;
      }
    };
    const polling = Promise.all([poll(probe, false), poll(second, true)]);
    try {
      for (let version = 1; version <= 50; version += 1) {
        // Half of them in place, which is another way.
        if (version === 25)
          await withProbe((other) => other.run('CREATE VIEW mart.polled_view AS SELECT * FROM mart.polled'));
        await load(version);
      }
    } finally {
      isDone = true;
    }
    await polling;
    expect(polls).toBeGreaterThan(50);
    expect((await probe.rows('SELECT min(name) FROM mart.polled'))[0]).toEqual(['v50']);
  }, 180_000);

  const withProbe = async (use: (other: Probe) => Promise<void>): Promise<void> => {
    if (server === undefined) return;
    await using other = await openProbe({ connection: server.connection });
    await use(other);
  };

  it('publishes names that look like anything but names, and refuses those PostgreSQL would cut', async () => {
    const names = [
      'select',
      `a"b`,
      `it's`,
      'Case',
      'case',
      'emoji 🦆',
      `x'); DROP TABLE people; --`,
      'ü'.repeat(31),
      '$1',
      '%s',
    ];
    const fields = names.map((name) => field(name, INT32));
    const table = { schema: 'mart odd "schema"', name: `t"'; -- 🦆` };
    const query = `SELECT ${names.map((_, index) => `${index}::INTEGER AS ${JSON.stringify(`c${index}`)}`).join(', ')}`;
    const renamed = `SELECT * FROM (${query}) AS q(${names.map((name) => `"${name === 'case' ? 'case_2' : name.replaceAll('"', '""')}"`).join(', ')})`;
    const usable = fields.map((each) => (each.name === 'case' ? { ...each, name: 'case_2' } : each));
    await publish({ table, mode: 'merge', key: ['select', `a"b`], fields: usable }, renamed);
    await publish({ table, mode: 'merge', key: ['select', `a"b`], fields: usable }, renamed);
    const [described] = await destination.describe([table], never);
    expect(described?.fields.map((each) => each.name)).toEqual(usable.map((each) => each.name));
    expect(described?.record?.version).toBe(2);
    const long = await failureOf(
      publish(
        { table: named('x'.repeat(64)), mode: 'append', fields: people },
        `SELECT 1::INTEGER AS id, 'a' AS name`,
      ),
    );
    expect(long.code).toBe('configInvalid');
  });

  it('publishes several tables at once over one open destination, also into a new schema', async () => {
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        publish(
          { table: { schema: 'mart fresh', name: `p${index}` }, mode: 'append', fields: people },
          `SELECT i::INTEGER AS id, 'x' AS name FROM range(1000) r(i)`,
        ),
      ),
    );
    expect(results.map((result) => result.rowsInserted)).toEqual(Array.from({ length: 6 }, () => 1000));
  });

  it('digests what it published, deleted rows and old versions left out', async () => {
    const request = { table: named('merged'), fields: people, key: ['id'], buckets: 4 };
    const all = await destination.digest(request, never);
    expect(all.reduce((sum, bucket) => sum + bucket.rows, 0n)).toBe(4n);
    expect(
      await destination.digest({ ...request, where: { kind: 'isNull', column: 'deleted_at' } }, never),
    ).toEqual(all);
    const current = await destination.digest(
      {
        table: named('versions'),
        fields: people,
        key: ['id'],
        buckets: 4,
        where: { kind: 'isTrue', column: 'is_current' },
      },
      never,
    );
    expect(current.reduce((sum, bucket) => sum + bucket.rows, 0n)).toBe(3n);
    const none = await destination.digest(
      {
        table: named('people'),
        fields: people,
        key: ['id'],
        buckets: 4,
        where: { kind: 'isNull', column: 'deleted_at' },
      },
      never,
    );
    expect(none.reduce((sum, bucket) => sum + bucket.rows, 0n)).toBe(1n);
  });
});
