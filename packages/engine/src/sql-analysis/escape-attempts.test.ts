import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { isSqlProblem, type SqlAnalyser } from '@millrace/compiler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { lockDatabase } from '../stage/lock-database.ts';
import { openSqlAnalyser } from './open-sql-analyser.ts';

const CANARY = 'canary-7f3a-outside';

let root: string;
let run: string;
let instance: DuckDBInstance;
let connection: DuckDBConnection;
let analyser: SqlAnalyser & AsyncDisposable;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'millrace-escape-')));
  run = join(root, 'run');
  await mkdir(join(run, 'scratch'), { recursive: true });
  await mkdir(join(root, 'run-of-another'));
  await writeFile(join(root, 'secret.csv'), `a\n${CANARY}\n`);
  await writeFile(join(root, 'secret.json'), JSON.stringify({ a: CANARY }));
  await writeFile(join(root, 'run-of-another', 'secret.csv'), `a\n${CANARY}\n`);
  await symlink(join(root, 'secret.csv'), join(run, 'link.csv'));
  await symlink(root, join(run, 'up'));
  instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: '64MiB',
    temp_directory: join(root, 'scratch'),
  });
  connection = await instance.connect();
  await connection.run(`COPY (SELECT '${CANARY}' AS a) TO '${join(root, 'secret.parquet')}'`);
  await connection.run(`COPY (SELECT range AS id FROM range(1000)) TO '${join(run, 'part-0.parquet')}'`);
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  await lockDatabase(connection, { folders: [run] });
  analyser = await openSqlAnalyser();
});

afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await analyser[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

/** Ways out of the database; ROOT is a folder outside, RUN the one it may read. */
const ESCAPES: readonly string[] = [
  "SELECT * FROM read_text('ROOT/secret.csv')",
  "SELECT * FROM read_blob('ROOT/secret.csv')",
  "SELECT * FROM read_csv('ROOT/secret.csv')",
  "SELECT * FROM read_csv_auto('ROOT/secret.csv')",
  "SELECT * FROM read_json('ROOT/secret.json')",
  "SELECT * FROM read_ndjson_objects('ROOT/secret.json')",
  "SELECT * FROM read_parquet('ROOT/secret.parquet')",
  "SELECT * FROM parquet_scan(['ROOT/secret.parquet'])",
  "SELECT * FROM parquet_schema('ROOT/secret.parquet')",
  "SELECT * FROM parquet_metadata('ROOT/secret.parquet')",
  "SELECT * FROM read_duckdb('ROOT/secret.duckdb', table_name := 't')",
  "SELECT * FROM 'ROOT/secret.csv'",
  'SELECT * FROM "ROOT/secret.parquet"',
  "SELECT * FROM glob('ROOT/*')",
  "SELECT * FROM sniff_csv('ROOT/secret.csv')",
  "SELECT * FROM read_text('/proc/self/environ')",
  "SELECT * FROM read_text('RUN/../secret.csv')",
  "SELECT * FROM read_text('RUN/link.csv')",
  "SELECT * FROM read_text('RUN/up/secret.csv')",
  "SELECT * FROM read_text('ROOT/run-of-another/secret.csv')",
  "SELECT * FROM read_text('file://ROOT/secret.csv')",
  "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
  "SELECT * FROM 'https://example.com/x.parquet'",
  "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
  "SELECT * FROM query('FROM read_text(''ROOT/secret.csv'')')",
  "SELECT * FROM query_table('ROOT/secret.csv')",
  "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_text(''ROOT/secret.csv'')'))",
  "WITH t AS (SELECT * FROM read_text('ROOT/secret.csv')) SELECT * FROM t",
  "SELECT (SELECT content FROM read_text('ROOT/secret.csv'))",
  "SELECT 1 WHERE EXISTS (FROM 'ROOT/secret.csv')",
  "SELECT system.main.getenv('HOME')",
  "SELECT getenv('HOME')",
  "COPY (SELECT 1) TO 'ROOT/out.csv'",
  "COPY (SELECT 1) TO '/dev/stdout'",
  "CREATE TABLE t AS FROM 'ROOT/secret.csv'",
  "ATTACH 'ROOT/other.duckdb' AS other",
  "ATTACH ':memory:' AS other; SELECT * FROM other.t",
  "EXPORT DATABASE 'ROOT/export'",
  "IMPORT DATABASE 'ROOT/export'",
  'INSTALL httpfs',
  "LOAD 'ROOT/evil.duckdb_extension'",
  'LOAD httpfs',
  "CREATE PERSISTENT SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
  'SET enable_external_access = true',
  "SET GLOBAL allowed_directories = ['/']",
  "SET allowed_paths = ['ROOT/secret.csv']",
  'RESET enable_external_access',
  'SET lock_configuration = false',
  'PRAGMA threads = 64',
  "SET temp_directory = 'ROOT'",
  "SET file_search_path = 'ROOT'",
  "SET extension_directory = 'ROOT'",
  "SET custom_extension_repository = 'http://127.0.0.1:9'",
  "SET log_query_path = 'ROOT/log'",
  "SELECT 1; COPY (SELECT 1) TO 'ROOT/out.csv'",
];

/** What the lock lets pass because it stays inside of the database, and no step needs. */
const INSIDE: readonly string[] = [
  'SELECT * FROM duckdb_settings()',
  'SELECT * FROM duckdb_secrets()',
  'SELECT * FROM duckdb_tables',
  'SELECT * FROM pragma_database_list',
  'SELECT * FROM sqlite_master',
  'SELECT * FROM information_schema.tables',
  'SELECT * FROM pg_catalog.pg_class',
  'SELECT * FROM main.typed',
  "SELECT current_setting('temp_directory')",
  "SELECT getvariable('x')",
  'SELECT current_schema()',
  'SELECT current_user',
  "SELECT nextval('s')",
  'SELECT setseed(0.5)',
  'SELECT pg_sleep(100)',
  'SELECT sleep_ms(100000)',
  "SELECT write_log('x')",
  'SELECT * FROM arrow_scan(1::POINTER, 2::POINTER, 3::POINTER)',
  "SELECT * FROM read_parquet('RUN/part-0.parquet')",
  "SELECT json_serialize_plan('SELECT * FROM read_text(''ROOT/secret.csv'')', optimize := true)",
  'PRAGMA enable_profiling',
  'SHOW TABLES',
  'DESCRIBE t',
  'SUMMARIZE t',
  'EXPLAIN ANALYZE SELECT 1',
  'CALL pragma_version()',
  'CREATE TEMP MACRO f(x) AS x',
  'INSERT INTO t VALUES (1)',
  'DROP TABLE t',
  'BEGIN',
  'PREPARE p AS SELECT 1',
  'SELECT $1',
  'WITH sqlite_master AS (SELECT * FROM sqlite_master) SELECT * FROM sqlite_master',
  'SELECT * FROM (WITH duckdb_views AS (SELECT 1) FROM duckdb_views), duckdb_views',
];

const placed = (sql: string): string => sql.replaceAll('ROOT', root).replaceAll('RUN', run);

describe('SQL that a person wrote', () => {
  it.each(ESCAPES)('cannot leave a locked database: %s', async (sql) => {
    let answer = '';
    await expect(
      connection.runAndReadAll(placed(sql)).then((reader) => {
        answer = JSON.stringify(reader.getRowsJson());
      }),
    ).rejects.toThrow();
    expect(answer).not.toContain(CANARY);
  });

  it.each([...ESCAPES, ...INSIDE])('is refused before it runs: %s', async (sql) => {
    const relations = [
      { name: 't', fields: [{ name: 'a', type: { kind: 'string' }, nullable: true }] },
    ] as const;
    for (const answer of [
      await analyser.describe({ sql: placed(sql), relations }),
      await analyser.parseQuery(placed(sql), relations),
    ]) {
      expect(isSqlProblem(answer)).toBe(true);
      expect(JSON.stringify(answer)).not.toContain(CANARY);
    }
  });

  it.each(ESCAPES.filter((sql) => /^(?:SELECT|WITH)/u.test(sql) && !sql.includes(';')))(
    'is refused as an expression, too: %s',
    async (sql) => {
      expect(isSqlProblem(await analyser.parseExpression(`(${placed(sql)})`))).toBe(true);
    },
  );

  it('reads the files of its own run after the lock, and spills', async () => {
    const parquet = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER, sum(id)::INTEGER FROM read_parquet(['${join(run, 'part-0.parquet')}'])`,
    );
    expect(parquet.getRows()).toEqual([[1000, 499500]]);
    const sorted = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER FROM (SELECT repeat('x', 100) || (range * 7919 % 1000003) AS v FROM range(700000) ORDER BY v OFFSET 1)`,
    );
    expect(sorted.getRows()).toEqual([[699999]]);
  });
});
