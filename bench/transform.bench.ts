import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

import { ratioGoal, type Benchmark } from './benchmark.ts';
import { millrace, quote, rival, shell, writeProject } from './bench-project.ts';
import { SALES_QUERIES } from './sales-queries.ts';
import { MORE_SALES_STEPS } from './sales-steps-more.ts';
import { SALES_STEPS } from './sales-steps.ts';
import { SALES_KEYS, salesTables } from './sales-tables.ts';

const MAX_RATIO = 1.15;

/** The 22 questions of TPC-H over a wholesaler's tables: as steps of one pipeline, and as SQL in DuckDB alone. */
export const benchmark: Benchmark = {
  name: 'transform',
  async prepare({ scale, folder }) {
    const source = join(folder, `source-${scale}.duckdb`);
    if (!existsSync(source)) await inDatabase(source, salesTables(scale));
    const steps = { ...SALES_STEPS, ...MORE_SALES_STEPS };
    const project = writeProject(
      join(folder, 'project'),
      { source: { type: 'duckdb', path: source } },
      { steps: { ...sourceSteps(), ...steps, ...publishSteps() } },
    );
    const run = millrace(`run load --project ${quote(project.folder)}`);
    execFileSync('bash', ['-c', run], { stdio: 'ignore' });
    const landed = join(project.folder, '.millrace/stage/load');
    const output = join(folder, 'rival.duckdb');
    const views = Object.fromEntries(
      Object.keys(SALES_KEYS).map((name) => [name, globSync(join(landed, `${name}%20*/**/*.parquet`))]),
    );
    const command = {
      program: process.execPath,
      args: [rival('sales-queries'), output, JSON.stringify(views)],
    };
    const forgetRival = () => forget(folder, 'rival.duckdb');
    forgetRival();
    execFileSync(command.program, command.args);
    return {
      data: `22 questions of TPC-H as ${Object.keys(steps).length} steps over landed tables of ${scale} GB, each published as a table`,
      serverProcesses: [],
      contenders: [
        {
          name: 'millrace',
          command: shell(run),
          reset: async () => {
            for (const name of readdirSync(landed))
              if (!isSource(name)) rmSync(join(landed, name), { recursive: true });
            forget(project.folder, 'warehouse.duckdb');
          },
          check: () => compare(project.warehouse, output),
        },
        {
          name: 'SQL in DuckDB',
          command,
          reset: async () => forgetRival(),
        },
      ],
      goals: [
        ratioGoal('millrace', 'SQL in DuckDB', MAX_RATIO, `≤ ${MAX_RATIO} × the same questions as SQL`),
      ],
      [Symbol.asyncDispose]: async () => {},
    };
  },
};

function sourceSteps(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(SALES_KEYS).map(([name, key]) => [
      name,
      {
        source: {
          connection: 'source',
          table: `main.${name}`,
          load: { mode: 'incremental', cursor: key[0], key },
        },
      },
    ]),
  );
}

function publishSteps(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.keys(SALES_QUERIES).map((name) => [
      `publish_${name}`,
      { destination: { from: name, connection: 'warehouse', table: `mart.${name}` } },
    ]),
  );
}

/** The folder of a landed table, not of a step that keeps its rows. */
function isSource(folder: string): boolean {
  return Object.keys(SALES_KEYS).some((name) => folder.startsWith(`${name}%20`));
}

function forget(folder: string, file: string): void {
  for (const name of readdirSync(folder))
    if (name.startsWith(file)) rmSync(join(folder, name), { recursive: true });
}

/** Throws unless each table holds the rows of its question, column by column under the same names. */
async function compare(ours: string, theirs: string): Promise<void> {
  const attach = [`ATTACH '${ours}' AS ours (READ_ONLY)`, `ATTACH '${theirs}' AS theirs (READ_ONLY)`];
  await inDatabase(':memory:', attach, async (query) => {
    for (const name of Object.keys(SALES_QUERIES)) {
      const columns = (await query(`SELECT column_name FROM (DESCRIBE theirs.${name})`)).flat();
      const sums = `count(*), sum(hash(${columns.map((column) => `"${column}"::VARCHAR`).join(', ')}))`;
      const [expected] = await query(`SELECT ${sums} FROM theirs.${name}`);
      const [actual] = await query(`SELECT ${sums} FROM ours.mart.${name}`);
      if (String(actual) !== String(expected))
        throw new Error(`${name} holds ${String(actual)} where DuckDB gives ${String(expected)}.`);
    }
  });
}

type Query = (sql: string) => Promise<readonly (readonly unknown[])[]>;

async function inDatabase(
  path: string,
  statements: readonly string[],
  work: (query: Query) => Promise<void> = async () => {},
): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    for (const statement of statements) await connection.run(statement);
    await work(async (sql) => (await connection.runAndReadAll(sql)).getRows());
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
