import { openSqlAnalyser } from '@millrace/engine';
import { parsePipeline, PipelineMemory } from '@millrace/spec';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import { CONNECTIONS, TABLES } from './cases/fixture.ts';
import { CompileMemory } from './compile-memory.ts';
import { compilePipeline, type CompileResult } from './compile-pipeline.ts';

const sql = await openSqlAnalyser();
afterAll(async () => sql[Symbol.asyncDispose]());

/** Steps in several forms each; a document is one form of each, and an edit another form of one. */
const FORMS: Readonly<Record<string, readonly (string | null)[]>> = {
  orders: [
    'source: { connection: shop, table: shop.orders }',
    'source: { connection: shop, table: shop.orders, columns: { exclude: [note] } }',
    'source: { connection: shop, table: shop.nothing }',
    'source: { connection: shop, table: shop.orders }\n    checks: [{ notNull: { columns: [customer_id], onFailure: quarantine } }]',
  ],
  paid: [
    'filter: { from: orders, where: id > 1 }',
    'filter: { from: orders, where: "id > ${param:least}" }',
    'filter: { from: orders, where: id >> }',
    'select: { from: orders, drop: [status] }',
  ],
  priced: [
    'derive: { from: paid, columns: { net: id * 2 } }',
    'derive: { from: paid, columns: { net: id / 2 } }',
    "derive: { from: paid, columns: { net: 'id * 2', status: upper(status) } }",
    'limit: { from: paid, rows: 5, by: [id] }',
  ],
  both: [
    'join: { left: priced, right: orders, on: [id], type: semi }',
    'join: { left: priced, right: orders, on: [id], prefixRight: o_ }',
    'join: { left: priced, right: orders, on: [id] }',
    'union: { from: [paid, paid] }',
  ],
  totals: [
    'aggregate: { from: both, by: [customer_id], measures: { n: count(*), most: max(id) } }',
    'aggregate: { from: both, by: [customer_id], measures: { n: count(*) } }\n    checks: [{ range: { column: n, min: 1, onFailure: quarantine } }]',
    'aggregate: { from: paid, measures: { n: count(*) } }',
    null,
  ],
  routed: [
    'split: { from: priced, outputs: { large: id > 5 }, otherwise: small }',
    'split: { from: priced, outputs: { large: id > 6 }, otherwise: small }',
    'split: { from: priced, outputs: { large: net > 6 }, otherwise: small }',
  ],
  last: ['sort: { from: routed.large, by: [id] }', 'sort: { from: routed.small, by: [id desc] }'],
  publishTotals: [
    'destination: { from: totals, connection: warehouse, table: mart.totals }',
    'destination: { from: priced, connection: warehouse, table: mart.totals }',
  ],
  publishLast: [
    'destination: { from: last, connection: warehouse, table: mart.last }',
    'destination: { from: last, connection: warehouse, table: mart.last, write: merge, key: [id] }',
    null,
  ],
};
const NAMES = Object.keys(FORMS);

/** The steps in their chosen forms; `first` stands at the top. */
function textOf(chosen: readonly number[], first = 0): string {
  const order = [...NAMES.slice(first), ...NAMES.slice(0, first)];
  const steps = order.flatMap((name) => {
    const form = FORMS[name]?.[chosen[NAMES.indexOf(name)] ?? 0];
    return form == null ? [] : [`  ${name}:\n    ${form}`];
  });
  return `version: 1\nname: shop\nparameters: { least: { type: integer, default: 2 } }\nsteps:\n${steps.join('\n')}\n`;
}

async function compile(
  text: string,
  parsing: PipelineMemory,
  compiling: CompileMemory,
): Promise<Omit<CompileResult, 'locate'>> {
  const { document, diagnostics, locate } = parsePipeline(text, 'shop.yaml', { isComplete: true }, parsing);
  if (document === undefined) return { diagnostics, relations: new Map() };
  const { locate: _, ...result } = await compilePipeline(
    { document, locate, connections: CONNECTIONS, tables: TABLES, sql },
    compiling,
  );
  return { ...result, diagnostics: [...diagnostics, ...result.diagnostics] };
}

describe('CompileMemory', () => {
  it('gives after any edits what is made without it', async () => {
    const edit = fc.record({
      step: fc.nat(NAMES.length - 1),
      form: fc.nat(3),
      // Now and then the steps stand in another order.
      first: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(NAMES.length - 1)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 12 }), async (edits) => {
        const [parsing, compiling] = [new PipelineMemory(), new CompileMemory()];
        const chosen = NAMES.map(() => 0);
        await compile(textOf(chosen), parsing, compiling);
        for (const { step, form, first } of edits) {
          chosen[step] = form % (FORMS[NAMES[step] ?? '']?.length ?? 1);
          const text = textOf(chosen, first);
          const remembered = await compile(text, parsing, compiling);
          expect(remembered).toStrictEqual(await compile(text, new PipelineMemory(), new CompileMemory()));
        }
      }),
      { numRuns: 80 },
    );
  });

  it('hands on what an edit does not touch', async () => {
    const [parsing, compiling] = [new PipelineMemory(), new CompileMemory()];
    const chosen = NAMES.map(() => 0);
    const before = await compile(textOf(chosen), parsing, compiling);
    chosen[NAMES.indexOf('totals')] = 2;
    const after = await compile(textOf(chosen), parsing, compiling);
    const same = after.plan?.steps.filter((step) => before.plan?.steps.includes(step)).map(({ ref }) => ref);
    expect(same).toEqual(expect.arrayContaining(['paid', 'priced', 'both', 'routed.large', 'last']));
    expect(same).not.toContain('totals');
  });
});
