import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const MILLRACE = join(import.meta.dirname, '../bin/millrace.mjs');

/** A project whose store holds one run, and so many copies of it under other ids and times; their ids. */
export function writeRuns(folder: string, count: number): readonly string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const millrace = (...args: readonly string[]): void => {
    execFileSync(process.execPath, [MILLRACE, ...args], {
      cwd: folder,
      env: { ...process.env, XDG_CONFIG_HOME: join(folder, '.config') },
      stdio: 'pipe',
    });
  };
  const shop = new DatabaseSync(join(folder, 'shop.db'));
  shop.exec(
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT); INSERT INTO orders VALUES (1, 'paid')",
  );
  shop.close();
  millrace('init', '.', '--name', 'bench');
  millrace('connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db');
  writeFileSync(
    join(folder, 'pipelines', 'load.yaml'),
    'version: 1\nname: load\nsteps:\n  all: { replicate: { from: shop, into: { connection: warehouse, schema: raw } } }\n',
  );
  millrace('run', 'load');
  const state = new DatabaseSync(join(folder, '.millrace', 'state.db'));
  state.exec('PRAGMA synchronous = off; PRAGMA foreign_keys = off; BEGIN');
  state.exec(`CREATE TEMP TABLE copies AS
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${count - 1})
    SELECT i, '20260101-000000-' || printf('%06x', i) AS id FROM n`);
  for (const table of ['runs', 'run_attempts', 'run_events']) {
    const columns = state.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
    const names = columns
      .map(({ name }) => String(name))
      .filter((name) => name !== 'sequence' && name !== 'xid');
    const values = names.map((name) => {
      if (name === 'run_id') return 'copies.id';
      return table === 'runs' && name.endsWith('_at') ? `${name} - copies.i * 1000` : name;
    });
    state.exec(
      `INSERT INTO ${table} (${names.join(', ')}) SELECT ${values.join(', ')} FROM copies, (SELECT * FROM ${table})`,
    );
  }
  state.exec('COMMIT; ANALYZE');
  const ids = state.prepare('SELECT run_id FROM runs ORDER BY queued_at DESC LIMIT 500').all();
  const { total } = state.prepare('SELECT count(*) AS total FROM runs').get() ?? {};
  state.close();
  if (total !== count) throw new Error(`The store holds ${String(total)} runs instead of ${count}.`);
  return ids.map(({ run_id: id }) => String(id));
}
