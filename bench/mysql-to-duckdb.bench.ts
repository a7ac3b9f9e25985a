import { join } from 'node:path';

import { type Benchmark, fasterGoal, memoryGoal, ratioGoal } from './benchmark.ts';
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
import { startMariadb } from './mariadb-client.ts';

export const benchmark: Benchmark = {
  name: 'mysql-to-duckdb',
  async prepare({ scale, folder }, signal) {
    const { path, rows } = await lineitemText(join(folder, '..'), scale);
    const server = await startMariadb(signal);
    const { database, clientArgs: client } = server;
    await server.execute(
      `CREATE TABLE lineitem (${LINEITEM_DDL}, PRIMARY KEY (l_orderkey, l_linenumber)); LOAD DATA LOCAL INFILE '${path}' INTO TABLE lineitem; ANALYZE TABLE lineitem`,
    );

    const project = writeProject(
      join(folder, 'project'),
      { shop: { type: 'mysql', ...server.connection } },
      {
        steps: {
          lineitem: { source: { connection: 'shop', table: `${database}.lineitem`, load: { mode: 'full' } } },
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
      data: `MariaDB ${server.version} → DuckDB, lineitem, ${rows.toLocaleString('en')} rows × 16 columns`,
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
            args: [rival('mysql-drain'), JSON.stringify(server.connection), select],
          },
        },
        {
          name: 'mariadb | duckdb',
          command: shell(
            `mariadb ${client.map(quote).join(' ')} --quick -B -N -e ${quote(select)} | ` +
              `${quote(process.execPath)} ${quote(rival('duckdb-csv'))} ${quote(pipeFile)} lineitem ${quote(LINEITEM_DUCKDB_DDL)} ` +
              `"FORMAT csv, DELIMITER '\\t', HEADER false, NULLSTR 'NULL', QUOTE '', ESCAPE ''" && ${countCommand(pipeFile, 'lineitem', rows)}`,
          ),
          check: () => checkLineitem(pipeFile, 'main.lineitem', path),
        },
      ],
      goals: [
        ratioGoal('millrace', 'drain', 1.7, '≤ 1.7 × the raw socket drain'),
        fasterGoal(
          'millrace',
          'mariadb | duckdb',
          1.4,
          '≥ 1.4 × faster than mariadb --quick piped into DuckDB',
        ),
        memoryGoal('millrace', 900),
      ],
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};
