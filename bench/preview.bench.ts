import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { StepPreview } from '@millrace/engine';

import type { Benchmark, Contender, Goal } from './benchmark.ts';
import { millrace, quote, shell, writeProject } from './bench-project.ts';
import { startMariadb } from './mariadb-client.ts';
import { serveFolder } from './served-project.ts';

const ROWS_AT_SCALE_1 = 10_000_000;
const CUSTOMERS_AT_SCALE_1 = 500_000;
const EDITS = 40;
/** Two samples, the rows that are looked up for them, and what discovery asks. */
const MAX_ROWS_READ = 50_000;

const COLD = 'the first preview of a project';
const WARM = 'a preview after an edit (95th percentile)';

/** Rows before and after a join, for someone who has just begun, and for someone who edits in the portal. */
export const benchmark: Benchmark = {
  name: 'preview',
  async prepare({ scale, folder }, signal) {
    const rows = Math.round(ROWS_AT_SCALE_1 * scale);
    const customers = Math.round(CUSTOMERS_AT_SCALE_1 * scale);
    await using stack = new AsyncDisposableStack();
    const mariadb = stack.use(await startMariadb(signal));
    await mariadb.execute(
      `CREATE TABLE customers (id int PRIMARY KEY, name varchar(40) NOT NULL, country char(2) NOT NULL);
       INSERT INTO customers SELECT seq, concat('customer ', seq), elt(1 + seq % 4, 'de', 'fr', 'it', 'es') FROM seq_1_to_${customers};
       CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, status varchar(12) NOT NULL, total decimal(12,2) NOT NULL, placed_on date NOT NULL, note varchar(60), KEY (customer_id));
       INSERT INTO orders SELECT seq, 1 + seq * 7919 % ${customers}, elt(1 + seq % 4, 'new', 'paid', 'shipped', 'cancelled'), seq % 100000 / 7, '2024-01-01' + interval seq % 900 day, repeat('n', seq % 40) FROM seq_1_to_${rows};
       ANALYZE TABLE orders, customers`,
    );
    const write = (name: string) =>
      writeProject(
        join(folder, name),
        { shop: { type: 'mysql', ...mariadb.connection } },
        {
          steps: {
            orders: { source: { connection: 'shop', table: `${mariadb.database}.orders` } },
            customers: { source: { connection: 'shop', table: `${mariadb.database}.customers` } },
            paid: { filter: { from: 'orders', where: "status <> 'cancelled' and id > 0" } },
            named: {
              join: {
                left: 'paid',
                right: 'customers',
                on: { customer_id: 'id' },
                columnsRight: ['name', 'country'],
              },
            },
            totals: {
              aggregate: {
                from: 'named',
                by: ['country'],
                measures: { orders: 'count(*)', total: 'sum(total)' },
              },
            },
            publish: { destination: { from: 'totals', connection: 'warehouse', table: 'mart.totals' } },
          },
        },
      );
    const cold = write('cold');
    const shown = join(folder, 'shown.json');
    const served = write('served');
    const server = stack.use(await serveFolder(served.folder, '--no-auth'));

    const counters = async (): Promise<number> =>
      Number((await mariadb.execute("SHOW GLOBAL STATUS LIKE 'Rows_read'")).trim().split(/\s+/)[1]);
    let before = 0;
    let most = 0;
    const watched = (contender: Contender): Contender => ({
      ...contender,
      async reset() {
        await contender.reset?.();
        before = await counters();
      },
      async check() {
        most = Math.max(most, (await counters()) - before);
        await contender.check?.();
      },
    });
    const resources = stack.move();
    return {
      data: `MariaDB ${mariadb.version}; ${rows.toLocaleString('en')} orders joined with ${customers.toLocaleString('en')} customers; ${EDITS} edits of a filter before the join through a server`,
      serverProcesses: [mariadb.processId, server.pid],
      contenders: [
        watched({
          name: COLD,
          command: shell(
            `${millrace(`preview load named --json --project ${quote(cold.folder)}`)} > ${quote(shown)}`,
          ),
          reset: async () => cold.reset(),
          check: async () => {
            const { outputs, isWarm } = JSON.parse(readFileSync(shown, 'utf8')) as StepPreview;
            if (isWarm) throw new Error('The sample was there already.');
            if (!outputs.every((relation) => relation.rows.length > 0))
              throw new Error('The join found no partners.');
          },
        }),
        watched({
          name: WARM,
          command: {
            program: process.execPath,
            args: [
              join(import.meta.dirname, 'preview-drafts.ts'),
              server.url,
              join(served.folder, 'pipelines/load.yaml'),
              'named',
              String(EDITS),
            ],
          },
          seconds: (output) => JSON.parse(output).p95,
        }),
      ],
      goals: [
        limit(COLD, 3, 'cold, the command and the first look at the source included, ≤ 3 s'),
        limit(WARM, 0.3, 'warm ≤ 300 ms'),
        {
          text: `reads at most ${MAX_ROWS_READ.toLocaleString('en')} rows of the source`,
          judge: () => ({ figure: most.toLocaleString('en'), isReached: most <= MAX_ROWS_READ }),
        },
      ],
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  },
};

function limit(contender: string, seconds: number, text: string): Goal {
  return {
    text,
    judge(medians) {
      const measured = medians[contender]?.seconds ?? Number.NaN;
      return { figure: `${Math.round(measured * 1000)} ms`, isReached: measured <= seconds };
    },
  };
}
