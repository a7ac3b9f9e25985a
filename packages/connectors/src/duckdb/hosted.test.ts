import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

import type { HostedSystem, QueryRequest, QueryResult } from '@millrace/connector-sdk';
import {
  filesOf,
  publishRequest,
  temporaryFolder,
  testStage,
  type TestStage,
} from '@millrace/connector-sdk/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { duckdbConfig } from './config.ts';
import { escapeAttempts } from './harness/escape-attempts.ts';
import { field, INT64, STRING } from './harness/test-fields.ts';
import { noSignal } from './harness/test-warehouse.ts';
import { openHostedWarehouse } from './hosted.ts';

const folder = temporaryFolder('hosted');
const config = duckdbConfig.parse({ path: join(folder.path, 'warehouse.duckdb'), threads: 2 });
const fields = [field('id', INT64, false), field('note', STRING)];
let system: HostedSystem;
let stage: TestStage;

beforeAll(async () => {
  stage = await testStage();
  system = await openHostedWarehouse(config, noSignal);
  for (const [name, mode] of [
    ['view', 'replace'],
    ['stored', 'append'],
    ['stored', 'append'],
  ] as const)
    await publish(name, mode, "SELECT i AS id, 'note ' || i AS note FROM range(5) r(i)");
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
  folder.remove();
});

async function publish(name: string, mode: 'replace' | 'append' | 'merge', rows: string): Promise<void> {
  const key = mode === 'merge' ? ['id'] : [];
  const request = publishRequest({ table: { schema: 'shop', name }, mode, fields, key });
  await system.destination.publish(request, filesOf(await stage.file(rows)), noSignal);
}

async function query(sql: string, parts: Partial<QueryRequest> = {}): Promise<QueryResult> {
  const answer = await system.destination.query?.({ sql, maxRows: 100, ...parts }, noSignal);
  if (answer === undefined) throw new Error('The destination answers no queries.');
  return answer;
}

const refused = { code: 'queryFailed', blame: 'config' };

describe('a hosted warehouse', () => {
  it('publishes in every form while it is locked, and leaves nothing on the way', async () => {
    expect((await query('SELECT count(*) FROM shop.view')).rows).toEqual([['5']]);
    expect((await query('SELECT count(*) FROM shop.stored')).rows).toEqual([['10']]);
    await publish('merged', 'merge', "SELECT i AS id, 'a' AS note FROM range(3) r(i)");
    await publish('merged', 'merge', "SELECT i AS id, 'b' AS note FROM range(2, 5) r(i)");
    const merged = await query('SELECT note, count(*) FROM shop.merged GROUP BY 1 ORDER BY 1');
    expect(merged.rows).toEqual([
      ['a', '2'],
      ['b', '3'],
    ]);
    expect(readdirSync(join(`${config.path}.files`, '.passing'))).toEqual([]);
  });

  it('answers while a publication is under way, from the version before', async () => {
    let during: QueryResult | undefined;
    const asked: Promise<void>[] = [];
    const request = publishRequest({
      table: { schema: 'shop', name: 'stored' },
      mode: 'append',
      fields,
      checkpoint: (point) => {
        if (point !== 'beforeCommit') return;
        asked.push(
          query('SELECT count(*) FROM shop.stored').then((answer) => {
            during = answer;
          }),
        );
      },
    });
    const file = await stage.file("SELECT 1::BIGINT AS id, 'late' AS note");
    await system.destination.publish(request, filesOf(file), noSignal);
    await Promise.all(asked);
    expect(['10', '11']).toContain(during?.rows[0]?.[0]);
    expect((await query('SELECT count(*) FROM shop.stored')).rows).toEqual([['11']]);
  });

  it('reads tables for a run into files of the run', async () => {
    const [table] = await system.source.discover({ include: ['shop.view'], exclude: [] }, noSignal);
    if (table === undefined) throw new Error('shop.view was not discovered.');
    const scratchFolder = join(folder.path, 'scratch');
    mkdirSync(scratchFolder);
    const request = { table, fields: table.fields, cursor: null, position: null, scratchFolder };
    const read = await Array.fromAsync(system.source.read(request, noSignal));
    expect(read).toMatchObject([{ kind: 'parquet', rows: 5 }]);
    expect(readdirSync(scratchFolder)).toHaveLength(1);
  });

  it('describes, summarizes and explains datasets', async () => {
    for (const sql of [
      'DESCRIBE shop.view',
      'SUMMARIZE shop.stored',
      'EXPLAIN FROM shop.view',
      'explain analyze SELECT count(*) FROM shop.stored',
      'WITH v AS (FROM shop.view) SELECT * FROM v JOIN range(3) r(i) ON i = id',
      'FROM _warehouse.shop.view',
      'FROM (VALUES (1)) t(i)',
      'PIVOT shop.view ON id IN (1, 2) USING count(*)',
    ])
      expect((await query(sql)).rows.length, sql).toBeGreaterThan(0);
  });

  it('reads nothing but the tables that the question may read', async () => {
    const tables = [{ schema: 'shop', name: 'view' }];
    expect((await query('FROM shop.view', { tables })).rows).toHaveLength(5);
    expect((await query('FROM SHOP."View"', { tables })).rows).toHaveLength(5);
    for (const sql of [
      'FROM shop.stored',
      'SELECT (SELECT max(id) FROM shop.stored)',
      'WITH stored AS (FROM shop.stored) FROM stored',
      'FROM shop.view WHERE id IN (SELECT id FROM shop.stored)',
      'DESCRIBE shop.stored',
      'SUMMARIZE shop.stored',
      'EXPLAIN FROM shop.stored',
      "FROM query('FROM shop.stored')",
      "FROM query_table('shop.stored')",
      'FROM shop.view UNION ALL FROM shop.stored',
      'FROM _warehouse.shop.stored',
      'FROM _millrace.publications',
      'FROM information_schema.tables',
      'FROM duckdb_tables()',
      'FROM duckdb_tables',
      'FROM pg_catalog.pg_tables',
      'SHOW ALL TABLES',
      'SHOW TABLES',
      'FROM view',
      'PIVOT shop.stored ON id IN (1, 2) USING count(*)',
      `FROM '${config.path}.files/shop/view/x.parquet'`,
    ])
      await expect(query(sql, { tables }), sql).rejects.toMatchObject(refused);
    await expect(query('FROM shop.veiw', { tables })).rejects.toThrow('Did you mean shop.view?');
  });

  it('is not changed by a question, which reaches no file and no network', async () => {
    let requests = 0;
    await using server = createServer((_, response) => {
      requests += 1;
      response.end('1');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const secret = join(folder.path, 'secret.csv');
    writeFileSync(secret, 'canary\n');
    const attempts = [
      ...escapeAttempts({ folder: folder.path, path: config.path, secret, port }),
      'FROM enable_logging()',
      'FROM enable_profiling()',
      'FROM checkpoint()',
      'FROM force_checkpoint()',
      'EXPLAIN ANALYZE FROM enable_logging()',
      'SELECT * FROM (SELECT 1) JOIN LATERAL (FROM enable_logging()) ON true',
      "SELECT getenv('PATH')",
      'BEGIN',
      'COMMIT; DROP TABLE shop.stored',
      `SELECT * FROM read_parquet('${config.path}.files/**/*.parquet')`,
    ];
    for (const sql of attempts) await expect(query(sql), sql).rejects.toMatchObject(refused);
    expect(requests).toBe(0);
    expect((await query('SELECT count(*) FROM shop.stored')).rows).toEqual([['11']]);
  });

  it('exports an answer, in which a spreadsheet finds no formula', async () => {
    const sql = `SELECT * FROM (VALUES (1, '=1+1', -5, DATE '2026-01-02'), (2, ' safe', 7, NULL), (3, '＝2', 0, NULL), (4, '-3', 0, NULL), (5, chr(9) || 'x', 0, NULL)) t(id, "=note", n, d) WHERE id > (SELECT -min(id) FROM shop.view)`;
    const written = async (format: 'csv' | 'json' | 'parquet' | 'xlsx', isRaw = false): Promise<string> => {
      const path = join(folder.path, `export.${format}`);
      const shares: number[] = [];
      const result = await system.destination.export?.(
        { sql, format, path, isRaw },
        (share) => shares.push(share),
        noSignal,
      );
      expect(result).toEqual({ rows: 5, tables: [{ schema: 'shop', name: 'view' }] });
      return readFileSync(path, 'latin1');
    };
    expect(Buffer.from(await written('csv'), 'latin1').toString()).toBe(
      "id,'=note,n,d\n1,'=1+1,-5,2026-01-02\n2,' safe',7,\n3,'＝2,0,\n4,'-3,0,\n5,'\tx,0,\n".replace(
        "' safe'",
        ' safe',
      ),
    );
    expect(await written('csv', true)).toContain('1,=1+1,-5');
    expect(JSON.parse(await written('json'))[0]).toEqual({ id: 1, '=note': '=1+1', n: -5, d: '2026-01-02' });
    expect((await written('parquet')).slice(0, 4)).toBe('PAR1');
    expect((await written('xlsx')).slice(0, 4)).toBe('PK\u0003\u0004');
    expect(readdirSync(join(`${config.path}.files`, '.passing'))).toEqual([]);
  });

  it('ends an answer where its text gets too long', async () => {
    const answer = await query("SELECT repeat('x', 1000) FROM range(50)", { maxBytes: 10_500 });
    expect(answer).toMatchObject({ isTruncated: true });
    expect(answer.rows).toHaveLength(10);
  });

  it('stops with its signal', async () => {
    const sql = 'SELECT count(*) FROM range(100000000000) a, range(1000) b';
    const endless = system.destination.query?.({ sql, maxRows: 1 }, AbortSignal.timeout(200));
    const started = performance.now();
    await expect(endless).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - started).toBeLessThan(1500);
  });
});
