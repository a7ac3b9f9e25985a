import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { applyEdit, formatPath, formatTableName, parsePipeline, type Diagnostic } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { CONNECTIONS, ORDERS, TABLES } from './cases/fixture.ts';
import { compilePipeline, type CompileResult } from './compile-pipeline.ts';
import { fingerprintTable } from './fingerprint/fingerprint.ts';
import type { LoadTask } from './plan.ts';
import { requiredTables } from './required-tables.ts';

const FOLDER = join(import.meta.dirname, 'cases');
const MARK = '# => ';

/**
 * A case is a document, followed by what must come of it against the connections of `fixture.ts`: a line for each
 * diagnostic, `# => line:column severity code: message`, and one for each task of the plan.
 */
const cases = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.case.yaml'))
  .map((file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const start = text.indexOf(MARK);
    const expected = text.slice(start).trimEnd().split('\n');
    return {
      name: file.replace('.case.yaml', '').replaceAll('-', ' '),
      text: text.slice(0, start),
      expected,
    };
  });

async function compile(text: string): Promise<CompileResult> {
  const { document, diagnostics, locate, parameters } = parsePipeline(text, 'case.yaml');
  if (document === undefined) return { diagnostics, locate, relations: new Map() };
  const result = await compilePipeline({
    document,
    locate,
    parameters,
    connections: CONNECTIONS,
    tables: TABLES,
  });
  return { ...result, diagnostics: [...diagnostics, ...result.diagnostics] };
}

function describeDiagnostic({ range, severity, code, message }: Diagnostic): string {
  return `${MARK}${range.start.line}:${range.start.column} ${severity} ${code}: ${message}`;
}

function describeTask({ id, load, columns, destination }: LoadTask): string {
  const names = columns.map(({ field }) => field.name).join(', ');
  const target = formatTableName(destination.table);
  return `${MARK}task ${id}: ${load.kind} ${destination.mode} ${target} (${names}) key (${destination.key.join(', ')}) deletes ${destination.deletes}`;
}

async function onlyTask(text: string): Promise<LoadTask> {
  const { plan } = await compile(text);
  const [task] = plan?.tasks ?? [];
  if (task === undefined) throw new Error('The document gives no plan.');
  return task;
}

const PIPELINE = `version: 1
name: shop
steps:
  orders:
    source: { connection: shop, table: shop.orders, load: { mode: incremental, cursor: updated_at, lookback: 5m } }
    metadataColumns: [loadedAt, runId]
    quarantine: { maxRows: 5 }
  publish:
    destination: { from: orders, connection: warehouse, table: mart.orders }
`;

describe('compilePipeline', () => {
  it.each(cases)('$name', async ({ text, expected }) => {
    const { plan, diagnostics } = await compile(text);
    expect([...diagnostics.map(describeDiagnostic), ...(plan?.tasks ?? []).map(describeTask)]).toEqual(
      expected,
    );
  });

  it.each(cases)('offers fixes that work: $name', async ({ text }) => {
    for (const { code, path, fixes } of (await compile(text)).diagnostics) {
      for (const fix of fixes) {
        const result = applyEdit(text, fix);
        expect(result.isApplied).toBe(true);
        if (!result.isApplied) continue;
        const left = (await compile(result.text)).diagnostics;
        expect(
          left.filter((other) => other.code === code && formatPath(other.path) === formatPath(path)),
        ).toEqual([]);
      }
    }
  });

  it('makes a plan that is plain data and says everything a run needs', async () => {
    const { plan } = await compile(PIPELINE);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(Object.isFrozen(plan)).toBe(true);
    expect(plan).toEqual({
      version: 1,
      pipeline: 'shop',
      documentFingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      steps: [],
      tasks: [
        {
          kind: 'load',
          id: 'publish:shop.orders',
          sourceStep: 'orders',
          destinationStep: 'publish',
          source: {
            connection: 'shop',
            connector: 'relational',
            table: ORDERS,
            fields: ORDERS.fields,
            schemaFingerprint: fingerprintTable(ORDERS),
          },
          load: { kind: 'incremental', cursor: 'updated_at', lookback: '300000000', detectDeletes: false },
          columns: [
            ...ORDERS.fields.map(({ name, type, nullable }) => ({
              field: { name, type, nullable },
              origin: { kind: 'source', column: name },
            })),
            {
              field: {
                name: '_millrace_loaded_at',
                type: { kind: 'timestamp', timezone: true },
                nullable: false,
              },
              origin: { kind: 'metadata', value: 'loadedAt' },
            },
            {
              field: { name: '_millrace_run_id', type: { kind: 'string' }, nullable: false },
              origin: { kind: 'metadata', value: 'runId' },
            },
          ],
          contract: {
            newTables: 'evolve',
            missingTables: 'evolve',
            newColumns: 'evolve',
            typeChanges: 'evolve',
            missingColumns: 'freeze',
          },
          quarantine: { maxRows: 5, maxShare: 0.01 },
          destination: {
            connection: 'warehouse',
            connector: 'columnar',
            table: { schema: 'mart', name: 'orders' },
            mode: 'merge',
            deletes: 'ignore',
            key: ['id'],
          },
          notes: [
            'note (json): Spaces between keys are those of the source.',
            'note (json) becomes TEXT: Kept as text.',
          ],
        },
      ],
    });
  });

  it('keeps the selection of columns, for columns that appear later', async () => {
    const task = await onlyTask(
      PIPELINE.replace('load:', 'columns: { include: [id, "*_at"], exclude: [paid_at] }, load:'),
    );
    expect(task.source.columnSelection).toEqual({ include: ['id', '*_at'], exclude: ['paid_at'] });
    expect(task.source.fields.map(({ name }) => name)).toEqual(['id', 'updated_at']);
  });

  it('gives the same fingerprints to what means the same', async () => {
    const before = (await compile(PIPELINE)).plan;
    const commented = (await compile(`# a comment\n${PIPELINE}layout: { orders: [1, 2] }\n`)).plan;
    expect(commented?.fingerprint).toBe(before?.fingerprint);
    expect(commented?.documentFingerprint).toBe(before?.documentFingerprint);
    const changed = (await compile(PIPELINE.replace('5m', '6m'))).plan;
    expect(changed?.documentFingerprint).not.toBe(before?.documentFingerprint);
    expect(changed?.fingerprint).not.toBe(before?.fingerprint);
  });

  it('plans a thousand tables, each its own task', async () => {
    const tables = Array.from({ length: 1000 }, (_, index) => ({
      ...ORDERS,
      table: { schema: 'shop', name: `t${index}` },
    }));
    const text =
      'version: 1\nname: all\nsteps:\n  shop:\n    replicate: { from: shop, into: { connection: warehouse, schema: raw } }\n';
    const { document } = parsePipeline(text, 'x');
    const { plan } = document
      ? await compilePipeline({ document, connections: CONNECTIONS, tables: { shop: tables } })
      : {};
    expect(new Set(plan?.tasks.map(({ id }) => id)).size).toBe(1000);
  });

  it('survives names that mean something to JavaScript', async () => {
    const text = PIPELINE.replaceAll('connection: shop', 'connection: constructor').replaceAll(
      'connection: warehouse',
      'connection: toString',
    );
    expect((await compile(text)).diagnostics.map(({ code }) => code)).toEqual([
      'connectionUnknown',
      'connectionUnknown',
    ]);
  });
});

describe('requiredTables', () => {
  it('asks each connection once, and hides no table that another step wants', async () => {
    const { document } = parsePipeline(
      `version: 1
name: x
steps:
  all: { replicate: { from: a, exclude: [x.*_log], into: { connection: w } } }
  some: { replicate: { from: b, include: [x.*], exclude: [x.y], into: { connection: w } } }
  one: { source: { connection: b, table: x.y } }
  odd: { source: { connection: c, table: '"s.t".u' } }
  publish: { destination: { from: one, connection: w, table: y } }
  publishOdd: { destination: { from: odd, connection: w, table: z } }
`,
      'x',
    );
    expect(document && requiredTables(document)).toEqual({
      a: { include: [], exclude: ['x.*_log'] },
      b: { include: ['x.*', 'x.y'], exclude: [] },
      c: { include: ['s.t.u'], exclude: [] },
    });
  });
});
