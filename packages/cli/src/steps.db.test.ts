import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine, normalize } from './testing/command-line.ts';

let line: CommandLine;

const PIPELINE = `version: 1
name: sales
steps:
  orders:
    source: { connection: shop, table: orders }
  customers:
    source: { connection: shop, table: customers }
  paid:
    filter: { from: orders, where: "status = 'paid'" }
  enriched:
    join: { left: paid, right: customers, on: { customer_id: id }, type: left, prefixRight: customer_ }
  byCountry:
    aggregate:
      from: enriched
      by: { country: customer_country }
      measures: { orders: count(*), revenue: sum(total) }
  publishEnriched:
    destination: { from: enriched, connection: warehouse, table: mart.orders, write: merge }
  publishByCountry:
    destination: { from: byCountry, connection: warehouse, table: mart.by_country }
tests:
  - name: cancelled orders never count
    given:
      orders:
        - { id: 1, customer_id: 7, total: '10.10', status: paid }
        - { id: 2, customer_id: 7, total: '99.00', status: cancelled }
      customers: [{ id: 7, country: DE }]
    expect:
      byCountry: [{ country: DE, orders: 1, revenue: '10.1' }]
  - name: nothing comes of nothing
    given: { orders: [] }
    expect: { enriched: [], byCountry: [] }
`;

beforeAll(async () => {
  line = new CommandLine();
  await line.run(['init', '.', '--name', 'golden']);
  using db = new DatabaseSync(join(line.folder, 'shop.db'));
  db.exec(`
    CREATE TABLE customers (id INTEGER NOT NULL PRIMARY KEY, name TEXT, country TEXT);
    CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, customer_id INTEGER, total DECIMAL(10,2), status TEXT);
    INSERT INTO customers VALUES (1, 'Zoë', 'DE'), (2, NULL, 'FR');
    INSERT INTO orders VALUES (1, 1, '10.10', 'paid'), (2, 1, '5.00', 'cancelled'), (3, 2, '7.25', 'paid');`);
  await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
  mkdirSync(join(line.folder, 'pipelines'), { recursive: true });
  writeFileSync(join(line.folder, 'pipelines', 'sales.yaml'), PIPELINE);
  writeFileSync(
    join(line.folder, 'pipelines', 'wrong.yaml'),
    `${PIPELINE.replace('name: sales', 'name: wrong').slice(0, PIPELINE.indexOf('tests:'))}tests:
  - name: two rows are one
    given: { enriched: [{ customer_country: DE, total: '1.50' }, { customer_country: DE, total: null }] }
    expect: { byCountry: [{ country: DE, orders: 1, revenue: '1.50' }] }
  - name: an unknown column
    given: { orders: [{ idd: 1 }] }
    expect: { paid: [] }
`,
  );
  await line.run(['run', 'sales']);
}, 180_000);

afterAll(() => line[Symbol.dispose]());

/** Tables are loaded side by side, so that nobody knows whose line comes first. */
function linesOf(text: string): string {
  return text.split('\n').toSorted().join('\n').trim();
}

describe('a pipeline with steps', { timeout: 180_000 }, () => {
  it.each([
    ['steps-plan', ['plan', 'sales'], 0],
    ['steps-plan-tables', ['plan', 'sales', '--tables', 'mart.orders'], 0],
    ['steps-plan-unknown', ['plan', 'sales', '--tables', 'mart.ordres'], 2],
    ['steps-lineage', ['lineage', 'revenue', 'sales'], 0],
    ['steps-lineage-downstream', ['lineage', 'orders.status', '--downstream'], 0],
    ['steps-lineage-json', ['lineage', 'customers.country', '--downstream', '--json'], 0],
    ['steps-lineage-unknown', ['lineage', 'revenu', 'sales'], 2],
    ['steps-export-mermaid', ['export', 'mermaid', 'sales'], 0],
    ['steps-export-sql', ['export', 'sql', 'sales'], 0],
    ['steps-export-airflow', ['export', 'airflow', 'sales'], 0],
    ['steps-export-unknown', ['export', 'dbt', 'sales'], 2],
    ['steps-test', ['test', 'sales'], 0],
    ['steps-test-fails', ['test', 'wrong'], 1],
    ['help-preview', ['preview', '--help'], 0],
    ['help-diff', ['diff', '--help'], 0],
    ['steps-preview', ['preview', 'sales', 'byCountry', '--rows', '5'], 0],
    ['steps-preview-source', ['preview', 'sales', 'customers', '--json'], 0],
    ['steps-preview-unknown', ['preview', 'sales', 'byCuontry'], 2],
    ['steps-preview-rows', ['preview', 'sales', 'byCountry', '--rows', 'some'], 2],
    ['steps-test-generate', ['test', 'sales', '--generate'], 0],
    ['steps-diff', ['diff', 'sales', '--full-refresh'], 0],
    ['steps-diff-json', ['diff', 'sales', '--tables', 'mart.by_country', '--json'], 0],
    ['steps-diff-unknown', ['diff', 'sales', '--tables', 'mart.by_cuontry'], 2],
    ['steps-run', ['run', 'sales', '--full-refresh', '--tables', 'by_country'], 0],
    ['steps-verify', ['verify', 'sales'], 0],
  ] as const)('%s', async (name, args, exitCode) => {
    const outcome = await line.run(args);
    const shown = `$ millrace ${args.join(' ')}\nexit ${outcome.exitCode}\n--- standard output\n${outcome.out}--- standard error\n${linesOf(outcome.err)}`;
    await expect(normalize(shown, line.folder)).toMatchFileSnapshot(`goldens/${name}.txt`);
    expect(outcome.exitCode).toBe(exitCode);
  });
});

describe('what a run measures', { timeout: 180_000 }, () => {
  const lastRun = async (): Promise<string> => {
    const { runs } = JSON.parse((await line.run(['runs', '--limit', '1', '--json'])).out) as {
      runs: readonly { runId: string }[];
    };
    return runs[0]?.runId ?? '';
  };

  it('is shown with the run, by table and with the steps that were computed for it', async () => {
    await line.run(['run', 'sales', '--full-refresh']);
    const runId = await lastRun();
    const { out } = await line.run(['runs', runId]);
    const rows = normalize(out, line.folder).split('\n');
    expect(rows.filter((row) => /^(?:table  steps|enriched \(|mart)/.test(row)).slice(3)).toEqual([
      'table  steps  rows in  rows out  read  staged  seconds  CPU s  memory  spilled',
      expect.stringMatching(
        /^enriched \(kept here\)  paid, enriched  5  2  .*  \d\.\d\d  \d\.\d\d  [\d.]+ \w+  0 B$/,
      ),
      expect.stringMatching(/^mart\.orders  2  2 /),
      expect.stringMatching(/^mart\.by_country  byCountry  2  2 /),
    ]);
    const counts = rows.slice(rows.indexOf('step  rows in  left out  rows out'));
    expect(counts.filter((row) => !row.startsWith('─')).slice(0, 4)).toEqual([
      'step  rows in  left out  rows out',
      'paid  3  1  2',
      'enriched  4  0  2',
      'byCountry  2  –  2',
    ]);
    const { tasks } = JSON.parse((await line.run(['runs', runId, '--json'])).out) as {
      tasks: readonly { table: string; measures: object }[];
    };
    expect(tasks[0]?.measures).toMatchObject({ rowsIn: 3, rowsOut: 3, steps: [], spilledBytes: null });
  });

  it('describes the values of its tables, and shows none of those that stay on this machine', async () => {
    using db = new DatabaseSync(join(line.folder, 'shop.db'));
    db.exec("INSERT INTO orders VALUES (4, 1, '3.00', 'cancelled')");
    await line.run(['run', 'sales', '--full-refresh']);
    const { out } = await line.run(['runs', await lastRun(), '--profile']);
    expect(out).toMatch(/^mart\.orders: 2 rows$/m);
    expect(out).toMatch(/^ {2}total +decimal\(10, 2\) +0\.0 % +~2 +7\.25 +10\.10 +8\.675$/m);
    expect(out).toMatch(/^ {2}customer_name +string +50\.0 % +– +– +– +–$/m);
    const kept = out.slice(out.indexOf('orders (kept here)'), out.indexOf('mart.'));
    expect(kept).toMatch(/^ {2}total +decimal\(10, 2\) +0\.0 % +~4 +– +– +6\.3375$/m);
    const first = JSON.parse((await line.run(['runs', '--json'])).out).runs.at(-1).runId;
    expect((await line.run(['runs', first, '--profile'])).out).toContain('This run kept no profiles');
  });

  it('is compared with what earlier runs measured; what is unusual is a warning', async () => {
    const runId = await lastRun();
    using state = new DatabaseSync(join(line.folder, '.millrace', 'state.db'));
    for (let run = 1; run <= 20; run++) {
      state.exec(`INSERT INTO runs (run_id, pipeline, state, document_fingerprint, options, plan, reason, attempts, queued_at, started_at, finished_at) SELECT run_id || '-${run}', pipeline, state, document_fingerprint, options, plan, reason, attempts, queued_at - ${run} * 3600000, started_at - ${run} * 3600000, finished_at - ${run} * 3600000 FROM runs WHERE run_id = '${runId}';
        INSERT INTO table_measures SELECT run_id || '-${run}', task, pipeline, scope, measured_at - ${run} * 3600000, row_count, size_bytes, duration_ms, newest_at, replace(points, '"value":2,', '"value":2000,'), NULL FROM table_measures WHERE run_id = '${runId}'`);
    }
    const run = await line.run(['run', 'sales', '--full-refresh']);
    expect(run.exitCode).toBe(0);
    expect(run.out).toMatch(
      /^unusual: mart\.orders: 2 rows, \d+ % below the .* expected from 2\d earlier points\.$/m,
    );
    expect((await line.run(['runs', await lastRun()])).out).toContain('unusual: mart.orders: 2 rows');
  });

  it('gives a plan its estimates, and an edit what it changes', async () => {
    const { out } = await line.run(['plan', 'sales', '--full-refresh']);
    expect(normalize(out, line.folder)).toMatch(/^mart\.orders  2  .*  <duration>  the middle of 10 runs$/m);
    expect(out).toContain('Nothing changed since run');
    const path = join(line.folder, 'pipelines', 'sales.yaml');
    writeFileSync(
      path,
      PIPELINE.replace("status = 'paid'", "status <> 'cancelled'").replace(
        'revenue: sum(total)',
        'first: min(total)',
      ),
    );
    const edited = await line.run(['plan', 'sales']);
    writeFileSync(path, PIPELINE);
    expect(normalize(edited.out.slice(edited.out.indexOf('Changed since')), line.folder)).toBe(
      [
        'Changed since run <run>:',
        '  ~ step paid: changed',
        '  ~ step enriched: computed anew, because paid changed',
        '  ~ step byCountry: changed',
        '  + first decimal(10, 2)',
        '  - revenue decimal(38, 2)',
        '  ~ table warehouse:mart.orders: all rows are made again (not breaking)',
        '  ~ table warehouse:mart.by_country: all rows are made again (breaking)',
        '  + first decimal(10, 2)',
        '  - revenue decimal(38, 2)',
        '',
        'Nothing was read or written yet.',
        '',
      ].join('\n'),
    );
  });
});

describe('a run after an edit', { timeout: 180_000 }, () => {
  it('begins with what the edit has it compute, and what that reads', async () => {
    const names = ['a', 'b', 'c', 'd'];
    using db = new DatabaseSync(join(line.folder, 'many.db'));
    for (const name of names)
      db.exec(`CREATE TABLE ${name} (id INTEGER NOT NULL PRIMARY KEY); INSERT INTO ${name} VALUES (1)`);
    await line.run(['connections', 'add', 'many', 'sqlite', '--set', 'path=many.db']);
    const write = (limit: number): void => {
      const steps = names.map(
        (name) => `  ${name}:
    source: { connection: many, table: ${name} }
  kept_${name}:
    filter: { from: ${name}, where: "id < ${name === 'd' ? limit : 10}" }
  publish_${name}:
    destination: { from: kept_${name}, connection: warehouse, table: many.${name} }
`,
      );
      const file = join(line.folder, 'pipelines', 'many.yaml');
      writeFileSync(file, `version: 1\nname: many\nsteps:\n${steps.join('')}`);
    };
    write(10);
    const settings = join(line.folder, 'millrace.yaml');
    appendFileSync(settings, '\nlimits: { parallelTables: 1 }\n');
    await line.run(['run', 'many']);
    write(20);
    const { err, exitCode } = await line.run(['run', 'many']);
    expect(exitCode).toBe(0);
    const begun = err.split('\n').filter((text) => /: (?:full|incremental) \(/.test(text));
    expect(begun).toHaveLength(8);
    expect(begun[0]).toMatch(/^d \(kept here\): /);
    // Whoever waited takes the place of the first before the second can ask for one.
    expect(begun.slice(1, 3)).toContain('many.d: full (the steps that make it changed)');
  });
});
