import { join } from 'node:path';

import { type Benchmark, fasterGoal, ratioGoal } from './benchmark.ts';
import { LINEITEM_DDL, LINEITEM_DUCKDB_DDL, lineitemText } from './lineitem.ts';
import {
  checkLineitem,
  countCommand,
  LINEITEM_SELECT,
  quote,
  rival,
  runAndCount,
  shell,
  writeProject,
} from './bench-project.ts';
import { startPostgres } from './postgres-client.ts';

export const benchmark: Benchmark = {
  name: 'postgres-to-duckdb',
  async prepare({ scale, folder }, signal) {
    const { path, rows } = await lineitemText(join(folder, '..'), scale);
    const server = await startPostgres(signal);
    const { clientArgs: client, clientEnv: env } = server;
    await server.execute(
      `CREATE TABLE lineitem (${LINEITEM_DDL}, PRIMARY KEY (l_orderkey, l_linenumber))`,
      `\\copy lineitem FROM '${path}'`,
      'VACUUM ANALYZE lineitem',
    );

    const project = writeProject(
      join(folder, 'project'),
      { shop: { type: 'postgres', ...server.connection } },
      {
        steps: {
          lineitem: { source: { connection: 'shop', table: 'public.lineitem', load: { mode: 'full' } } },
          publish: {
            destination: {
              from: 'lineitem',
              connection: 'warehouse',
              table: 'mart.lineitem',
              write: 'replace',
            },
          },
        },
      },
    );
    const pipeFile = join(folder, 'pipe.duckdb');
    const select = `SELECT ${LINEITEM_SELECT} FROM lineitem`;
    return {
      data: `PostgreSQL ${server.version} → DuckDB, lineitem, ${rows.toLocaleString('en')} rows × 16 columns`,
      serverProcesses: [server.processId],
      contenders: [
        {
          name: 'millrace',
          command: runAndCount(project, 'mart.lineitem', rows),
          reset: async () => project.reset(),
          check: () => checkLineitem(project.warehouse, 'mart.lineitem', path),
        },
        {
          name: 'drain',
          command: {
            program: process.execPath,
            args: [rival('postgres-drain'), JSON.stringify(server.connection), select],
          },
        },
        {
          name: 'psql | duckdb',
          command: {
            ...shell(
              `psql ${client.map(quote).join(' ')} -c ${quote(`COPY (${select}) TO STDOUT (FORMAT csv)`)} | ` +
                `${quote(process.execPath)} ${quote(rival('duckdb-csv'))} ${quote(pipeFile)} lineitem ${quote(LINEITEM_DUCKDB_DDL)} ` +
                `"FORMAT csv, HEADER false" && ${countCommand(pipeFile, 'lineitem', rows)}`,
            ),
            env,
          },
          check: () => checkLineitem(pipeFile, 'main.lineitem', path),
        },
      ],
      goals: [
        ratioGoal('millrace', 'drain', 1.6, '≤ 1.6 × the COPY drain'),
        fasterGoal('millrace', 'psql | duckdb', 1.3, '≥ 1.3 × faster than psql COPY piped into DuckDB'),
      ],
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};
