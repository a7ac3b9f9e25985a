import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { type Benchmark, secondsGoal } from './benchmark.ts';
import { quote, shell, writeProject } from './bench-project.ts';

const RUNS_AT_SCALE_1 = 40;
const PROGRAM = join(import.meta.dirname, 'queue-runs.ts');

/** What a run costs beside its rows: tiny runs, one after the other, through the queue of a server's worker. */
export const benchmark: Benchmark = {
  name: 'queue',
  async prepare({ scale, folder }) {
    const runs = Math.max(1, Math.round(RUNS_AT_SCALE_1 * scale));
    const project = writeProject(
      join(folder, 'project'),
      { shop: { type: 'sqlite', path: 'shop.db' } },
      { steps: { all: { replicate: { from: 'shop', into: { connection: 'warehouse', schema: 'raw' } } } } },
    );
    const path = join(project.folder, 'shop.db');
    rmSync(path, { force: true });
    using shop = new DatabaseSync(path);
    shop.exec("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO items VALUES (1, 'one')");
    return {
      data: `${runs} runs of one table with one row, SQLite → DuckDB`,
      serverProcesses: [],
      contenders: [
        {
          name: 'millrace',
          command: shell(`${quote(process.execPath)} ${quote(PROGRAM)} ${quote(project.folder)} ${runs}`),
          reset: async () => project.reset(),
          seconds: (output) => Number(output.trim().split('\n').at(-1)),
        },
      ],
      goals: [secondsGoal('millrace', 4 * scale, `${runs} runs in sequence ≤ ${4 * scale} s`)],
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
};
