import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import type { Benchmark } from './benchmark.ts';
import { millrace, quote, rival, shell, writeProject } from './bench-project.ts';
import { startMariadb } from './mariadb-client.ts';

const ROWS_AT_SCALE_1 = 10_000_000;
const LIMIT_SECONDS = 4;

export const benchmark: Benchmark = {
  name: 'incremental',
  async prepare({ scale, folder }, signal) {
    const rows = Math.round(ROWS_AT_SCALE_1 * scale);
    const server = await startMariadb(signal);
    await server.execute(
      `CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, status varchar(12) NOT NULL, total decimal(12,2) NOT NULL, tax decimal(12,2) NOT NULL, placed_on date NOT NULL, paid_at datetime, city varchar(30) NOT NULL, note varchar(60), updated_at datetime(6) NOT NULL, KEY (updated_at));
       INSERT INTO orders SELECT seq, seq * 7919 % 500000, elt(1 + seq % 4, 'new', 'paid', 'shipped', 'cancelled'), seq % 100000 / 7, seq % 1000 / 13, '2024-01-01' + interval seq % 900 day, if(seq % 9 = 0, NULL, '2024-01-01' + interval seq second), concat('city ', seq % 3000), if(seq % 10 = 0, NULL, repeat('n', seq % 40)), '2025-01-01' + interval seq second FROM seq_1_to_${rows};
       ANALYZE TABLE orders`,
    );
    const project = writeProject(
      join(folder, 'project'),
      { shop: { type: 'mysql', ...server.connection } },
      {
        steps: {
          orders: {
            source: {
              connection: 'shop',
              table: `${server.database}.orders`,
              load: { mode: 'incremental', cursor: 'updated_at', key: ['id'] },
            },
          },
          publish: {
            destination: {
              from: 'orders',
              connection: 'warehouse',
              table: 'mart.orders',
              write: 'merge',
              key: ['id'],
            },
          },
        },
      },
    );
    const run = millrace(`run load --project ${quote(project.folder)}`);
    execFileSync('bash', ['-c', run], { stdio: 'ignore' });
    let round = 0;
    const mark = () => `'2027-01-01' + interval ${round} day`;
    const verify = millrace(`verify load --project ${quote(project.folder)}`);
    return {
      data: `MariaDB ${server.version} → DuckDB, 1 % scattered changes of ${rows.toLocaleString('en')} rows × 10 columns, merged by key`,
      serverProcesses: [server.processId],
      contenders: [
        {
          name: 'millrace',
          command: shell(run),
          reset: async () => {
            round += 1;
            await server.execute(
              `UPDATE orders SET total = total + ${round}, updated_at = ${mark()} + interval id microsecond WHERE id % 100 = ${round}`,
            );
          },
          check: async () => void execFileSync('bash', ['-c', verify]),
        },
        {
          name: 'drain of the changes',
          command: {
            program: process.execPath,
            args: [
              rival('mysql-drain'),
              JSON.stringify(server.connection),
              "SELECT * FROM orders WHERE updated_at >= '2027-01-01'",
            ],
          },
        },
      ],
      goals: [
        {
          text: `≤ ${LIMIT_SECONDS} s end to end after extraction (the run less the drain of the changed rows)`,
          judge(medians) {
            const seconds =
              (medians['millrace']?.seconds ?? Number.NaN) -
              (medians['drain of the changes']?.seconds ?? Number.NaN);
            return { figure: `${seconds.toFixed(1)} s`, isReached: seconds <= LIMIT_SECONDS };
          },
        },
      ],
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};
