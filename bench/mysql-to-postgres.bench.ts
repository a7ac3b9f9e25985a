import { join } from 'node:path';

import { runCommand } from '@millrace/connector-sdk/testing';

import { type Benchmark, ratioGoal } from './benchmark.ts';
import { LINEITEM_DDL, lineitemText } from './lineitem.ts';
import { millrace, quote, shell, writeProject } from './bench-project.ts';
import { startMariadb } from './mariadb-client.ts';
import { startPostgres } from './postgres-client.ts';

export const benchmark: Benchmark = {
  name: 'mysql-to-postgres',
  async prepare({ scale, folder }, signal) {
    const { path, rows } = await lineitemText(join(folder, '..'), scale);
    const source = await startMariadb(signal);
    const target = await startPostgres(signal);
    await source.execute(
      `CREATE TABLE lineitem (${LINEITEM_DDL}, PRIMARY KEY (l_orderkey, l_linenumber)); LOAD DATA LOCAL INFILE '${path}' INTO TABLE lineitem; ANALYZE TABLE lineitem`,
    );
    const project = writeProject(
      join(folder, 'project'),
      { shop: { type: 'mysql', ...source.connection }, mart: { type: 'postgres', ...target.connection } },
      {
        steps: {
          lineitem: {
            source: { connection: 'shop', table: `${source.database}.lineitem`, load: { mode: 'full' } },
          },
          publish: {
            destination: { from: 'lineitem', connection: 'mart', table: 'mart.lineitem', write: 'replace' },
          },
        },
      },
    );
    const psql = `psql ${target.clientArgs.map(quote).join(' ')}`;
    const count = (table: string) =>
      `test "$(${psql} -c ${quote(`SELECT count(*) FROM ${table}`)})" = ${rows}`;
    const copyFrom = (table: string) =>
      `${psql} -c ${quote(`CREATE TABLE ${table} (${LINEITEM_DDL})`)} -c ${quote(`\\copy ${table} FROM '${path}'`)}`;
    const rowHashes = (table: string) =>
      target.execute(`SELECT count(*), sum(hashtextextended(t::text, 0)) FROM ${table} t`);
    await runCommand('bash', ['-c', copyFrom('source_rows')], { env: target.clientEnv }, signal);
    const expected = await rowHashes('source_rows');
    await target.execute('DROP TABLE source_rows');
    return {
      data: `MariaDB ${source.version} → PostgreSQL ${target.version}, lineitem, ${rows.toLocaleString('en')} rows × 16 columns`,
      serverProcesses: [source.processId, target.processId],
      contenders: [
        {
          name: 'millrace',
          command: {
            ...shell(
              `${millrace(`run load --project ${quote(project.folder)}`)} && ${count('mart.lineitem')}`,
            ),
            env: target.clientEnv,
          },
          reset: async () => {
            project.reset();
            await target.execute(
              'DROP SCHEMA IF EXISTS mart CASCADE',
              'DROP SCHEMA IF EXISTS _millrace CASCADE',
            );
          },
          check: async () => {
            const found = await rowHashes('mart.lineitem');
            if (found !== expected)
              throw new Error(`mart.lineitem differs from its source: ${found} instead of ${expected}`);
          },
        },
        {
          name: 'COPY FROM',
          command: {
            ...shell(`${copyFrom('reference')} && ${count('reference')}`),
            env: target.clientEnv,
          },
          reset: async () => void (await target.execute('DROP TABLE IF EXISTS reference')),
        },
      ],
      goals: [
        ratioGoal('millrace', 'COPY FROM', 1.25, "≤ 1.25 × PostgreSQL's own COPY FROM of the same rows"),
      ],
      async [Symbol.asyncDispose]() {
        await Promise.all([source[Symbol.asyncDispose](), target[Symbol.asyncDispose]()]);
      },
    };
  },
};
