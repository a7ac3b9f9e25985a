import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Benchmark, memoryGoal, ratioGoal } from './benchmark.ts';
import { millrace, quote, rival, runAndCount, shell, writeProject } from './bench-project.ts';
import { type BenchServer, startMariadb } from './mariadb-client.ts';

const ROWS_AT_SCALE_1 = 1_000_000;

export const benchmark: Benchmark = {
  name: 'text-heavy',
  async prepare({ scale, folder }, signal) {
    const rows = Math.round(ROWS_AT_SCALE_1 * scale);
    const server = await startMariadb(signal, {
      'innodb-buffer-pool-size': '9G',
      'max-allowed-packet': '64M',
      'innodb-log-file-size': '1G',
      // Filling: a row is written once, not to the double-write buffer and the binary log as well, and early.
      'innodb-doublewrite': '0',
      'binlog-format': 'STATEMENT',
      'innodb-io-capacity': '20000',
      'innodb-io-capacity-max': '40000',
      'innodb-max-dirty-pages-pct': '0',
    });
    // About 2 KB of text a column, with two-, three- and four-byte characters; a blob of up to 5 MB in every 20,000th row.
    const text = (salt: number) =>
      `concat(repeat(concat(sha2(concat(seq, ':${salt}'), 512), ' café 你好 🚀 '), 13), seq)`;
    await server.execute(
      `CREATE TABLE documents (id int PRIMARY KEY, title text NOT NULL, body text, footer text, attributes json, picture mediumblob) DEFAULT CHARSET utf8mb4;
       INSERT INTO documents SELECT seq, ${text(1)}, if(seq % 50 = 0, NULL, ${text(2)}), ${text(3)}, json_object('id', seq, 'tags', json_array('a', seq % 7, NULL), 'price', seq / 3),
         CASE WHEN seq % 20000 = 0 THEN repeat(unhex(sha2(seq, 256)), 1 + seq * 7919 % 163840) WHEN seq % 3 = 0 THEN unhex(sha2(seq, 256)) END FROM seq_1_to_${rows}`,
    );
    await pagesWritten(server, signal);
    const project = writeProject(
      join(folder, 'project'),
      { shop: { type: 'mysql', ...server.connection } },
      {
        steps: {
          documents: {
            source: { connection: 'shop', table: `${server.database}.documents`, load: { mode: 'full' } },
          },
          publish: {
            destination: {
              from: 'documents',
              connection: 'warehouse',
              table: 'mart.documents',
              write: 'replace',
            },
          },
        },
      },
    );
    const verify = shell(millrace(`verify load --project ${quote(project.folder)}`));
    return {
      data: `MariaDB ${server.version} → DuckDB, ${rows.toLocaleString('en')} rows with 3 × 2 KB utf8mb4, JSON, and blobs up to 5 MB`,
      serverProcesses: [server.processId],
      contenders: [
        {
          name: 'millrace',
          command: runAndCount(project, 'mart.documents', rows),
          reset: async () => project.reset(),
          check: async () => {
            execFileSync(verify.program, [...verify.args]);
          },
        },
        {
          name: 'drain',
          command: {
            program: process.execPath,
            args: [rival('mysql-drain'), JSON.stringify(server.connection), 'SELECT * FROM documents'],
          },
        },
      ],
      goals: [
        ratioGoal('millrace', 'drain', 1.6, '≤ 1.6 × the raw socket drain'),
        memoryGoal('millrace', 1200),
      ],
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

/** Waits until the server has written what it was filled with, else it would do so while others are measured. */
async function pagesWritten(server: BenchServer, signal: AbortSignal): Promise<void> {
  for (;;) {
    const status = await server.execute(`SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'`);
    if (Number(status.trim().split(/\s+/)[1]) === 0) return;
    await sleep(500, undefined, { signal });
  }
}
