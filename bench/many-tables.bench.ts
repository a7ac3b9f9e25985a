import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { type Benchmark, secondsGoal } from './benchmark.ts';
import { millrace, quote, shell, writeProject } from './bench-project.ts';
import { startMariadb } from './mariadb-client.ts';

const TABLES_AT_SCALE_1 = 1000;

export const benchmark: Benchmark = {
  name: 'many-tables',
  async prepare({ scale, folder }, signal) {
    const tables = Math.round(TABLES_AT_SCALE_1 * scale);
    const server = await startMariadb(signal, { 'table-open-cache': '4000' });
    // 100 to 10,000 rows, spread evenly over the logarithm.
    const sizes = Array.from({ length: tables }, (_, index) =>
      Math.round(100 * 100 ** (((index * 7919) % tables) / tables)),
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    await server.execute(
      sizes
        .map(
          (size, index) =>
            `CREATE TABLE t${index} (id int PRIMARY KEY, name varchar(40) NOT NULL, price decimal(12,2) NOT NULL, note text, updated_at datetime(6) NOT NULL, KEY (updated_at)); ` +
            `INSERT INTO t${index} SELECT seq, concat('name ', seq * 7 % 1000), seq * 1.25, if(seq % 5 = 0, NULL, repeat('x', seq % 50)), '2026-01-01' + interval seq second FROM seq_1_to_${size};`,
        )
        .join('\n'),
    );
    const pipeline = {
      steps: {
        all: {
          replicate: {
            from: 'shop',
            include: [`${server.database}.*`],
            load: { mode: 'incremental', cursor: 'updated_at' },
            into: { connection: 'warehouse', schema: 'raw' },
          },
        },
      },
    };
    const connections = { shop: { type: 'mysql', ...server.connection } };
    const first = writeProject(join(folder, 'first'), connections, pipeline);
    const second = writeProject(join(folder, 'second'), connections, pipeline);
    const run = (project: { folder: string }) => millrace(`run load --project ${quote(project.folder)}`);
    // Throws unless every row of every table is equal on both sides.
    const verify = (project: { folder: string }) =>
      void execFileSync('bash', ['-c', millrace(`verify load --project ${quote(project.folder)}`)], {
        stdio: 'ignore',
      });
    let isPrepared = false;
    return {
      data: `MariaDB ${server.version} → DuckDB, ${tables} tables, ${total.toLocaleString('en')} rows`,
      serverProcesses: [server.processId],
      contenders: [
        {
          name: 'first run',
          command: shell(run(first)),
          reset: async () => first.reset(),
          check: async () => verify(first),
        },
        {
          name: 'nothing new',
          command: shell(run(second)),
          reset: async () => {
            if (isPrepared) return;
            isPrepared = true;
            execFileSync('bash', ['-c', run(second)], { stdio: 'ignore' });
          },
          check: async () => verify(second),
        },
      ],
      goals: [
        secondsGoal('first run', 15, 'first run ≤ 15 s'),
        secondsGoal('nothing new', 3, 'second run with nothing new ≤ 3 s'),
      ],
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};
