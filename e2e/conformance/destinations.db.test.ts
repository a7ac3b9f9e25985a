import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { PipelineError, type StagedFile } from '@millrace/connector-sdk';
import { digestOf, HOSTILE_NAMES, type TextRow } from '@millrace/connector-sdk/conformance';
import {
  findSecrets,
  seededRandom,
  startTcpProxy,
  testStage,
  tiedCommand,
} from '@millrace/connector-sdk/testing';
import { DELETED_AT_FIELD, type Field, type LogicalType, SCD2_FIELDS, type WriteMode } from '@millrace/spec';
import { afterAll, describe, expect, it } from 'vitest';

import {
  canonicalRowsOf,
  createDestinationSubject,
  filesOf,
  type PublishParts,
  sortRows,
} from './destination-subject.ts';
import type { PublishInput } from './publish-process.ts';
import { findSystems, never, startSystems } from './systems.ts';
import { TYPED_VALUES } from './typed-values.ts';

/** What every destination promises, against the real system, with rows staged as the engine stages them. */
const systems = await findSystems();
const { running, skipped } = await startSystems(
  systems.filter(({ definition }) => definition.capabilities.destination !== undefined),
);
const stage = await testStage();

afterAll(async () => {
  for (const { instance } of running) await instance[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

it.skipIf(true).each(skipped)('%s', () => expect.unreachable());

const INT32: LogicalType = { kind: 'integer', bits: 32, signed: true };
const INT64: LogicalType = { kind: 'integer', bits: 64, signed: true };
const field = (name: string, type: LogicalType, nullable = true): Field => ({ name, type, nullable });
const ID = field('id', INT64, false);
const NOTE = field('note', { kind: 'string' });
const FIELDS = [ID, NOTE];

describe.each(running.map((system) => ({ title: system.title, system })))(
  '$title as a destination',
  ({ system }) => {
    const subject = createDestinationSubject(system, stage);
    const { capabilities } = system.definition;
    const modes = capabilities.destination?.writeModes ?? [];
    const canMerge = modes.includes('merge');

    it('keeps every value of every type that it takes', async () => {
      const columns = TYPED_VALUES.filter(
        ({ type }) => system.definition.destinationType?.(type) !== undefined,
      );
      const fields = [ID, ...columns.map(({ name, type }) => field(name, type))];
      const rows = columns.flatMap(({ values }, column) =>
        values.map((value) => fields.map((_, index) => (index === column + 1 ? value : null))),
      );
      const numbered = [...rows, fields.map(() => null)].map((row, id) => [String(id), ...row.slice(1)]);
      const table = subject.table('typed');
      const result = await subject.publish({ table, mode: 'replace', fields }, numbered);
      expect(result.rowsInserted).toBe(numbered.length);
      const byId = (list: readonly TextRow[]) => list.toSorted((a, b) => Number(a[0]) - Number(b[0]));
      const found = byId(await subject.rows(table, fields));
      expect(found.map(shorten)).toEqual(byId(canonicalRowsOf(fields, numbered)).map(shorten));
      await using destination = await subject.open();
      const digest = await destination.digest({ table, fields, key: ['id'], buckets: 8 }, never);
      expect(digest).toEqual(digestOf(found, [0], 8));
      const described = await subject.describe(table);
      expect(described?.fields.map(({ name }) => name)).toEqual(fields.map(({ name }) => name));
    });

    if (modes.includes('replace'))
      describe('replace', () => {
        it('leaves exactly the new rows and columns, and the record of the run', async () => {
          const table = subject.table('replaced');
          expect(await subject.describe(table)).toBeUndefined();
          await subject.publish({ table, mode: 'replace', fields: FIELDS }, [
            ['1', 'a'],
            ['2', null],
          ]);
          const other = [ID, field('amount', { kind: 'decimal', precision: 9, scale: 2 })];
          const parts: PublishParts = {
            table,
            mode: 'replace',
            fields: other,
            runId: 'replacing',
            position: () => ({ mark: '7' }),
          };
          const result = await subject.publish(parts, [['3', '1.50']]);
          expect(result).toMatchObject({ rowsInserted: 1, isAdopted: false, record: { version: 2 } });
          expect(await subject.rows(table, other)).toEqual([['3', '1.50']]);
          const described = await subject.describe(table);
          expect(described?.record).toMatchObject({
            runId: 'replacing',
            version: 2,
            position: { mark: '7' },
            rows: 1,
            schemaFingerprint: 'fingerprint',
          });
          expect(described?.fields.map(({ name }) => name)).toEqual(['id', 'amount']);
        });

        it('makes a table of no rows', async () => {
          const table = subject.table('emptied');
          await subject.publish({ table, mode: 'replace', fields: FIELDS }, [['1', 'a']]);
          await subject.publish({ table, mode: 'replace', fields: FIELDS }, []);
          expect(await subject.rows(table, FIELDS)).toEqual([]);
        });

        it('shows readers one whole version at any time', async () => {
          const table = subject.table('polled');
          const version = async (number: number) => {
            const rows = Array.from({ length: 50 }, (_, id) => [String(id), `version ${number}`]);
            await subject.publish({ table, mode: 'replace', fields: FIELDS }, rows);
          };
          await version(0);
          const seen: string[] = [];
          let isPublishing = true;
          const poll = async (): Promise<void> => {
            while (isPublishing) {
              const rows = await subject.rows(table, FIELDS);
              seen.push(`${rows.length} rows of ${[...new Set(rows.map((row) => row[1]))].join()}`);
              await new Promise((resolve) => setImmediate(resolve));
            }
          };
          const polling = poll();
          try {
            for (let number = 1; number <= 12; number += 1) await version(number);
          } finally {
            isPublishing = false;
          }
          await polling;
          expect(seen.filter((text) => !/^50 rows of version \d+$/.test(text))).toEqual([]);
          expect(seen.length).toBeGreaterThan(5);
        });
      });

    if (modes.includes('append'))
      describe('append', () => {
        it('adds rows to those that are there', async () => {
          const table = subject.table('appended');
          const parts: PublishParts = { table, mode: 'append', fields: FIELDS };
          await subject.publish(parts, [['1', 'a']]);
          const result = await subject.publish(parts, [
            ['1', 'a'],
            ['2', 'b'],
          ]);
          expect(result).toMatchObject({ rowsInserted: 2, record: { version: 2, rows: 2 } });
          expect(await subject.rows(table, FIELDS)).toEqual([
            ['1', 'a'],
            ['1', 'a'],
            ['2', 'b'],
          ]);
        });
      });

    if (canMerge)
      describe('merge', () => {
        const parts = { mode: 'merge', fields: FIELDS, key: ['id'] } as const;

        it('inserts and updates by key, and removes what is gone', async () => {
          const table = subject.table('merged_hard');
          const own = { ...parts, table, deletes: 'hard' } as const;
          await subject.publish(own, [
            ['1', 'a'],
            ['2', 'b'],
            ['3', null],
          ]);
          const result = await subject.publish(
            own,
            [
              ['2', 'B'],
              ['4', 'd'],
            ],
            [['1'], ['99']],
          );
          expect(result).toMatchObject({ rowsInserted: 1, rowsUpdated: 1, rowsDeleted: 1 });
          expect(await subject.rows(table, FIELDS)).toEqual([
            ['2', 'B'],
            ['3', null],
            ['4', 'd'],
          ]);
        });

        it('keeps what is gone when it is told to ignore it', async () => {
          const table = subject.table('merged_ignore');
          await subject.publish({ ...parts, table }, [
            ['1', 'a'],
            ['2', 'b'],
          ]);
          await subject.publish({ ...parts, table }, [['2', 'B']], [['1']]);
          expect(await subject.rows(table, FIELDS)).toEqual([
            ['1', 'a'],
            ['2', 'B'],
          ]);
        });

        it('marks what is gone, and takes the mark away when it comes back', async () => {
          const table = subject.table('merged_soft');
          const own = { ...parts, table, deletes: 'soft' } as const;
          const all = [...FIELDS, DELETED_AT_FIELD];
          await subject.publish(own, [
            ['1', 'a'],
            ['2', 'b'],
          ]);
          await subject.publish({ ...own, loadedAt: '2026-03-01T10:00:00.000Z' }, [], [['1']]);
          const mark = '2026-03-01 10:00:00.000000';
          expect(await subject.rows(table, all)).toEqual([
            ['1', 'a', mark],
            ['2', 'b', null],
          ]);
          // Gone since the first time.
          await subject.publish({ ...own, loadedAt: '2026-03-02T10:00:00.000Z' }, [], [['1']]);
          expect(await subject.rows(table, all)).toEqual([
            ['1', 'a', mark],
            ['2', 'b', null],
          ]);
          await subject.publish(own, [['1', 'back']]);
          expect(await subject.rows(table, all)).toEqual([
            ['1', 'back', null],
            ['2', 'b', null],
          ]);
        });

        it('tells keys apart that a careless comparison would not', async () => {
          const table = subject.table('merged_keys');
          const fields = [field('code', { kind: 'string' }, false), NOTE];
          const own = { ...parts, table, fields, key: ['code'] } as const;
          const codes = ['a', 'A', 'á', 'a ', 'ß', 'ss', 'key_9%\\max', ''];
          await subject.publish(
            own,
            codes.map((code) => [code, `first ${code}`]),
          );
          await subject.publish(own, [
            ['a', 'changed'],
            ['b', 'new'],
          ]);
          const expected = codes.map((code) => [code, code === 'a' ? 'changed' : `first ${code}`]);
          expect(await subject.rows(table, fields)).toEqual(sortRows([...expected, ['b', 'new']]));
        });

        it('equals a model over random loads with a composite key', async () => {
          const random = seededRandom(20260101);
          const table = subject.table('merged_random');
          const fields = [ID, field('part', INT32, false), NOTE];
          const model = new Map<string, TextRow>();
          for (let load = 0; load < 6; load += 1) {
            const changed = new Map<string, TextRow>();
            for (let count = random.integer(0, 40); count > 0; count -= 1) {
              const key = [String(random.integer(1, 30)), String(random.integer(1, 2))];
              changed.set(key.join(), [...key, random.pick(['x', 'y', null])]);
            }
            const gone = [...model.keys()].filter((key) => !changed.has(key) && random.next() < 0.2);
            const own = { ...parts, table, fields, key: ['id', 'part'], deletes: 'hard' } as const;
            await subject.publish(
              own,
              [...changed.values()],
              gone.map((key) => key.split(',')),
            );
            for (const key of gone) model.delete(key);
            for (const [key, row] of changed) model.set(key, row);
            expect(await subject.rows(table, fields)).toEqual(sortRows([...model.values()]));
          }
        });
      });

    if (modes.includes('scd2'))
      it('scd2 keeps the history that a model keeps', async () => {
        const random = seededRandom(20260202);
        const table = subject.table('versioned');
        const all = [...FIELDS, ...SCD2_FIELDS];
        interface Version {
          readonly row: TextRow;
          readonly from: string;
          to: string | null;
        }
        const model: Version[] = [];
        for (let load = 1; load <= 6; load += 1) {
          const loadedAt = `2026-05-0${load}T00:00:00.000Z`;
          const stamp = `2026-05-0${load} 00:00:00.000000`;
          const rows = new Map<string, TextRow>();
          for (let count = random.integer(0, 12); count > 0; count -= 1) {
            const id = String(random.integer(1, 9));
            rows.set(id, [id, random.pick(['x', 'y', '', null])]);
          }
          const current = model.filter((version) => version.to === null);
          const gone = current.filter(({ row }) => !rows.has(String(row[0])) && random.next() < 0.3);
          const deleted = gone.map(({ row }) => [row[0] ?? null]);
          await subject.publish(
            { table, mode: 'scd2', fields: FIELDS, key: ['id'], loadedAt },
            [...rows.values()],
            deleted,
          );
          for (const version of gone) version.to = stamp;
          for (const row of rows.values()) {
            const before = current.find((version) => version.row[0] === row[0]);
            if (before !== undefined && before.row[1] === row[1]) continue;
            if (before !== undefined) before.to = stamp;
            model.push({ row, from: stamp, to: null });
          }
          const expected = model.map(({ row, from, to }) => [...row, from, to, to === null ? '1' : '0']);
          expect(await subject.rows(table, all)).toEqual(sortRows(expected));
        }
      });

    describe('a publication', () => {
      it.each(modes.map((mode) => ({ mode })))(
        'counts once however often it is made: $mode',
        async ({ mode }) => {
          const table = subject.table(`once_${mode}`);
          const key = mode === 'merge' || mode === 'scd2' ? ['id'] : [];
          const parts: PublishParts = {
            table,
            mode,
            fields: FIELDS,
            key,
            runId: `once-${mode}`,
            fenceToken: 5,
          };
          const first = await subject.publish(parts, [
            ['1', 'a'],
            ['2', 'b'],
          ]);
          const second = await subject.publish({ ...parts, fenceToken: 6 }, [
            ['1', 'a'],
            ['2', 'b'],
          ]);
          expect(first.isAdopted).toBe(false);
          expect(second).toMatchObject({ isAdopted: true, record: { ...first.record } });
          expect((await subject.rows(table, FIELDS)).length).toBe(2);
          expect((await subject.describe(table))?.record?.version).toBe(1);
        },
      );

      it('is refused after the lease was lost', async () => {
        const table = subject.table('fenced');
        await subject.publish({ table, mode: 'append', fields: FIELDS, fenceToken: 9 }, [['1', 'a']]);
        const late = () =>
          subject.publish({ table, mode: 'append', fields: FIELDS, fenceToken: 8 }, [['2', 'b']]);
        expect(await failureOf(late)).toMatchObject({ code: 'fenced' });
        expect(await subject.rows(table, FIELDS)).toEqual([['1', 'a']]);
        expect((await subject.describe(table))?.record?.fenceToken).toBe(9);
      });

      it('is refused when not every staged row arrives', async () => {
        const table = subject.table('miscounted');
        await subject.publish({ table, mode: 'replace', fields: FIELDS }, [['1', 'a']]);
        const file = await subject.stage(FIELDS, [['2', 'b']]);
        await using destination = await subject.open();
        const wrong = filesOf([{ ...file, rows: 2 }]);
        const request = subject.request({ table, mode: 'replace', fields: FIELDS });
        expect(await failureOf(() => destination.publish(request, wrong, never))).toMatchObject({
          code: 'rowCountMismatch',
        });
        expect(await subject.rows(table, FIELDS)).toEqual([['1', 'a']]);
      });

      it('leaves no trace when the rows end in an error or a cancellation', async () => {
        const table = subject.table('broken_off');
        await subject.publish({ table, mode: 'replace', fields: FIELDS }, [['1', 'a']]);
        const file = await subject.stage(FIELDS, [['2', 'b']]);
        const failure = new PipelineError({
          code: 'queryKilled',
          blame: 'source',
          retry: 'backoff',
          message: 'The source died.',
        });
        async function* broken(): AsyncGenerator<StagedFile> {
          yield file;
          throw failure;
        }
        const cancel = new AbortController();
        async function* cancelling(): AsyncGenerator<StagedFile> {
          yield file;
          cancel.abort();
        }
        for (const mode of ['replace', 'append'] as const) {
          await using destination = await subject.open();
          const request = subject.request({ table, mode, fields: FIELDS });
          expect(await failureOf(() => destination.publish(request, broken(), never))).toMatchObject({
            code: 'queryKilled',
          });
          const again = subject.request({ table, mode, fields: FIELDS });
          const cancelled = () => destination.publish(again, cancelling(), AbortSignal.any([cancel.signal]));
          expect(await failureOf(cancelled)).toMatchObject({ code: 'cancelled' });
          expect(await subject.rows(table, FIELDS)).toEqual([['1', 'a']]);
        }
        const after = await subject.publish({ table, mode: 'replace', fields: FIELDS }, [['3', 'c']]);
        expect(after.record.version).toBe(2);
      });

      it('whose reply was lost is adopted', async () => {
        const { network } = system.instance;
        if (network === undefined) return;
        const table = subject.table('reply_lost');
        await subject.publish({ table, mode: 'append', fields: FIELDS }, [['1', 'a']]);
        const file = await subject.stage(FIELDS, [['2', 'b']]);
        const request = subject.request({ table, mode: 'append', fields: FIELDS });
        await using proxy = await startTcpProxy({ host: network.host, port: network.port });
        {
          await using destination = await subject.open(network.through(proxy));
          proxy.arm({ kind: 'dropReply', how: 'reset', after: 'COMMIT' });
          const error = await failureOf(() => destination.publish(request, filesOf([file]), never));
          expect(error.retry, error.message).toBe('backoff');
          expect(findSecrets(error.stack ?? '', system.instance.secrets)).toEqual([]);
        }
        proxy.disarm();
        await using destination = await subject.open();
        await destination.publish(request, filesOf([file]), never);
        expect(await subject.rows(table, FIELDS)).toEqual([
          ['1', 'a'],
          ['2', 'b'],
        ]);
        expect((await subject.describe(table))?.record?.version).toBe(2);
      });

      it.each(
        modes.flatMap((mode, index) =>
          (['staged', 'beforeCommit', 'afterCommit'] as const)
            // Nothing that a mode does comes before `staged`.
            .filter((killAt) => index === 0 || killAt !== 'staged')
            .map((killAt) => ({ mode, killAt })),
        ),
      )('that is killed is made whole by the next attempt: $mode at $killAt', async ({ mode, killAt }) => {
        const table = subject.table(`killed_${mode}_${killAt}`.toLowerCase());
        const key = mode === 'merge' || mode === 'scd2' ? ['id'] : [];
        const parts: PublishParts = { table, mode, fields: FIELDS, key };
        await subject.publish(parts, [['1', 'a']]);
        const { reader: _, position: __, deletedKeys: ___, ...request } = subject.request(parts);
        const file = await subject.stage(FIELDS, [['2', 'b']]);
        const { config } = system.instance;
        const input: PublishInput = { connector: system.connector, config, request, file, killAt };
        const work = () => publishInProcess(input);
        const signal = await (system.instance.destination?.withoutHolding?.(work) ?? work());
        expect(signal).toBe('SIGKILL');
        const added = [['2', 'b']];
        const expected = mode === 'replace' ? added : [['1', 'a'], ...added];
        if (killAt !== 'afterCommit') expect(await subject.rows(table, FIELDS)).toEqual([['1', 'a']]);
        const result = await subject.publish(
          { ...parts, runId: request.runId, fenceToken: request.fenceToken },
          added,
        );
        expect(result.isAdopted).toBe(killAt === 'afterCommit');
        expect(await subject.rows(table, FIELDS)).toEqual(expected);
        expect((await subject.describe(table))?.record).toMatchObject({ runId: request.runId, version: 2 });
      });
    });

    describe('a schema that changes', () => {
      const mode: WriteMode = canMerge ? 'merge' : 'append';
      const key = canMerge ? ['id'] : [];

      it('gets new columns, wider types and NULLs, and keeps every old value', async () => {
        const table = subject.table('evolved');
        const old = [ID, field('count', INT32, false), field('gone', { kind: 'string' })];
        await subject.publish({ table, mode, fields: old, key }, [['1', '7', 'x']]);
        const added = field('extra', { kind: 'timestamp', timezone: true });
        const fields = [ID, field('count', INT64, true), added];
        const changes = [
          { kind: 'addColumn', field: added },
          { kind: 'widenColumn', column: 'count', from: INT32, to: INT64 },
          { kind: 'dropNotNull', column: 'count' },
        ] as const;
        const rows = [
          ['2', '9007199254740993', '2026-01-01 00:00:00'],
          ['3', null, null],
        ];
        try {
          await subject.publish({ table, mode, fields, key, changes }, rows);
        } catch (error) {
          // Files that are never rewritten say so.
          expect(error).toMatchObject({
            code: 'schemaDrift',
            message: expect.stringMatching(/full-refresh/),
          });
          expect(await subject.rows(table, old)).toEqual([['1', '7', 'x']]);
          return;
        }
        const all = [...fields, field('gone', { kind: 'string' })];
        expect(await subject.rows(table, all)).toEqual([
          ['1', '7', null, 'x'],
          ['2', '9007199254740993', '2026-01-01 00:00:00.000000', null],
          ['3', null, null, null],
        ]);
        const described = await subject.describe(table);
        const count = described?.fields.find(({ name }) => name === 'count');
        expect(count).toMatchObject({ type: INT64, nullable: true });
      });
    });

    it('takes names that look like anything but names', async () => {
      const limits = capabilities.destination?.identifiers;
      const fits = (kind: 'table' | 'column') => (name: string) =>
        Buffer.byteLength(name) <= (limits?.maxBytes ?? 0) &&
        system.instance.source?.refusesName(name, kind) === undefined;
      // Staged files tell no case twins apart; the compiler gives them other names.
      const fold = (name: string): string => name.toLowerCase();
      const columns = [
        ...new Map(HOSTILE_NAMES.filter(fits('column')).map((name) => [fold(name), name])).values(),
      ];
      const fields = columns.map((name) => field(name, INT32));
      const row = columns.map((_, index) => String(index));
      const wide = subject.table('hostile_columns_here');
      await subject.publish({ table: wide, mode: 'replace', fields }, [row]);
      expect(await subject.rows(wide, fields)).toEqual([row]);
      await using destination = await subject.open();
      const digest = await destination.digest(
        { table: wide, fields, key: [columns[0] ?? ''], buckets: 4 },
        never,
      );
      expect(digest).toEqual(digestOf([row], [0], 4));
      for (const name of HOSTILE_NAMES.filter(fits('table'))) {
        const table = subject.table(name);
        const parts: PublishParts = {
          table,
          mode: canMerge ? 'merge' : 'append',
          fields: [ID, field(name === 'id' ? 'x' : name, INT32)],
          key: canMerge ? ['id'] : [],
        };
        try {
          await subject.publish(parts, [['1', '2']]);
        } catch (error) {
          expect(error, name).toMatchObject({ code: 'configInvalid' });
          continue;
        }
        expect(await subject.rows(table, parts.fields), name).toEqual([['1', '2']]);
      }
    });
  },
);

/** The signal that ended the process. */
async function publishInProcess(input: PublishInput): Promise<string | null> {
  const child = spawn(...tiedCommand(process.execPath, [join(import.meta.dirname, 'publish-process.ts')]), {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin.end(JSON.stringify(input));
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal;
}

async function failureOf(attempt: () => Promise<unknown>): Promise<PipelineError> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof PipelineError) return error;
    throw error;
  }
  throw new Error('It was expected to fail and did not');
}

function shorten(row: TextRow): TextRow {
  return row.map((cell) =>
    cell !== null && cell.length > 100 ? `${cell.slice(0, 40)}… ${cell.length}` : cell,
  );
}
