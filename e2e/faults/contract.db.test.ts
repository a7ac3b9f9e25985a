import { execFileSync } from 'node:child_process';

import { DEFAULT_CONTRACT, type Contract, type LoadTask } from '@millrace/compiler';
import { testServer } from '@millrace/connector-sdk/testing';
import { foldRun, type ResolvedConnection, type TaskState } from '@millrace/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runHere } from './attempt.ts';
import { queryWarehouse } from './reconcile.ts';
import { discover, openShop, planTask, type Shop } from './shop.ts';

interface System {
  readonly name: 'sqlite' | 'mariadb' | 'postgres';
  readonly connector: 'sqlite' | 'mysql' | 'postgres';
  /** Statements after which `amount` is text. */
  readonly toText: readonly string[];
  /** A program that runs statements; none where this process can. */
  readonly program?: string;
}

const SYSTEMS: readonly System[] = [
  {
    name: 'sqlite',
    connector: 'sqlite',
    toText: [
      'CREATE TABLE other (id INT PRIMARY KEY, amount TEXT NOT NULL, note VARCHAR(20), changed INT NOT NULL)',
      'INSERT INTO other SELECT id, CAST(amount AS TEXT), note, changed FROM subject',
      'DROP TABLE subject',
      'ALTER TABLE other RENAME TO subject',
    ],
  },
  {
    name: 'mariadb',
    connector: 'mysql',
    toText: ['ALTER TABLE subject MODIFY amount VARCHAR(20) NOT NULL'],
    program: `
      import { createConnection } from 'mysql2/promise';
      const connection = await createConnection(JSON.parse(process.argv[1]));
      for (const sql of process.argv.slice(2)) await connection.query(sql);
      await connection.end();`,
  },
  {
    name: 'postgres',
    connector: 'postgres',
    toText: ['ALTER TABLE subject ALTER amount TYPE varchar(20)'],
    program: `
      import pg from 'pg';
      const client = new pg.Client(JSON.parse(process.argv[1]));
      await client.connect();
      for (const sql of process.argv.slice(2)) await client.query(sql);
      await client.end();`,
  },
];

/** Each row as one text: NULL is nothing. */
const ALL = ['1|10|a', '2|20|b', '3|30|c'];
const WITHOUT_2 = ['1|10|a', '3|30|c'];

/** What becomes of the table: its rows and how its load ends. */
interface Expected {
  readonly status: TaskState['status'];
  readonly rows: readonly string[];
  readonly discarded?: TaskState['discarded'];
  readonly quarantined?: number;
  readonly says?: RegExp;
}

const paused = (says: RegExp): Expected => ({ status: 'paused', rows: ALL, says });
const failed = (says: RegExp): Expected => ({ status: 'failed', rows: ALL, says });
const published = (rows: readonly string[], more: Partial<Expected> = {}): Expected => ({
  status: 'published',
  rows,
  ...more,
});

const NEW_COLUMN: readonly (readonly [Contract['newColumns'], Expected])[] = [
  ['evolve', published(['1|10|a|', '2|20|b|7', '3|30|c|'])],
  ['freeze', failed(/new column extra|no column extra/)],
  ['discardValue', published(ALL)],
  ['discardRow', published(WITHOUT_2, { discarded: { rows: 1, values: 0 } })],
  ['quarantine', published(WITHOUT_2, { quarantined: 1 })],
  ['pauseTable', paused(/extra.*contract\.newColumns is pauseTable.*what was published stays/)],
];

const OTHER_TYPE: readonly (readonly [Contract['typeChanges'], Expected])[] = [
  ['evolve', failed(/no type holds the values of both/)],
  ['freeze', failed(/contract\.typeChanges is freeze/)],
  ['discardValue', published(['1|10|a', '2||b', '3|30|c'], { discarded: { rows: 0, values: 1 } })],
  ['discardRow', published(WITHOUT_2, { discarded: { rows: 1, values: 0 } })],
  ['quarantine', published(WITHOUT_2, { quarantined: 1 })],
  ['pauseTable', paused(/contract\.typeChanges is pauseTable/)],
];

const MISSING_COLUMN: readonly (readonly [Contract['missingColumns'], Expected])[] = [
  ['evolve', published(['1|10|', '2|20|', '3|30|'])],
  ['freeze', failed(/contract\.missingColumns is freeze/)],
  ['pauseTable', paused(/contract\.missingColumns is pauseTable/)],
];

/** One table, what happens to it after its first load, and what its contract makes of that. */
interface Case {
  readonly name: string;
  readonly contract: Partial<Contract>;
  readonly change: (system: System) => readonly string[];
  readonly expected: Expected;
}

const CASES: readonly Case[] = [
  ...NEW_COLUMN.map(([newColumns, expected]) => ({
    name: `newColumns: ${newColumns}`,
    contract: { newColumns },
    change: () => ['ALTER TABLE subject ADD extra INT', 'UPDATE subject SET extra = 7 WHERE id = 2'],
    expected,
  })),
  ...OTHER_TYPE.map(([typeChanges, expected]) => ({
    name: `typeChanges: ${typeChanges}`,
    contract: { typeChanges },
    change: ({ toText }: System) => [...toText, "UPDATE subject SET amount = 'twenty' WHERE id = 2"],
    expected,
  })),
  ...MISSING_COLUMN.map(([missingColumns, expected]) => ({
    name: `missingColumns: ${missingColumns}`,
    contract: { missingColumns },
    change: () => ['ALTER TABLE subject DROP COLUMN note'],
    expected,
  })),
];

/** How one table ended in a run, and its rows afterwards. */
interface Seen {
  readonly state: TaskState | undefined;
  readonly rows: readonly string[];
}

describe.each(SYSTEMS)('the contract of a table of $name', { timeout: 300_000 }, (system) => {
  const tableOf = (index: number) => `contract_${process.pid}_${index}`;
  let shop: Shop | undefined;
  let source: ResolvedConnection | undefined;
  let settings: Readonly<Record<string, unknown>> = {};
  const runs: (readonly Seen[])[] = [];

  beforeAll(async () => {
    shop = openShop(1, 1);
    if (system.program === undefined) source = { connector: 'sqlite', config: { path: shop.sourcePath } };
    else {
      const server = await testServer(system.name);
      if (server === undefined) return;
      settings = server.connection;
      source = { connector: system.connector, config: settings };
    }
    const every = (statements: (one: Case) => readonly string[]) =>
      CASES.flatMap((one, index) => statements(one).map((sql) => named(sql, index)));
    execute(
      every(() => [
        'CREATE TABLE subject (id INT PRIMARY KEY, amount INT NOT NULL, note VARCHAR(20), changed INT NOT NULL)',
        "INSERT INTO subject VALUES (1, 10, 'a', 1), (2, 20, 'b', 1), (3, 30, 'c', 1)",
      ]),
    );
    const before = await plan();
    const first = foldRun(await runHere(shop, { runId: 'r1', tasks: before, source }));
    expect(first.status).toBe('succeeded');
    execute(every(({ change }) => change(system)));
    // A plan of before, and one of after: the drift is then between source and plan, or between plan and destination.
    for (const [runId, tasks] of [
      ['r2', before],
      ['r3', await plan()],
    ] as const) {
      const { tasks: states } = foldRun(await runHere(shop, { runId, tasks, source }));
      const seen: Seen[] = [];
      for (const [index] of CASES.entries())
        seen.push({ state: states.get(`warehouse:${tableOf(index)}`), rows: await rowsOf(shop, index) });
      runs.push(seen);
    }
  }, 300_000);
  afterAll(() => {
    if (source !== undefined && system.program !== undefined)
      execute(CASES.map((_, index) => `DROP TABLE ${tableOf(index)}`));
    shop?.close();
  });

  function named(sql: string, index: number): string {
    const table = tableOf(index);
    return sql.replaceAll(/\bsubject\b/g, table).replaceAll(/\bother\b/g, `${table}_other`);
  }

  function execute(statements: readonly string[]): void {
    if (system.program === undefined) {
      for (const sql of statements) shop?.database.exec(sql);
      return;
    }
    const { host, port, user, password, database } = settings;
    const address = JSON.stringify({ host, port, user, password, database });
    const cwd = new URL('../../packages/connectors', import.meta.url);
    const program = ['--input-type=module', '--eval', system.program, address, ...statements];
    execFileSync(process.execPath, program, { cwd });
  }

  async function plan(): Promise<readonly LoadTask[]> {
    if (source === undefined) return [];
    const prefix = system.program === undefined ? '' : '*.';
    const found = await discover(source, `${prefix}contract_${process.pid}_*`);
    return CASES.flatMap(({ contract }, index) => {
      const table = found.find((one) => one.table.name === tableOf(index));
      if (table === undefined) return [];
      return [
        planTask(table, {
          contract: { ...DEFAULT_CONTRACT, ...contract },
          quarantine: { maxRows: 10, maxShare: 1 },
          load: { kind: 'full' },
          write: { mode: 'merge', deletes: 'hard' },
        }),
      ];
    });
  }

  async function rowsOf(from: Shop, index: number): Promise<readonly string[]> {
    const sql = `SELECT CAST(COLUMNS(* EXCLUDE (changed)) AS VARCHAR) FROM raw.${tableOf(index)} ORDER BY id`;
    const rows = await queryWarehouse(from, sql);
    return rows.map((row) =>
      Object.values(row)
        .map((value) => (typeof value === 'string' ? value : ''))
        .join('|'),
    );
  }

  it.each(CASES.map((one, index) => ({ ...one, index })))('$name', ({ index, expected }) => {
    if (source === undefined) return;
    for (const seen of runs) {
      const { state, rows } = seen[index] ?? { state: undefined, rows: [] };
      const said = state?.pausedBecause ?? state?.error?.message;
      expect([state?.status, expected.says === undefined ? said : undefined]).toEqual([
        expected.status,
        undefined,
      ]);
      if (expected.says !== undefined) expect(said).toMatch(expected.says);
      expect(rows).toEqual(expected.rows);
      expect([state?.discarded, state?.quarantined]).toEqual([
        expected.discarded ?? { rows: 0, values: 0 },
        expected.quarantined ?? 0,
      ]);
    }
    expect(runs).toHaveLength(2);
  });
});
