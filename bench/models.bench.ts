import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

import type { Benchmark } from './benchmark.ts';
import { millrace, quote, shell, writeProject } from './bench-project.ts';

const ROWS_AT_SCALE_1 = 2_000_000;
const SOURCES = 10;
const STEPS = 200;
const MAX_SHARE = 0.05;

/** Two hundred models that read each other: all of them, then after an edit of one. */
export const benchmark: Benchmark = {
  name: 'models',
  async prepare({ scale, folder }) {
    const rows = Math.round(ROWS_AT_SCALE_1 * scale);
    const source = join(folder, 'source.duckdb');
    rmSync(source, { force: true });
    await fill(source, rows);
    const steps = modelSteps();
    const project = writeProject(
      join(folder, 'project'),
      { source: { type: 'duckdb', path: source } },
      { steps },
    );
    const document = join(project.folder, 'pipelines/load.yaml');
    const original = readFileSync(document, 'utf8');
    const run = millrace(`run load --project ${quote(project.folder)}`);
    let round = 0;
    return {
      data: `${STEPS} steps over ${SOURCES} tables of ${rows.toLocaleString('en')} rows, ${Object.keys(steps).length - STEPS - SOURCES} of them published`,
      serverProcesses: [],
      contenders: [
        {
          name: 'one step changed',
          command: shell(run),
          reset: async () => {
            project.reset();
            writeFileSync(document, original);
            execFileSync('bash', ['-c', run], { stdio: 'ignore' });
            round += 1;
            writeFileSync(document, original.replace('value > 17', `value > ${17 + round}`));
          },
        },
        {
          name: 'all steps',
          command: shell(run),
          reset: async () => {
            project.reset();
          },
        },
      ],
      goals: [
        {
          text: `the second run takes ≤ ${MAX_SHARE * 100} % of the first`,
          judge(medians) {
            const share =
              (medians['one step changed']?.seconds ?? Number.NaN) /
              (medians['all steps']?.seconds ?? Number.NaN);
            return { figure: `${(share * 100).toFixed(1)} %`, isReached: share <= MAX_SHARE };
          },
        },
      ],
      [Symbol.asyncDispose]: async () => {},
    };
  },
};

/** Five steps for each table and five for each of thirty subjects, each of which reads two tables and is published. */
function modelSteps(): Readonly<Record<string, object>> {
  const steps: Record<string, object> = {};
  for (let index = 0; index < SOURCES; index += 1) {
    const load = { mode: 'incremental', cursor: 'updated_at', key: ['id'] };
    steps[`source${index}`] = { source: { connection: 'source', table: `main.t${index}`, load } };
    steps[`clean${index}`] = { filter: { from: `source${index}`, where: 'value >= 5' } };
    steps[`priced${index}`] = {
      derive: { from: `clean${index}`, columns: { net: 'value * 100 // 119', day: 'updated_at // 86400' } },
    };
    steps[`slim${index}`] = {
      select: { from: `priced${index}`, keep: ['id', 'group_id', 'value', 'net', 'day'] },
    };
    steps[`days${index}`] = {
      aggregate: { from: `slim${index}`, by: ['day'], measures: { rows: 'count(*)', net: 'sum(net)' } },
    };
    steps[`groups${index}`] = {
      aggregate: {
        from: `slim${index}`,
        by: ['group_id'],
        measures: { items: 'count(*)', total: 'sum(net)' },
      },
    };
  }
  for (let index = 0; index < (STEPS - 5 * SOURCES) / 5; index += 1) {
    const [left, right] = [index % SOURCES, (3 * index + 1) % SOURCES];
    steps[`joined${index}`] = {
      join: { left: `slim${left}`, right: `groups${right}`, type: 'left', on: ['group_id'] },
    };
    steps[`large${index}`] = { filter: { from: `joined${index}`, where: `value > ${index}` } };
    steps[`sums${index}`] = {
      aggregate: {
        from: `large${index}`,
        by: ['group_id'],
        measures: { net: 'sum(net)', items: 'max(items)', total: 'max(total)' },
      },
    };
    steps[`shares${index}`] = { derive: { from: `sums${index}`, columns: { share: 'net / total' } } };
    steps[`named${index}`] = {
      select: { from: `shares${index}`, rename: { group_id: 'id' } },
    };
    steps[`publish${index}`] = {
      destination: { from: `named${index}`, connection: 'warehouse', table: `mart.subject${index}` },
    };
  }
  return steps;
}

async function fill(path: string, rows: number): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    for (let index = 0; index < SOURCES; index += 1) {
      await connection.run(
        `CREATE TABLE t${index} AS SELECT i AS id, (hash(i, ${index}) % ${Math.ceil(rows / 20)})::BIGINT AS group_id, (hash(i, ${index}, 1) % 100000)::BIGINT AS value, 1600000000 + i * 10 AS updated_at, 'note ' || i AS note FROM range(${rows}) t(i)`,
      );
      await connection.run(`ALTER TABLE t${index} ALTER id SET NOT NULL`);
      await connection.run(`ALTER TABLE t${index} ALTER updated_at SET NOT NULL`);
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
