import { filesOf, publishRequest } from '@millrace/connector-sdk/testing';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openDuckdbDestination } from '../destination.ts';
import { escapeAttempts } from '../harness/escape-attempts.ts';
import { field, INT64, STRING } from '../harness/test-fields.ts';
import { noSignal, openTestWarehouse, type TestWarehouse } from '../harness/test-warehouse.ts';

const fields = [field('id', INT64, false), field('note', STRING)];

async function publishNotes(warehouse: TestWarehouse): Promise<void> {
  for (const [name, mode] of [
    ['view', 'replace'],
    ['stored', 'append'],
    ['stored', 'append'],
  ] as const) {
    const file = await warehouse.stage.file(
      "SELECT i AS id, chr(65279) || 'note ' || i AS note FROM range(5) r(i)",
    );
    const table = { schema: 'shop', name };
    await warehouse.destination.publish(publishRequest({ table, mode, fields }), filesOf(file), noSignal);
  }
}

function query(warehouse: TestWarehouse, sql: string, maxRows = 100) {
  if (warehouse.destination.query === undefined) throw new Error('The destination answers no queries.');
  return warehouse.destination.query({ sql, maxRows }, noSignal);
}

describe('query', () => {
  it('reads stored tables and tables of files as exact text', async () => {
    await using warehouse = await openTestWarehouse();
    await publishNotes(warehouse);
    const sql =
      'SELECT v.id, v.note, 1.50::DECIMAL(9,2) AS id FROM shop.view v JOIN shop.stored s USING (id) ORDER BY v.id LIMIT 1; -- done';
    expect(await query(warehouse, sql)).toEqual({
      columns: [
        { name: 'id', type: 'BIGINT' },
        { name: 'note', type: 'VARCHAR' },
        { name: 'id', type: 'DECIMAL(9,2)' },
      ],
      rows: [['0', '\uFEFFnote 0', '1.50']],
      isTruncated: false,
    });
  });

  it('says that rows were left out', async () => {
    await using warehouse = await openTestWarehouse();
    await publishNotes(warehouse);
    expect(await query(warehouse, 'FROM shop.stored', 10)).toMatchObject({ isTruncated: false });
    const cut = await query(warehouse, 'FROM shop.stored', 9);
    expect(cut).toMatchObject({ isTruncated: true });
    expect(cut.rows).toHaveLength(9);
  });

  it('describes, summarizes and explains', async () => {
    await using warehouse = await openTestWarehouse();
    await publishNotes(warehouse);
    for (const sql of [
      'SHOW ALL TABLES',
      'DESCRIBE shop.view',
      'SUMMARIZE shop.stored',
      'EXPLAIN FROM shop.view',
      "SELECT current_setting('threads')",
    ]) {
      expect((await query(warehouse, sql)).rows.length, sql).toBeGreaterThan(0);
    }
  });

  it('leaves the destination usable', async () => {
    await using warehouse = await openTestWarehouse();
    await publishNotes(warehouse);
    await query(warehouse, 'SELECT 1');
    await publishNotes(warehouse);
    expect((await query(warehouse, 'SELECT count(*) FROM shop.stored')).rows).toEqual([['20']]);
  });

  it('reads tables of files after the folder has moved', async () => {
    await using warehouse = await openTestWarehouse();
    await publishNotes(warehouse);
    await warehouse.destination[Symbol.asyncDispose]();
    const moved = join(warehouse.folder, "else where's");
    renameSync(join(warehouse.folder, 'shop'), moved);
    const config = { ...warehouse.config, path: join(moved, 'warehouse.duckdb') };
    await using destination = await openDuckdbDestination(config, noSignal);
    const answer = await destination.query?.({ sql: 'SELECT count(*) FROM shop.view', maxRows: 1 }, noSignal);
    expect(answer?.rows).toEqual([['5']]);
  });

  it('reports a wrong statement as the author’s', async () => {
    await using warehouse = await openTestWarehouse();
    await publishNotes(warehouse);
    for (const sql of [
      'SELEC 1',
      'FROM nowhere',
      'SELECT 1; SELECT 2',
      '',
      'SELECT ?',
      "SELECT 'x'::INTEGER",
      "SELECT error('no')",
    ]) {
      await expect(query(warehouse, sql), sql).rejects.toMatchObject({
        code: 'queryFailed',
        blame: 'config',
      });
    }
  });

  it('stops with its signal', async () => {
    await using warehouse = await openTestWarehouse();
    await publishNotes(warehouse);
    const stop = AbortSignal.timeout(200);
    const endless = warehouse.destination.query?.(
      { sql: 'SELECT count(*) FROM range(100000000000) a, range(1000) b', maxRows: 1 },
      stop,
    );
    const started = performance.now();
    await expect(endless).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - started).toBeLessThan(1500);
  });
});

describe('a query cannot', () => {
  it('write, reach files or the network, or unlock itself', async () => {
    await using warehouse = await openTestWarehouse();
    await publishNotes(warehouse);
    let requests = 0;
    await using server = createServer((_, response) => {
      requests += 1;
      response.end('1');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const secret = join(warehouse.folder, 'secret.csv');
    writeFileSync(secret, 'canary\n');
    const files = `${warehouse.config.path}.files`;
    mkdirSync(files, { recursive: true });
    symlinkSync(secret, join(files, 'link.csv'));
    for (const sql of escapeAttempts({
      folder: warehouse.folder,
      path: warehouse.config.path,
      secret,
      port,
    })) {
      await expect(query(warehouse, sql), sql).rejects.toMatchObject({
        code: 'queryFailed',
        blame: 'config',
      });
    }
    expect(requests).toBe(0);
    expect((await query(warehouse, 'SELECT count(*) FROM shop.stored')).rows).toEqual([['10']]);
    const link = query(warehouse, `SELECT * FROM read_text('${files}/link.csv')`);
    await expect(link).rejects.toMatchObject({ code: 'queryFailed' });
  });
});
