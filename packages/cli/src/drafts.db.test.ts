import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import {
  compileDraft,
  createOperationContext,
  createPipeline,
  listRevisions,
  planDraft,
  previewDraft,
  readPipeline,
  readRevision,
  runPipeline,
  Runner,
  savePipeline,
  type Operation,
} from '@millrace/control-plane';
import type { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { registry } from './registry.ts';
import { startRunner } from './testing/start-processes.ts';
import { CommandLine } from './testing/command-line.ts';

const SALES = `version: 1
name: sales
steps:
  orders:
    source: { connection: shop, table: orders }
  customers:
    source: { connection: shop, table: customers } # everyone
  paid:
    filter: { from: orders, where: "status = 'paid'" }
  wide:
    join: { left: paid, right: customers, on: { customer_id: id }, prefixRight: customer_ }
  publish:
    destination: { from: wide, connection: warehouse, table: mart.orders }
`;

const line = new CommandLine();
const file = join(line.folder, 'pipelines', 'sales.yaml');
const context = createOperationContext({
  projectFolder: line.folder,
  workingFolder: line.folder,
  environment: {},
  environmentName: undefined,
  registry,
  startRunner: () => new Runner(startRunner(line.folder)),
});
const { signal } = new AbortController();

async function ask<Input extends z.ZodType, Output extends z.ZodType>(
  operation: Operation<string, Input, Output>,
  input: z.input<Input>,
): Promise<z.output<Output>> {
  const answer = await operation.handler(context, operation.input.parse(input), signal);
  // What crosses HTTP is JSON, and what the schema says.
  expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
  expect(operation.output.safeParse(answer).success).toBe(true);
  return answer;
}

beforeAll(async () => {
  await line.run(['init', '.', '--name', 'drafts']);
  using db = new DatabaseSync(join(line.folder, 'shop.db'));
  db.exec(`
    CREATE TABLE customers (id INTEGER NOT NULL PRIMARY KEY, name TEXT, country TEXT);
    CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, customer_id INTEGER, total DECIMAL(10,2), status TEXT);
    INSERT INTO customers VALUES (1, 'Zoë', 'DE'), (2, NULL, 'FR');
    INSERT INTO orders VALUES (1, 1, '10.10', 'paid'), (2, 1, '5.00', 'cancelled'), (3, 2, '7.25', 'paid');`);
  await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
  mkdirSync(join(line.folder, 'pipelines'), { recursive: true });
  writeFileSync(file, SALES);
}, 60_000);

afterAll(async () => {
  await context[Symbol.asyncDispose]();
  line[Symbol.dispose]();
});

describe('documents', () => {
  it('are read with their revision, saved whole, and kept', async () => {
    const read = await ask(readPipeline, { pipeline: 'sales' });
    expect(read).toMatchObject({ file: 'pipelines/sales.yaml', text: SALES, isValid: true, diagnostics: [] });
    const text = SALES.replace("'paid'", "'open'");
    const saved = await ask(savePipeline, { pipeline: 'sales', text, baseRevision: read.revision });
    expect(saved).toMatchObject({ outcome: 'saved', isValid: true });
    expect(readFileSync(file, 'utf8')).toBe(text);
    const { revisions } = await ask(listRevisions, { pipeline: 'sales' });
    expect(revisions).toMatchObject([
      { number: 2, origin: 'saved', isValid: true },
      { number: 1, origin: 'file', revision: read.revision },
    ]);
    const before = await ask(readRevision, { pipeline: 'sales', revision: read.revision });
    expect(before.text).toBe(SALES);
    const restored = { pipeline: 'sales', text: SALES, baseRevision: revisions[0]?.revision ?? '' };
    expect(await ask(savePipeline, { ...restored, isRestored: true })).toMatchObject({ outcome: 'saved' });
    expect((await ask(listRevisions, { pipeline: 'sales' })).revisions[0]).toMatchObject({
      origin: 'restored',
    });
  });

  it('that changed underneath are merged step by step, or both are shown', async () => {
    const { revision } = await ask(readPipeline, { pipeline: 'sales' });
    const theirs = SALES.replace('# everyone', '# everyone, also guests').replace(
      'mart.orders',
      'mart.all_orders',
    );
    writeFileSync(file, theirs);
    const mine = SALES.replace("'paid'", "'shipped'");
    const merged = await ask(savePipeline, { pipeline: 'sales', text: mine, baseRevision: revision });
    expect(merged).toMatchObject({ outcome: 'merged', fromFile: ['customers', 'publish'] });
    expect(readFileSync(file, 'utf8')).toBe(theirs.replace("'paid'", "'shipped'"));
    const other = SALES.replace("'paid'", "'open'");
    const conflict = await ask(savePipeline, { pipeline: 'sales', text: other, baseRevision: revision });
    expect(conflict).toMatchObject({ outcome: 'conflict', conflicts: ['paid'], base: SALES });
    expect(readFileSync(file, 'utf8')).toBe(theirs.replace("'paid'", "'shipped'"));
    if (conflict.outcome !== 'conflict') throw new Error('no conflict');
    const base = conflict.theirs.revision;
    expect(await ask(savePipeline, { pipeline: 'sales', text: SALES, baseRevision: base })).toMatchObject({
      outcome: 'saved',
    });
  });

  it('that are wrong keep the last valid revision', async () => {
    const { revision } = await ask(readPipeline, { pipeline: 'sales' });
    writeFileSync(file, SALES.replace('filter:', 'filtr:'));
    const wrong = await ask(readPipeline, { pipeline: 'sales' });
    expect(wrong).toMatchObject({ isValid: false, lastValidRevision: revision });
    expect(wrong.diagnostics).toMatchObject([{ code: 'verbUnknown' }]);
    writeFileSync(file, SALES);
  });

  it('are made new, once', async () => {
    const made = await ask(createPipeline, { pipeline: 'fresh', description: 'to begin with' });
    expect(made.text).toContain('name: fresh\nsteps: {}\ndescription: to begin with\n');
    await expect(ask(createPipeline, { pipeline: 'fresh' })).rejects.toThrow(
      'There is a pipeline "fresh" already',
    );
    expect(existsSync(join(line.folder, made.file))).toBe(true);
  });
});

describe('drafts', () => {
  it('tell the columns of every step that is right, and what is wrong with the others', async () => {
    const text = SALES.replace("status = 'paid'", "statuss = 'paid'").replace(
      '  publish:',
      "  few:\n    filter: { from: customers, where: country = 'DE' }\n  publish:",
    );
    const compiled = await ask(compileDraft, { pipeline: 'sales', text });
    expect(compiled.isValid).toBe(false);
    const [wrong] = compiled.diagnostics.filter(({ severity }) => severity === 'error');
    expect(wrong).toMatchObject({ path: ['steps', 'paid', 'filter', 'where'] });
    expect(text.slice(wrong?.range.start.offset, wrong?.range.end.offset)).toBe('statuss');
    expect(wrong?.fixes.length).toBeGreaterThan(0);
    expect(Object.keys(compiled.schemas).toSorted()).toEqual(['customers', 'few', 'orders']);
    expect(compiled.schemas['orders']).toMatchObject({
      key: ['id'],
      columns: [{ name: 'id', type: 'int64', nullable: false }, {}, { name: 'total' }, { name: 'status' }],
    });
  });

  it('that are half written still show rows of what is right', async () => {
    const text = `${SALES}  next:\n    aggregate: { from: wide }\n  lone:\n    source: { connection: shop, table: customers }\n`;
    const compiled = await ask(compileDraft, { pipeline: 'sales', text });
    expect(Object.keys(compiled.schemas)).toEqual(expect.arrayContaining(['wide', 'lone', 'paid']));
    for (const [step, rows] of [
      ['paid', 2],
      ['wide', 2],
      ['lone', 2],
      ['publish', 2],
      ['orders', 3],
    ] as const) {
      const { preview, reason } = await ask(previewDraft, { pipeline: 'sales', text, step });
      expect([reason, preview?.outputs[0]?.rows.length]).toEqual([null, rows]);
    }
    const none = await ask(previewDraft, { pipeline: 'sales', text, step: 'next' });
    expect(none).toMatchObject({ preview: null, reason: expect.stringContaining('measures') });
    const unknown = await ask(previewDraft, { pipeline: 'sales', text, step: 'nothing' });
    expect(unknown.reason).toBe("There is no step 'nothing'.");
  });

  it('show no value that a mask hides, also while the mask is being written', async () => {
    const right = `${SALES}  safe:\n    mask: { from: customers, columns: { name: { method: redact } } }\n`;
    const wrong = right.replace('method: redact', 'method: redct');
    for (const text of [right, wrong]) {
      const { preview } = await ask(previewDraft, { pipeline: 'sales', text, step: 'customers' });
      const column = preview?.outputs[0]?.columns.find(({ name }) => name === 'name');
      expect(column?.isHidden).toBe(true);
      expect(JSON.stringify(preview)).not.toContain('Zoë');
    }
  });

  it('do not ask a source that was asked before', async () => {
    await ask(previewDraft, { pipeline: 'sales', text: SALES, step: 'wide' });
    renameSync(join(line.folder, 'shop.db'), join(line.folder, 'gone.db'));
    try {
      const { preview } = await ask(previewDraft, { pipeline: 'sales', text: SALES, step: 'wide' });
      expect(preview).toMatchObject({ isWarm: true });
      expect((await line.run(['preview', 'sales', 'wide'])).out).toContain('wide: 2 rows of the sample');
      expect(await ask(compileDraft, { pipeline: 'sales', text: SALES })).toMatchObject({ isValid: true });
      const unasked = SALES.replace('table: customers', 'table: customers_new');
      const { unchecked } = await ask(compileDraft, { pipeline: 'sales', text: unasked, isFresh: true });
      expect(Object.keys(unchecked)).toEqual(['orders', 'customers']);
    } finally {
      renameSync(join(line.folder, 'gone.db'), join(line.folder, 'shop.db'));
    }
  });

  it('can be looked at from several sides at once', async () => {
    const steps = ['orders', 'paid', 'wide', 'customers', 'publish', 'wide', 'paid'];
    const shown = await Promise.all(
      steps.map((step) => ask(previewDraft, { pipeline: 'sales', text: SALES, step, isFresh: true })),
    );
    expect(shown.map(({ reason, preview }) => [reason, preview?.outputs[0]?.rows.length])).toEqual(
      [3, 2, 2, 2, 2, 2, 2].map((rows) => [null, rows]),
    );
  });

  it('say what they would change since the last run', async () => {
    const first = await ask(planDraft, { pipeline: 'sales', text: SALES });
    expect(first).toMatchObject({ changes: null, since: null });
    expect(first.outline?.write).toMatchObject([{ into: 'warehouse:mart.orders' }]);
    await runPipeline.handler(context, runPipeline.input.parse({ pipeline: 'sales' }), signal);
    const text = SALES.replace("'paid'", "'cancelled'");
    const planned = await ask(planDraft, { pipeline: 'sales', text });
    expect(planned.changes).toMatchObject({
      steps: [
        { name: 'paid', kind: 'changed' },
        { name: 'wide', kind: 'followed', because: ['paid'] },
      ],
      tables: [{ table: 'mart.orders', isRecomputed: true }],
    });
    expect((await ask(compileDraft, { pipeline: 'sales', text })).changed).toEqual(['paid']);
  });
});
