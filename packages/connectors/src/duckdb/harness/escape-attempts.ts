import { join } from 'node:path';

export interface EscapeTargets {
  /** Of the test, beside the warehouse. */
  readonly folder: string;
  /** Of the warehouse. */
  readonly path: string;
  /** A file that no query may read. */
  readonly secret: string;
  /** Of a server on this machine that no query may reach. */
  readonly port: number;
}

/** Statements that a question to the warehouse must not get through with. */
export function escapeAttempts({ folder, path, secret, port }: EscapeTargets): readonly string[] {
  const files = `${path}.files`;
  const output = join(folder, 'output');
  return [
    `SELECT * FROM read_text('${secret}')`,
    `SELECT * FROM read_blob('${secret}')`,
    `SELECT * FROM read_csv('${secret}')`,
    `SELECT * FROM '${secret}'`,
    `SELECT * FROM read_json('${secret}')`,
    `SELECT * FROM read_parquet('${secret}')`,
    `SELECT * FROM glob('${folder}/*') LIMIT 1 OFFSET 0`,
    `SELECT * FROM sniff_csv('${secret}')`,
    `SELECT * FROM parquet_metadata('${secret}')`,
    `SELECT * FROM read_text('${files}/../../secret.csv')`,
    `SELECT * FROM read_text('/proc/self/environ')`,
    `SELECT * FROM read_text('http://127.0.0.1:${port}/')`,
    `SELECT * FROM query('SELECT * FROM read_text(''${secret}'')')`,
    `COPY (SELECT 1) TO '${output}'`,
    `COPY (SELECT 1) TO '${files}/output.csv'`,
    `EXPORT DATABASE '${output}'`,
    `ATTACH '${output}' AS other`,
    `ATTACH '${path}' AS other`,
    'INSTALL httpfs',
    'LOAD httpfs',
    "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
    'CREATE TABLE shop.mine (i INTEGER)',
    'CREATE TEMP TABLE mine (i INTEGER)',
    'INSERT INTO shop.stored VALUES (1, NULL)',
    'DELETE FROM shop.stored',
    'UPDATE shop.stored SET note = NULL',
    'DROP TABLE shop.stored',
    'DROP VIEW shop.view',
    'TRUNCATE shop.stored',
    'WITH gone AS (DELETE FROM shop.stored RETURNING *) FROM gone',
    'SELECT 1; DROP TABLE shop.stored',
    'SELECT 1) AS answer(c0); DROP TABLE shop.stored; --',
    'EXPLAIN ANALYZE DELETE FROM shop.stored',
    'SET enable_external_access = true',
    "SET allowed_directories = ['/']",
    'SET lock_configuration = false',
    'RESET lock_configuration',
    'PRAGMA enable_external_access = true',
    "SET GLOBAL temp_directory = '/tmp'",
    'CHECKPOINT',
    'VACUUM',
    'CALL pragma_version()',
    'USE memory',
    "SELECT set_config('threads', '1')",
    "SELECT getenv('PATH')",
  ];
}
