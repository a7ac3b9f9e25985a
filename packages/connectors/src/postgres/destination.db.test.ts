import { testServer } from '@millrace/connector-sdk/testing';
import type { LogicalType } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  field,
  INT32,
  named,
  openDestinationTest,
  people,
  STRING,
  type DestinationTest,
} from './harness/destination-test.ts';
import { failureOf, never } from './harness/harness.ts';

const server = await testServer('postgres');

describe.skipIf(server === undefined)('PostgreSQL as a destination', () => {
  let made: DestinationTest;

  beforeAll(async () => {
    if (server !== undefined) made = await openDestinationTest(server);
  });

  afterAll(() => made?.[Symbol.asyncDispose]());

  it('appends, replaces and counts versions', async () => {
    const table = named('people');
    const first = await made.publish(
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
    await made.publish({ table, mode: 'append', fields: people }, `SELECT 3::INTEGER AS id, 'cy' AS name`);
    expect(await made.rowsOf('people')).toEqual([
      ['1', 'ann'],
      ['2', null],
      ['3', 'cy'],
    ]);
    const third = await made.publish(
      { table, mode: 'replace', fields: people },
      `SELECT 9::INTEGER AS id, 'zed' AS name`,
    );
    expect(third.record).toMatchObject({ version: 3, rows: 1 });
    expect(await made.rowsOf('people')).toEqual([['9', 'zed']]);
    const [described] = await made.destination.describe([table, named('none')], never);
    expect(described?.record).toEqual(third.record);
    expect((await made.destination.describe([table, named('none')], never))[1]).toBeUndefined();
  });

  it('merges by key, with soft and hard deletes', async () => {
    const table = named('merged');
    const base = { table, mode: 'merge' as const, fields: people, key: ['id'] };
    await made.publish(
      { ...base, deletes: 'soft' },
      `SELECT i::INTEGER AS id, 'v1' AS name FROM range(1, 6) r(i)`,
    );
    const gone = await made.stage.file(`SELECT i::INTEGER AS id FROM range(4, 6) r(i)`);
    const result = await made.publish(
      { ...base, deletes: 'soft', deletedKeys: () => [gone], loadedAt: '2026-02-01T00:00:00.000Z' },
      `SELECT i::INTEGER AS id, 'v2' AS name FROM (VALUES (2), (7)) r(i)`,
    );
    expect(result).toMatchObject({ rowsInserted: 1, rowsUpdated: 1, rowsDeleted: 2 });
    expect(await made.rowsOf('merged', 'id, name, deleted_at')).toEqual([
      ['1', 'v1', null],
      ['2', 'v2', null],
      ['3', 'v1', null],
      ['4', 'v1', '2026-02-01 00:00:00+00'],
      ['5', 'v1', '2026-02-01 00:00:00+00'],
      ['7', 'v2', null],
    ]);
    await made.publish({ ...base, deletes: 'soft' }, `SELECT 4::INTEGER AS id, 'back' AS name`);
    expect((await made.rowsOf('merged', 'id, name, deleted_at'))[3]).toEqual(['4', 'back', null]);
    const hard = await made.publish(
      { ...base, deletes: 'hard', deletedKeys: () => [gone] },
      `SELECT 1::INTEGER AS id, 'v3' AS name`,
    );
    expect(hard.rowsDeleted).toBe(2);
    expect((await made.rowsOf('merged')).map((row) => row[0])).toEqual(['1', '2', '3', '7']);
    const twice = await failureOf(
      made.publish(base, `SELECT 8::INTEGER AS id, 'a' AS name UNION ALL SELECT 8, 'b'`),
    );
    expect(twice.code).toBe('keyNotUnique');
    expect((await made.rowsOf('merged')).length).toBe(4);
  });

  it('keeps versions, and only of what changed', async () => {
    const table = named('versions');
    const base = {
      table,
      mode: 'scd2' as const,
      key: ['id'],
      fields: [...people, field('doc', { kind: 'json' })],
    };
    await made.publish(
      { ...base, loadedAt: '2026-01-01T00:00:00.000Z' },
      `SELECT i::INTEGER AS id, 'v1' AS name, '{"a": 1}' AS doc FROM range(1, 4) r(i)`,
    );
    const gone = await made.stage.file(`SELECT 3::INTEGER AS id`);
    const result = await made.publish(
      { ...base, loadedAt: '2026-01-02T00:00:00.000Z', deletedKeys: () => [gone] },
      `SELECT 1::INTEGER AS id, 'v1' AS name, '{"a": 1}' AS doc UNION ALL SELECT 2, 'v2', NULL UNION ALL SELECT 4, 'new', NULL`,
    );
    expect(result).toMatchObject({ rowsInserted: 2, rowsUpdated: 1, rowsDeleted: 1 });
    expect(await made.rowsOf('versions', 'id, name, doc, valid_from, valid_to, is_current')).toEqual([
      ['1', 'v1', '{"a": 1}', '2026-01-01 00:00:00+00', null, 't'],
      ['2', 'v1', '{"a": 1}', '2026-01-01 00:00:00+00', '2026-01-02 00:00:00+00', 'f'],
      ['2', 'v2', null, '2026-01-02 00:00:00+00', null, 't'],
      ['3', 'v1', '{"a": 1}', '2026-01-01 00:00:00+00', '2026-01-02 00:00:00+00', 'f'],
      ['4', 'new', null, '2026-01-02 00:00:00+00', null, 't'],
    ]);
  });

  it('applies schema changes in the transaction of the rows', async () => {
    const table = named('changing');
    await made.publish({ table, mode: 'append', fields: people }, `SELECT 1::INTEGER AS id, 'ann' AS name`);
    const wide: LogicalType = { kind: 'integer', bits: 64, signed: true };
    const changed = [field('id', wide), field('name', STRING), field('age', INT32)];
    await made.publish(
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
    expect(await made.rowsOf('changing')).toEqual(
      [
        ['1', 'ann', null],
        ['5000000000', 'bo', '7'],
        [null, null, null],
      ].sort((a, b) => (a[0] === null ? -1 : b[0] === null ? 1 : 0)),
    );
    await made.publish({ table, mode: 'append', fields: [field('id', wide)] }, `SELECT 2::BIGINT AS id`);
    expect((await made.rowsOf('changing')).length).toBe(4);
  });

  it('keeps grants through a swap, and works in place where a view would break', async () => {
    const table = named('seen');
    await made.publish({ table, mode: 'replace', fields: people }, `SELECT 1::INTEGER AS id, 'a' AS name`);
    await made.probe.run(
      'GRANT SELECT ON mart.seen TO PUBLIC; GRANT INSERT ON mart.seen TO pg_monitor WITH GRANT OPTION',
    );
    const acl = `SELECT a.grantee::regrole, a.privilege_type, a.is_grantable FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = 'mart.seen'::regclass ORDER BY 1::text, 2`;
    const before = await made.probe.rows(acl);
    const oid = await made.probe.rows(`SELECT 'mart.seen'::regclass::oid`);
    await made.publish({ table, mode: 'replace', fields: people }, `SELECT 2::INTEGER AS id, 'b' AS name`);
    expect(await made.probe.rows(acl)).toEqual(before);
    expect(await made.probe.rows(`SELECT 'mart.seen'::regclass::oid`)).not.toEqual(oid);
    await made.probe.run('CREATE VIEW mart.seen_names AS SELECT name FROM mart.seen');
    await made.publish(
      { table, mode: 'replace', fields: [...people, field('age', INT32)] },
      `SELECT 3::INTEGER AS id, 'c' AS name, 5::INTEGER AS age`,
    );
    expect(await made.rowsOf('seen_names')).toEqual([['c']]);
    expect(await made.rowsOf('seen')).toEqual([['3', 'c', '5']]);
    const drift = await failureOf(
      made.publish({ table, mode: 'replace', fields: [field('id', INT32)] }, `SELECT 1::INTEGER AS id`),
    );
    expect(drift).toMatchObject({ code: 'schemaDrift' });
    expect(drift.message).toContain('seen_names');
    expect(await made.rowsOf('seen')).toEqual([['3', 'c', '5']]);
  });

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
    await made.publish({ table, mode: 'merge', key: ['select', `a"b`], fields: usable }, renamed);
    await made.publish({ table, mode: 'merge', key: ['select', `a"b`], fields: usable }, renamed);
    const [described] = await made.destination.describe([table], never);
    expect(described?.fields.map((each) => each.name)).toEqual(usable.map((each) => each.name));
    expect(described?.record?.version).toBe(2);
    const long = await failureOf(
      made.publish(
        { table: named('x'.repeat(64)), mode: 'append', fields: people },
        `SELECT 1::INTEGER AS id, 'a' AS name`,
      ),
    );
    expect(long.code).toBe('configInvalid');
  });

  it('publishes several tables at once over one open destination, also into a new schema', async () => {
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        made.publish(
          { table: { schema: 'mart fresh', name: `p${index}` }, mode: 'append', fields: people },
          `SELECT i::INTEGER AS id, 'x' AS name FROM range(1000) r(i)`,
        ),
      ),
    );
    expect(results.map((result) => result.rowsInserted)).toEqual(Array.from({ length: 6 }, () => 1000));
  });

  it('digests what it published, deleted rows and old versions left out', async () => {
    const request = { table: named('merged'), fields: people, key: ['id'], buckets: 4 };
    const all = await made.destination.digest(request, never);
    expect(all.reduce((sum, bucket) => sum + bucket.rows, 0n)).toBe(4n);
    expect(
      await made.destination.digest({ ...request, where: { kind: 'isNull', column: 'deleted_at' } }, never),
    ).toEqual(all);
    const current = await made.destination.digest(
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
    const none = await made.destination.digest(
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
