import { filesOf, publishRequest } from '@millrace/connector-sdk/testing';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { PipelineError } from '@millrace/connector-sdk';
import { DELETED_AT_FIELD } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { openDuckdbDestination } from '../destination.ts';
import { field, INT32, INT64, STRING } from '../harness/test-fields.ts';
import { changeFile, noSignal, openTestWarehouse } from '../harness/test-warehouse.ts';

const table = { schema: 'shop', name: 'orders' };
const fields = [field('id', INT64, false), field('status', STRING)];

describe('replace', () => {
  it('publishes the staged rows as a view and remembers the position', async () => {
    await using warehouse = await openTestWarehouse();
    const file = await warehouse.stage.file("SELECT i AS id, 'new' AS status FROM range(3) r(i)");
    const request = publishRequest({ table, mode: 'replace', fields });
    const result = await warehouse.destination.publish(request, filesOf(file), noSignal);
    expect(result).toMatchObject({ rowsInserted: 3, rowsUpdated: 0, rowsDeleted: 0, isAdopted: false });
    expect(await warehouse.rows('FROM shop.orders ORDER BY id')).toEqual([
      ['0', 'new'],
      ['1', 'new'],
      ['2', 'new'],
    ]);
    const [described] = await warehouse.destination.describe([{ schema: 'SHOP', name: 'Orders' }], noSignal);
    expect(described).toEqual({ table, fields, record: result.record, estimatedRows: 3 });
    expect(result.record).toMatchObject({ version: 1, rows: 3, position: { after: request.runId } });
  });

  it('keeps the files of two versions and removes the rest', async () => {
    await using warehouse = await openTestWarehouse();
    for (const version of [1, 2, 3]) {
      const file = await warehouse.stage.file(`SELECT ${version}::BIGINT AS id, 'x' AS status`);
      await warehouse.destination.publish(
        publishRequest({ table, mode: 'replace', fields }),
        filesOf(file),
        noSignal,
      );
    }
    const versions = readdirSync(join(`${warehouse.config.path}.files`, 'shop', 'orders'));
    expect(versions.map((name) => String(name.split('-')[0])).toSorted()).toEqual(['2', '3']);
    expect(await warehouse.rows('FROM shop.orders')).toEqual([['3', 'x']]);
  });

  it('publishes an empty load as an empty table', async () => {
    await using warehouse = await openTestWarehouse();
    await warehouse.destination.publish(
      publishRequest({ table, mode: 'replace', fields }),
      filesOf(),
      noSignal,
    );
    expect(await warehouse.rows('SELECT count(*) FROM shop.orders')).toEqual([['0']]);
    const [described] = await warehouse.destination.describe([table], noSignal);
    expect(described?.fields).toEqual(fields);
  });

  it('adopts a run that was published before', async () => {
    await using warehouse = await openTestWarehouse();
    const first = await warehouse.stage.file("SELECT 1::BIGINT AS id, 'x' AS status");
    const request = publishRequest({ table, mode: 'replace', fields });
    const { record } = await warehouse.destination.publish(request, filesOf(first), noSignal);
    const again = await warehouse.destination.publish(request, filesOf(first), noSignal);
    expect(again).toEqual({ record, rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0, isAdopted: true });
  });

  it('refuses a fence token lower than the last one', async () => {
    await using warehouse = await openTestWarehouse();
    const file = await warehouse.stage.file("SELECT 1::BIGINT AS id, 'x' AS status");
    await warehouse.destination.publish(
      publishRequest({ table, mode: 'replace', fields, fenceToken: 7 }),
      filesOf(file),
      noSignal,
    );
    const stale = warehouse.destination.publish(
      publishRequest({ table, mode: 'replace', fields, fenceToken: 6 }),
      filesOf(file),
      noSignal,
    );
    await expect(stale).rejects.toMatchObject({
      code: 'fenced',
      retry: 'never',
    } satisfies Partial<PipelineError>);
  });

  it('refuses files with other rows than the manifest says', async () => {
    await using warehouse = await openTestWarehouse();
    const file = await warehouse.stage.file("SELECT 1::BIGINT AS id, 'x' AS status");
    const wrong = warehouse.destination.publish(
      publishRequest({ table, mode: 'replace', fields }),
      filesOf({ ...file, rows: 2 }),
      noSignal,
    );
    await expect(wrong).rejects.toMatchObject({ code: 'rowCountMismatch' });
    expect(await warehouse.destination.describe([table], noSignal)).toEqual([undefined]);
  });

  it('refuses a table that Millrace did not make', async () => {
    await using warehouse = await openTestWarehouse();
    const file = await warehouse.stage.file("SELECT 1::BIGINT AS id, 'x' AS status");
    await warehouse.destination[Symbol.asyncDispose]();
    await changeFile(warehouse.config, 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id INTEGER)');
    await using destination = await openDuckdbDestination(warehouse.config, noSignal);
    const refused = destination.publish(
      publishRequest({ table, mode: 'replace', fields }),
      filesOf(file),
      noSignal,
    );
    await expect(refused).rejects.toMatchObject({ code: 'configInvalid', blame: 'config' });
    expect(await destination.describe([table], noSignal)).toMatchObject([
      { record: null, fields: [field('id', INT32)] },
    ]);
  });
});

describe('append', () => {
  it('adds rows to a view by making it a table', async () => {
    await using warehouse = await openTestWarehouse();
    for (const id of [1, 2]) {
      const file = await warehouse.stage.file(`SELECT ${id}::BIGINT AS id, 'x' AS status`);
      const { record } = await warehouse.destination.publish(
        publishRequest({ table, mode: 'append', fields }),
        filesOf(file),
        noSignal,
      );
      expect(record.version).toBe(id);
    }
    expect(await warehouse.rows('FROM shop.orders ORDER BY id')).toEqual([
      ['1', 'x'],
      ['2', 'x'],
    ]);
    const [described] = await warehouse.destination.describe([table], noSignal);
    expect(described).toMatchObject({ fields, estimatedRows: 2 });
  });
});

describe('merge', () => {
  const request = (parts: object) => publishRequest({ table, mode: 'merge', fields, key: ['id'], ...parts });

  it('replaces rows by key, adds new ones and keeps the rest', async () => {
    await using warehouse = await openTestWarehouse();
    const base = await warehouse.stage.file("SELECT i AS id, 'old' AS status FROM range(4) r(i)");
    await warehouse.destination.publish(request({}), filesOf(base), noSignal);
    const delta = await warehouse.stage.file("SELECT i AS id, 'new' AS status FROM range(3, 6) r(i)");
    const result = await warehouse.destination.publish(request({}), filesOf(delta), noSignal);
    expect(result).toMatchObject({ rowsInserted: 2, rowsUpdated: 1, rowsDeleted: 0 });
    expect(await warehouse.rows('SELECT status, count(*) FROM shop.orders GROUP BY 1 ORDER BY 1')).toEqual([
      ['new', '3'],
      ['old', '3'],
    ]);
  });

  it('marks deleted rows, and unmarks a key that comes back', async () => {
    await using warehouse = await openTestWarehouse();
    const base = await warehouse.stage.file("SELECT i AS id, 'old' AS status FROM range(3) r(i)");
    await warehouse.destination.publish(request({ deletes: 'soft' }), filesOf(base), noSignal);
    const gone = await warehouse.stage.file('SELECT i AS id FROM range(2) r(i)');
    const loadedAt = '2026-05-01T10:00:00.123456Z';
    const deleted = request({ deletes: 'soft', deletedKeys: () => [gone], loadedAt });
    expect(await warehouse.destination.publish(deleted, filesOf(), noSignal)).toMatchObject({
      rowsDeleted: 2,
    });
    const back = await warehouse.stage.file("SELECT 0::BIGINT AS id, 'back' AS status");
    await warehouse.destination.publish(request({ deletes: 'soft' }), filesOf(back), noSignal);
    expect(await warehouse.rows('FROM shop.orders ORDER BY id')).toEqual([
      ['0', 'back', null],
      ['1', 'old', '2026-05-01 10:00:00.123456+00'],
      ['2', 'old', null],
    ]);
    const [described] = await warehouse.destination.describe([table], noSignal);
    expect(described?.fields).toEqual([...fields, DELETED_AT_FIELD]);
  });

  it('removes deleted rows', async () => {
    await using warehouse = await openTestWarehouse();
    const base = await warehouse.stage.file("SELECT i AS id, 'old' AS status FROM range(3) r(i)");
    await warehouse.destination.publish(request({}), filesOf(base), noSignal);
    const gone = await warehouse.stage.file('SELECT i AS id FROM range(2) r(i)');
    const result = await warehouse.destination.publish(
      request({ deletes: 'hard', deletedKeys: () => [gone] }),
      filesOf(),
      noSignal,
    );
    expect(result).toMatchObject({ rowsDeleted: 2 });
    expect(await warehouse.rows('SELECT id FROM shop.orders')).toEqual([['2']]);
    expect(await warehouse.destination.describe([table], noSignal)).toMatchObject([{ estimatedRows: 1 }]);
  });

  it('evolves the table in the transaction of the rows', async () => {
    await using warehouse = await openTestWarehouse();
    const narrow = [
      field('id', { kind: 'integer', bits: 32, signed: true }, false),
      field('status', STRING, false),
      field('note', STRING),
    ];
    const base = await warehouse.stage.file("SELECT 1::INTEGER AS id, 'a' AS status, 'n' AS note");
    await warehouse.destination.publish(request({ fields: narrow }), filesOf(base), noSignal);
    const delta = await warehouse.stage.file(
      'SELECT 5000000000::BIGINT AS id, NULL::VARCHAR AS status, 1.50::DECIMAL(9,2) AS price',
    );
    const price = field('price', { kind: 'decimal', precision: 9, scale: 2 });
    const changes = [
      { kind: 'addColumn', field: price },
      { kind: 'widenColumn', column: 'id', from: INT32, to: INT64 },
      { kind: 'dropNotNull', column: 'status' },
    ];
    await warehouse.destination.publish(
      request({ fields: [...fields, price], changes }),
      filesOf(delta),
      noSignal,
    );
    expect(await warehouse.rows('FROM shop.orders ORDER BY id')).toEqual([
      ['1', 'a', 'n', null],
      ['5000000000', null, null, '1.50'],
    ]);
    const [described] = await warehouse.destination.describe([table], noSignal);
    expect(described?.fields).toEqual([
      field('id', INT64, false),
      field('status', STRING),
      field('note', STRING),
      price,
    ]);
  });
});

describe('scd2', () => {
  it('keeps a version per change and closes deleted rows', async () => {
    await using warehouse = await openTestWarehouse();
    const request = (day: number, parts: object = {}) =>
      publishRequest({
        table,
        mode: 'scd2',
        fields,
        key: ['id'],
        loadedAt: `2026-01-0${day}T00:00:00Z`,
        ...parts,
      });
    const first = await warehouse.stage.file("SELECT i AS id, 'old' AS status FROM range(3) r(i)");
    await warehouse.destination.publish(request(1), filesOf(first), noSignal);
    const second = await warehouse.stage.file(
      "SELECT i AS id, CASE i WHEN 1 THEN 'changed' ELSE 'old' END AS status FROM range(4) r(i)",
    );
    const changed = await warehouse.destination.publish(request(2), filesOf(second), noSignal);
    expect(changed).toMatchObject({ rowsInserted: 2, rowsUpdated: 1, rowsDeleted: 0 });
    const gone = await warehouse.stage.file('SELECT 0::BIGINT AS id');
    const deleted = await warehouse.destination.publish(
      request(3, { deletedKeys: () => [gone] }),
      filesOf(),
      noSignal,
    );
    expect(deleted).toMatchObject({ rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 1 });
    expect(
      await warehouse.rows(
        'SELECT id, status, valid_from::DATE, valid_to::DATE, is_current FROM shop.orders ORDER BY id, valid_from',
      ),
    ).toEqual([
      ['0', 'old', '2026-01-01', '2026-01-03', 'false'],
      ['1', 'old', '2026-01-01', '2026-01-02', 'false'],
      ['1', 'changed', '2026-01-02', null, 'true'],
      ['2', 'old', '2026-01-01', null, 'true'],
      ['3', 'old', '2026-01-02', null, 'true'],
    ]);
  });
});

describe('a large first load', () => {
  it.each(['append', 'merge', 'scd2'] as const)('is stored by DuckDB itself: %s', async (mode) => {
    await using warehouse = await openTestWarehouse();
    const file = await warehouse.stage.file("SELECT i AS id, 'old' AS status FROM range(150000) r(i)");
    const parts = {
      table,
      mode,
      fields,
      key: ['id'],
      deletes: 'soft',
      loadedAt: '2026-01-01T00:00:00Z',
    } as const;
    await warehouse.destination.publish(publishRequest(parts), filesOf(file), noSignal);
    expect(
      await warehouse.rows("SELECT table_type FROM information_schema.tables WHERE table_name = 'orders'"),
    ).toEqual([['BASE TABLE']]);
    const delta = await warehouse.stage.file(
      "SELECT i AS id, 'new' AS status FROM range(149999, 150001) r(i)",
    );
    const result = await warehouse.destination.publish(
      publishRequest({ ...parts, loadedAt: '2026-01-02T00:00:00Z' }),
      filesOf(delta),
      noSignal,
    );
    expect(result).toMatchObject(
      {
        append: { rowsInserted: 2 },
        merge: { rowsInserted: 1, rowsUpdated: 1 },
        scd2: { rowsInserted: 2, rowsUpdated: 1 },
      }[mode],
    );
    const total = { append: '150002', merge: '150001', scd2: '150002' }[mode];
    expect(await warehouse.rows('SELECT count(*) FROM shop.orders')).toEqual([[total]]);
    if (mode === 'scd2')
      expect(await warehouse.rows('SELECT count(*) FROM shop.orders WHERE is_current')).toEqual([['150001']]);
  });
});
