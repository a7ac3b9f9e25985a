import { parsePipeline, type LogicalType, type SourceField, type SourceTable } from '@millrace/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CONNECTIONS, field, table } from '../cases/fixture.ts';
import { compilePipeline } from '../compile-pipeline.ts';
import { fingerprintTable } from '../fingerprint/fingerprint.ts';
import type { Contract, LoadTask } from '../plan.ts';
import { applyContract } from './apply-contract.ts';
import { formatDrift, type DriftResult } from './drift.ts';

const INT32: LogicalType = { kind: 'integer', bits: 32, signed: true };
const INT64: LogicalType = { kind: 'integer', bits: 64, signed: true };
const UINT32: LogicalType = { kind: 'integer', bits: 32, signed: false };
const STRING: LogicalType = { kind: 'string' };
const TIMESTAMP: LogicalType = { kind: 'timestamp', timezone: false };
const DATE: LogicalType = { kind: 'date' };

const ID = field('id', INT32);
const NAME = { ...field('name', STRING, true), nativeType: 'varchar(20)' };
const STATUS = {
  ...field('status', STRING),
  nativeType: "enum('new','paid')",
  detail: { charset: 'utf8mb4' },
};
const CHANGED = field('changed', DATE);
const BEFORE = table('s.t', [ID, NAME, STATUS, CHANGED], { key: ['id'] });
const TARGET = {
  connector: 'columnar',
  identifiers: { maxBytes: 63, isCaseSensitive: false },
  destinationType: (type: LogicalType) => (type.kind === 'bytes' ? undefined : { native: type.kind }),
};

interface Options {
  readonly contract?: Partial<Contract>;
  readonly columns?: string;
  readonly load?: string;
  readonly write?: string;
}

/** The plan for the table as it was. */
async function plan(before: SourceTable, options: Options): Promise<LoadTask> {
  const text = `version: 1
name: x
steps:
  t:
    source: { connection: shop, table: s.t, load: { ${options.load ?? 'mode: full'} }, columns: { ${options.columns ?? ''} } }
    contract: ${JSON.stringify(options.contract ?? {})}
  p:
    destination: { from: t, connection: warehouse, table: raw.t${options.write ?? ''} }
`;
  const { document } = parsePipeline(text, 'x');
  const compiled =
    document && (await compilePipeline({ document, connections: CONNECTIONS, tables: { shop: [before] } }));
  const [task] = compiled?.plan?.tasks ?? [];
  if (task === undefined) throw new Error('The case gives no plan.');
  return task;
}

async function drift(
  fields: readonly SourceField[],
  options: Options = {},
  rest: Partial<SourceTable> = {},
): Promise<DriftResult> {
  return applyContract(await plan(BEFORE, options), { ...BEFORE, fields, ...rest }, TARGET);
}

function summary({ task, changes, violations }: DriftResult): object {
  return {
    read: task.source.fields.map(
      ({ name, type }) => `${name} ${type.kind}${'bits' in type ? type.bits : ''}`,
    ),
    write: task.columns.map(({ field: { name, nullable } }) => `${name}${nullable ? '?' : ''}`),
    changes: changes.map(formatDrift),
    violations,
  };
}

const UNCHANGED = {
  read: ['id integer32', 'name string', 'status string', 'changed date'],
  write: ['id', 'name?', 'status', 'changed'],
  changes: [],
  violations: [],
};

describe('applyContract', () => {
  it('leaves a task as it is when nothing changed but statistics', async () => {
    const task = await plan(BEFORE, {});
    expect(applyContract(task, { ...BEFORE, estimatedRows: 7 }, TARGET)).toEqual({
      task,
      changes: [],
      violations: [],
      pauses: [],
      edits: [],
    });
  });

  it('plans by what is there now, so that a second look finds nothing to do', async () => {
    const current = {
      ...BEFORE,
      fields: [ID, { ...NAME, nullable: false }, STATUS, CHANGED, field('extra', INT32)],
    };
    const first = applyContract(await plan(BEFORE, {}), current, TARGET);
    expect(first.task.source.schemaFingerprint).toBe(fingerprintTable(current));
    expect(applyContract(first.task, current, TARGET)).toEqual({
      task: first.task,
      changes: [],
      violations: [],
      pauses: [],
      edits: [],
    });
  });

  describe('a new column', () => {
    const fields = [ID, field('extra', INT32), NAME, STATUS, CHANGED];

    it('arrives with evolve, behind the others', async () => {
      expect(summary(await drift(fields))).toEqual({
        ...UNCHANGED,
        read: [...UNCHANGED.read, 'extra integer32'],
        write: [...UNCHANGED.write, 'extra'],
        changes: ['column extra (int32) is new'],
      });
    });

    it('is left out with ignore, and said', async () => {
      expect(summary(await drift(fields, { contract: { newColumns: 'discardValue' } }))).toEqual({
        ...UNCHANGED,
        changes: ['column extra is new and left out'],
      });
    });

    it('stops with stop', async () => {
      expect((await drift(fields, { contract: { newColumns: 'freeze' } })).violations).toEqual([
        's.t has a new column extra, and contract.newColumns is freeze. Use evolve or discardValue, or leave it out with columns.exclude.',
      ]);
    });

    it('that the document does not ask for is no change', async () => {
      expect(
        summary(await drift(fields, { columns: 'exclude: [ex*]', contract: { newColumns: 'freeze' } })),
      ).toEqual(UNCHANGED);
      expect(
        summary(
          await drift(fields, {
            columns: 'include: [id, name, status, changed]',
            contract: { newColumns: 'freeze' },
          }),
        ),
      ).toEqual(UNCHANGED);
    });

    it('that is a case twin gets a name of its own', async () => {
      const { task } = await drift([ID, NAME, STATUS, CHANGED, field('Name', STRING)]);
      expect(task.columns.at(-1)?.field.name).toMatch(/^Name_[0-9a-f]{8}$/);
      expect(task.columns[1]?.field.name).toBe('name');
    });

    it('that the destination cannot keep, or needs itself, stops', async () => {
      expect((await drift([ID, NAME, STATUS, CHANGED, field('raw', { kind: 'bytes' })])).violations).toEqual([
        's.t.raw (bytes) cannot be kept by columnar. Leave it out with columns.exclude.',
      ]);
      expect(
        (await drift([ID, NAME, STATUS, CHANGED, field('valid_to', DATE)], { write: ', write: scd2' }))
          .violations,
      ).toHaveLength(1);
    });

    it('stands before the columns about the load', async () => {
      const task = await plan(BEFORE, {});
      const metadata = {
        field: field('_millrace_run_id', STRING),
        origin: { kind: 'metadata', value: 'runId' },
      } as const;
      const { task: after } = applyContract(
        { ...task, columns: [...task.columns, metadata] },
        { ...BEFORE, fields },
        TARGET,
      );
      expect(after.columns.map((column) => column.field.name)).toEqual([
        'id',
        'name',
        'status',
        'changed',
        'extra',
        '_millrace_run_id',
      ]);
    });
  });

  describe('a missing column', () => {
    const fields = [ID, STATUS, CHANGED];

    it('stops by default', async () => {
      expect((await drift(fields)).violations).toEqual([
        's.t has lost the column name, and contract.missingColumns is freeze. Use evolve, or leave it out with columns.exclude.',
      ]);
    });

    it('is NULL in every row with fill, until it is there again', async () => {
      const result = await drift(fields, { contract: { missingColumns: 'evolve' } });
      expect(summary(result)).toEqual({
        read: ['id integer32', 'status string', 'changed date'],
        write: ['id', 'name?', 'status', 'changed'],
        changes: ['column name is gone and NULL from now on'],
        violations: [],
      });
      const later = applyContract(result.task, { ...BEFORE, fields: [...fields, field('x', INT32)] }, TARGET);
      expect(summary(later)).toMatchObject({
        write: ['id', 'name?', 'status', 'changed', 'x'],
        changes: ['column x (int32) is new'],
      });
      expect(summary(applyContract(result.task, BEFORE, TARGET))).toEqual({
        ...UNCHANGED,
        changes: ['column name is there again'],
      });
    });

    it('that was renamed is recognised in the message', async () => {
      const renamed = await drift([ID, { ...NAME, name: 'title' }, STATUS, CHANGED]);
      expect(renamed.violations).toEqual([
        's.t has lost the column name (title is new and of the same type: it may have been renamed), and contract.missingColumns is freeze. Use evolve, or leave it out with columns.exclude.',
      ]);
      expect(
        summary(
          await drift([ID, { ...NAME, name: 'title' }, STATUS, CHANGED], {
            contract: { missingColumns: 'evolve' },
          }),
        ),
      ).toMatchObject({
        write: ['id', 'name?', 'status', 'changed', 'title?'],
        changes: ['column name is gone and NULL from now on', 'column title (string) is new'],
      });
    });

    it('that is key or cursor stops whatever the contract', async () => {
      const contract = { missingColumns: 'evolve' } as const;
      const merge = { contract, write: ', write: merge' };
      expect((await drift([NAME, STATUS, CHANGED], merge, { key: [] })).violations[0]).toBe(
        's.t has lost its key column id. Name another key and plan again.',
      );
      const byCursor = { contract, load: 'mode: incremental, cursor: changed' };
      expect((await drift([ID, NAME, STATUS], byCursor)).violations).toEqual([
        's.t has lost its cursor changed. Choose another cursor and plan again.',
      ]);
    });
  });

  describe('a changed type', () => {
    const wider = [{ ...ID, type: INT64, nativeType: 'bigint' }, NAME, STATUS, CHANGED];
    const narrower = [
      { ...ID, type: { kind: 'integer', bits: 16, signed: true } as const, nativeType: 'smallint' },
      NAME,
      STATUS,
      CHANGED,
    ];
    const incomparable = [{ ...ID, type: STRING, nativeType: 'text' }, NAME, STATUS, CHANGED];

    it('widens to the smallest type that holds both', async () => {
      expect(summary(await drift(wider))).toMatchObject({
        read: ['id integer64', ...UNCHANGED.read.slice(1)],
        changes: ['column id widens from int32 to int64'],
        violations: [],
      });
      const unsigned = [{ ...ID, type: UINT32, nativeType: 'int unsigned' }, NAME, STATUS, CHANGED];
      expect(summary(await drift(unsigned))).toMatchObject({
        changes: ['column id widens from int32 to int64'],
        violations: [],
      });
      const { task } = await drift(unsigned);
      expect(task.source.fields[0]).toMatchObject({ type: INT64, nativeType: 'int unsigned' });
      expect(task.columns[0]?.field.type).toEqual(INT64);
    });

    it('that became narrower keeps the wide one', async () => {
      expect(summary(await drift(narrower))).toEqual({
        ...UNCHANGED,
        changes: ['column id is int16 at the source and stays int32'],
      });
    });

    it('that nothing can hold stops', async () => {
      expect((await drift(incomparable)).violations).toEqual([
        's.t has another type: id changed from int32 to string, and no type holds the values of both. Use contract.typeChanges: quarantine, or run a full refresh.',
      ]);
    });

    it.each(['quarantine', 'discardRow'] as const)(
      'keeps the old one with %s, and judges each value as it is',
      async (typeChanges) => {
        for (const fields of [wider, incomparable]) {
          const { task, changes, violations } = await drift(fields, { contract: { typeChanges } });
          expect(violations).toEqual([]);
          expect(changes).toMatchObject([{ kind: 'keepType', action: typeChanges }]);
          expect(task.source.fields[0]).toEqual(fields[0]);
          expect(task.columns[0]?.field.type).toEqual(INT32);
          expect(task.arrival).toEqual([{ column: 'id', rule: 'fits', action: typeChanges }]);
        }
      },
    );

    it('is taken in by the edit that it proposes', async () => {
      const edits = async (fields: typeof wider, typeChanges: Contract['typeChanges']) =>
        (await drift(fields, { contract: { typeChanges } })).edits;
      expect(await edits(wider, 'freeze')).toMatchObject([{ kind: 'setField', value: 'evolve' }]);
      expect(await edits(incomparable, 'evolve')).toMatchObject([{ value: 'quarantine' }]);
      expect(await edits(wider, 'pauseTable')).toMatchObject([
        { path: ['steps', expect.any(String), 'contract', 'typeChanges'] },
      ]);
      for (const [fields, typeChanges] of [
        [wider, 'evolve'],
        [incomparable, 'quarantine'],
      ] as const)
        expect(await edits(fields, typeChanges)).toEqual([]);
    });

    it('cannot leave values of the key out', async () => {
      const { violations } = await drift(wider, { contract: { typeChanges: 'discardValue' } });
      expect(violations).toEqual([expect.stringContaining('no value of its key can be left out')]);
    });

    it('stops with stop', async () => {
      expect((await drift(wider, { contract: { typeChanges: 'freeze' } })).violations).toHaveLength(1);
    });

    it('of the cursor stops when its order is another one', async () => {
      const byCursor = { load: 'mode: incremental, cursor: changed' };
      expect(
        (await drift([ID, NAME, STATUS, { ...CHANGED, type: INT64 }], byCursor)).violations,
      ).toHaveLength(1);
      const { violations, task } = await drift(
        [ID, NAME, STATUS, { ...CHANGED, type: TIMESTAMP, nativeType: 'datetime' }],
        byCursor,
      );
      expect(violations).toEqual([]);
      expect(task.source.fields[3]?.type).toEqual(TIMESTAMP);
    });
  });

  it('reads a reordered enumeration, another character set or a longer text by the new declaration', async () => {
    const redeclared: readonly SourceField[] = [
      { ...STATUS, nativeType: "enum('paid','new')" },
      { ...STATUS, detail: { charset: 'latin1' } },
    ];
    for (const status of redeclared) {
      const result = await drift([ID, NAME, status, CHANGED], { contract: { typeChanges: 'freeze' } });
      expect(result.violations).toEqual([]);
      expect(result.changes.map(({ kind }) => kind)).toEqual(['redeclareColumn']);
      expect(result.task.source.fields[2]).toEqual(status);
    }
  });

  it('reads reordered columns in the order of the plan', async () => {
    expect(summary(await drift([CHANGED, STATUS, NAME, ID]))).toEqual({
      ...UNCHANGED,
      changes: ['columns stand in another order'],
    });
  });

  it('lets NULL in where it became possible, and never shuts it out again', async () => {
    expect(summary(await drift([ID, NAME, { ...STATUS, nullable: true }, CHANGED]))).toEqual({
      ...UNCHANGED,
      write: ['id', 'name?', 'status?', 'changed'],
      changes: ['column status may be NULL now'],
    });
    expect(summary(await drift([ID, { ...NAME, nullable: false }, STATUS, CHANGED]))).toEqual(UNCHANGED);
  });

  describe('another key', () => {
    const merge = { write: ', write: merge' };

    it('stops a merge that would fold rows together', async () => {
      expect((await drift(BEFORE.fields, merge, { key: ['id', 'name'] })).violations).toEqual([
        's.t is no longer identified by (id): its key is (id, name) now. Plan again with a full refresh, or name the key in the document.',
      ]);
      expect((await drift(BEFORE.fields, merge, { key: [] })).violations).toHaveLength(1);
    });

    it("that the document names is the author's claim", async () => {
      expect(
        (await drift(BEFORE.fields, { write: ', write: merge, key: [name]' }, { key: ['status'] }))
          .violations,
      ).toEqual([]);
    });

    it('is followed where rows are not matched by it', async () => {
      const { task, violations } = await drift(BEFORE.fields, {}, { key: ['status', 'name'] });
      expect(violations).toEqual([]);
      expect(task.destination.key).toEqual(['status', 'name']);
    });
  });

  it('takes a table that was dropped and made anew for what it is', async () => {
    const anew = [field('uid', { kind: 'uuid' }), field('payload', { kind: 'json' })];
    const { violations } = await drift(anew, {}, { key: ['uid'] });
    expect(violations).toHaveLength(4);
  });

  it('never reads a column that is not there, nor the same one twice, whatever changed', async () => {
    const type = fc.constantFrom<LogicalType>(
      INT32,
      INT64,
      UINT32,
      STRING,
      DATE,
      TIMESTAMP,
      { kind: 'decimal', precision: 10, scale: 2 },
      { kind: 'float', bits: 64 },
    );
    const column = fc.record({
      name: fc.constantFrom('id', 'name', 'Name', 'status', 'changed', 'x', 'y'),
      type,
      nullable: fc.boolean(),
    });
    const columns = fc.uniqueArray(column, { selector: ({ name }) => name, minLength: 1 });
    const contract = fc.record<Contract>({
      newTables: fc.constant('evolve'),
      missingTables: fc.constant('evolve'),
      newColumns: fc.constantFrom(
        'evolve',
        'freeze',
        'discardValue',
        'discardRow',
        'quarantine',
        'pauseTable',
      ),
      typeChanges: fc.constantFrom(
        'evolve',
        'freeze',
        'discardValue',
        'discardRow',
        'quarantine',
        'pauseTable',
      ),
      missingColumns: fc.constantFrom('evolve', 'freeze', 'pauseTable'),
    });
    await fc.assert(
      fc.asyncProperty(columns, contract, async (list, terms) => {
        const fields = list.map(({ name, type: kind, nullable }) => field(name, kind, nullable));
        const { task, violations } = await drift(fields, { contract: terms }, { key: [] });
        const names = task.source.fields.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(names.every((name) => fields.some((candidate) => candidate.name === name))).toBe(true);
        const types = new Map(task.source.fields.map(({ name, type: kind }) => [name, kind]));
        const written = task.columns.map(({ origin }) => (origin.kind === 'source' ? origin.column : ''));
        expect(new Set(written).size).toBe(written.length);
        const rules = new Map((task.arrival ?? []).map(({ column, rule }) => [column, rule]));
        for (const name of names) expect(written.includes(name)).toBe(rules.get(name) !== 'absent');
        for (const { field: target, origin } of task.columns) {
          const read = origin.kind === 'source' ? types.get(origin.column) : undefined;
          if (read === undefined) expect(target.nullable).toBe(true);
          else if (origin.kind === 'source' && rules.get(origin.column) !== 'fits')
            expect(target.type).toEqual(read);
        }
        const isStopped =
          terms.missingColumns === 'freeze' && BEFORE.fields.some(({ name }) => !names.includes(name));
        if (isStopped) expect(violations.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});
