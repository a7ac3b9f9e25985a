import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { newSeed, seededRandom } from '@millrace/connector-sdk/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine } from '../../packages/cli/src/testing/command-line.ts';
import {
  finished,
  serveInProcess,
  type ServedProcess,
} from '../../packages/cli/src/testing/served-process.ts';

/** `FAULT_SEEDS=200` is the long form; `npm run soak` sets it. */
const ROUNDS = Number(process.env['FAULT_SEEDS'] ?? 2);
const SEED = Number(process.env['FAULT_SEED'] ?? newSeed());
const PIPELINES = ['first', 'second', 'third'];
const ROWS = 20_000;
/** A run of these takes about so long on a machine that has time. */
const LATEST_KILL_MS = 2_500;

describe(`a server that is killed (seed ${SEED})`, () => {
  let line: CommandLine;
  let server: ServedProcess;

  beforeAll(async () => {
    line = new CommandLine();
    await line.run(['init', '.', '--name', 'killed']);
    await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
    using shop = new DatabaseSync(join(line.folder, 'shop.db'));
    shop.exec(`
      CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
      INSERT INTO orders SELECT i, 'order ' || i FROM n;
      CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER);
      INSERT INTO items SELECT id, id FROM orders;`);
    mkdirSync(join(line.folder, 'pipelines'), { recursive: true });
    for (const name of PIPELINES)
      writeFileSync(
        join(line.folder, 'pipelines', `${name}.yaml`),
        `version: 1\nname: ${name}\nsteps:\n  shop: { replicate: { from: shop, into: { connection: warehouse, schema: ${name} } } }\n`,
      );
    server = await serveInProcess(line.folder);
  });

  afterAll(async () => {
    await server?.stop();
    line?.[Symbol.dispose]();
  });

  it(
    'at any moment of its runs loses none of them and no row, and doubles none',
    { timeout: 120_000 * ROUNDS },
    async () => {
      const random = seededRandom(SEED);
      for (let round = 0; round < ROUNDS; round++) {
        const asked = await Promise.all(
          PIPELINES.map((pipeline) => server.call('runs/start-run', { pipeline, isFullRefresh: true })),
        );
        const killAfterMs = random.integer(0, LATEST_KILL_MS);
        await new Promise((resolve) => setTimeout(resolve, killAfterMs));
        await server.stop('SIGKILL');
        server = await serveInProcess(line.folder);
        const place = `round ${round}, killed after ${killAfterMs} ms`;
        for (const { runId, pipeline } of asked) {
          const run = await finished(server, runId);
          expect([run.state, run.reason], `${place}, ${pipeline}`).toEqual(['succeeded', null]);
          expect(await countOf(pipeline), place).toEqual([ROWS, ROWS, ROWS].map(String));
        }
        const left = await server.call('runs/list-runs', { states: ['queued', 'running'] });
        expect(left.runs, place).toEqual([]);
      }
      const { runs } = await server.call('runs/list-runs', { limit: 10_000 });
      expect(runs).toHaveLength(ROUNDS * PIPELINES.length);
    },
  );

  async function countOf(schema: string): Promise<unknown> {
    const counts = `(SELECT count(DISTINCT id) FROM ${schema}.orders), (SELECT count(*) FROM ${schema}.orders), (SELECT count(*) FROM ${schema}.items)`;
    const { out } = await line.run(['query', `SELECT ${counts}`, '--json']);
    return JSON.parse(out).rows[0];
  }
});
