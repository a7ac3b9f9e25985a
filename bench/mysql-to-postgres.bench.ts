import { join } from 'node:path';

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
    const sums = `SELECT count(*), sum(l_orderkey), sum(l_extendedprice), sum(l_tax), count(l_commitdate), min(l_shipdate), sum(length(l_comment)), sum(hashtext(l_comment)), sum(hashtext(l_shipmode || l_returnflag)) FROM `;
    return {
      data: `MariaDB ${source.version} → PostgreSQL ${target.version}, lineitem, ${rows.toLocaleString('en')} rows × 16 columns`,
      serverProcesses: [source.processId],
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
            const [ours, theirs] = await Promise.all([
              target.execute(`${sums} mart.lineitem`),
              target.execute(`${sums} reference`).catch(() => undefined),
            ]);
            if (theirs !== undefined && ours !== theirs)
              throw new Error(`mart.lineitem differs: ${ours} instead of ${theirs}`);
          },
        },
        {
          name: 'COPY FROM',
          command: {
            ...shell(
              `${psql} -c 'CREATE TABLE reference (${LINEITEM_DDL})' -c ${quote(`\\copy reference FROM '${path}'`)} && ${count('reference')}`,
            ),
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
