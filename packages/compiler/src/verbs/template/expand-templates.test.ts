import { openSqlAnalyser } from '@millrace/engine';
import {
  applyEdit,
  formatDiagnostic,
  parsePipeline,
  type Diagnostic,
  type GivenParameters,
} from '@millrace/spec';
import { afterAll, describe, expect, it } from 'vitest';

import { CONNECTIONS, TABLES } from '../../cases/fixture.ts';
import { compilePipeline, type CompileResult } from '../../compile-pipeline.ts';

const analyser = await openSqlAnalyser();

afterAll(async () => analyser[Symbol.asyncDispose]());

type Templates = Readonly<Record<string, string>>;

const PAID = `version: 1
name: paid
parameters:
  states: { type: integer, default: 3 }
  since: { type: date }
inputs:
  rows: Orders.
steps:
  real: { filter: { from: rows, where: 'rows.customer_id < \${param:states}' } }
  recent:
    filter: { from: real, where: 'updated_at >= \${param:since}' }
    checks:
      - notNull: { columns: [customer_id] }
      - sql: { query: SELECT id FROM recent JOIN real USING (id) WHERE real.status = 'x', from: [real] }
output: recent
`;

const PIPELINE = `version: 1
name: sales
steps:
  orders: { source: { connection: shop, table: shop.orders } }
  paidOrders:
    template: { use: paid, inputs: { rows: orders }, with: { since: '2026-01-01' } }
    checks:
      - unique: { columns: [id] }
      - accepted: { column: status, values: [a, b], onFailure: warn }
  publish: { destination: { from: paidOrders, connection: warehouse, table: mart.orders } }
`;

async function compile(
  templates: Templates,
  text = PIPELINE,
  given?: GivenParameters,
): Promise<CompileResult> {
  const { document, locate, parameters, diagnostics } = parsePipeline(text, 'pipelines/sales.yaml', given);
  if (document === undefined) return { diagnostics, locate, relations: new Map() };
  return compilePipeline({
    document,
    locate,
    parameters,
    templates: Object.fromEntries(
      Object.entries(templates).map(([name, template]) => [
        name,
        { file: `transforms/${name}.yaml`, text: template },
      ]),
    ),
    connections: CONNECTIONS,
    tables: TABLES,
    sql: analyser,
  });
}

function said({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): readonly string[] {
  return diagnostics.flatMap((diagnostic) => formatDiagnostic(diagnostic, '').split('\n'));
}

async function problems(templates: Templates, text = PIPELINE): Promise<readonly string[]> {
  return said(await compile(templates, text));
}

describe('template steps', () => {
  it('are the steps of the template, the output under the name of the step', async () => {
    const { plan, diagnostics } = await compile({ paid: PAID });
    expect(said({ diagnostics })).toEqual([]);
    expect(plan?.steps.map(({ ref, verb, inputs, sql }) => ({ ref, verb, inputs, sql }))).toEqual([
      {
        ref: 'paidOrders/real',
        verb: 'filter',
        inputs: [{ alias: 'rows', ref: 'orders' }],
        sql: expect.stringContaining('(rows.customer_id < (3))'),
      },
      {
        ref: 'paidOrders',
        verb: 'filter',
        inputs: [{ alias: 'real', ref: 'paidOrders/real' }],
        sql: expect.stringContaining("updated_at >= (DATE '2026-01-01')"),
      },
    ]);
    const checked = plan?.tasks.flatMap(({ checks }) => checks?.checks.map(({ name }) => name) ?? []);
    expect(checked).toEqual(['notNull(customer_id)', 'sql', 'unique(id)', 'accepted(status)']);
  });

  it('can use templates, as deep as people can follow', async () => {
    const outer = `version: 1
name: outer
inputs: { all: Orders. }
steps:
  sound: { template: { use: paid, inputs: { rows: all }, with: { since: '2026-02-02' } } }
  first: { limit: { from: sound, rows: 5, by: [id] } }
output: first
`;
    const { plan, diagnostics } = await compile(
      { paid: PAID, outer },
      PIPELINE.replace(
        "use: paid, inputs: { rows: orders }, with: { since: '2026-01-01' }",
        'use: outer, inputs: { all: orders }',
      ),
    );
    expect(said({ diagnostics })).toEqual([]);
    expect(plan?.steps.map(({ ref }) => ref)).toEqual([
      'paidOrders/sound/real',
      'paidOrders/sound',
      'paidOrders',
    ]);
    const chain = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [
        `t${index}`,
        `version: 1\nname: t${index}\ninputs: { rows: Rows. }\nsteps: { next: { template: { use: t${index + 1}, inputs: { rows: rows } } } }\noutput: next\n`,
      ]),
    );
    const deep = PIPELINE.replace(
      "use: paid, inputs: { rows: orders }, with: { since: '2026-01-01' }",
      'use: t0, inputs: { rows: orders }',
    );
    expect((await problems(chain, deep))[0]).toContain('more than 8 templates inside of each other');
  });

  it('name inputs and outputs of steps as they stand around them', async () => {
    const template = `version: 1
name: paid
inputs: { first: Orders., later: Orders too. }
steps:
  routed: { split: { from: first, outputs: { a: "status = 'a'" }, otherwise: rest } }
  united: { union: { from: [routed.a, later] } }
  counted: { sql: { from: [united, later], query: 'SELECT count(*) AS n FROM united, later' } }
output: counted
`;
    const { plan, diagnostics } = await compile(
      { paid: template },
      `version: 1
name: sales
steps:
  orders: { source: { connection: shop, table: shop.orders } }
  parts: { split: { from: orders, outputs: { old: id < 10 } } }
  counted: { template: { use: paid, inputs: { first: orders, later: parts.old } } }
  publish: { destination: { from: counted, connection: warehouse, table: mart.counts } }
`,
    );
    expect(said({ diagnostics })).toEqual([]);
    expect(
      plan?.steps.map(({ ref, inputs }) => [ref, ...inputs.map((input) => `${input.alias}=${input.ref}`)]),
    ).toEqual([
      ['parts.old', 'orders=orders'],
      ['counted/routed.a', 'first=orders'],
      ['counted/routed.rest', 'first=orders'],
      ['counted/united', 'routed.a=counted/routed.a', 'later=parts.old'],
      ['counted', 'united=counted/united', 'later=parts.old'],
    ]);
  });

  it('say what is wrong at the line of the template, and which step uses it', async () => {
    const result = await compile({ paid: PAID.replace('updated_at >=', 'updatd_at >=') });
    expect(said(result)).toEqual([
      "transforms/paid.yaml:11:35: error: There is no column 'updatd_at'. Did you mean 'updated_at' or 'paid_at'?",
      "  used by step 'paidOrders' in pipelines/sales.yaml:5:3",
    ]);
    const [fix] = result.diagnostics[0]?.fixes ?? [];
    const fixed = fix && applyEdit(PAID.replace('updated_at >=', 'updatd_at >='), fix);
    expect(fixed).toMatchObject({ isApplied: true, text: PAID });
  });

  it('place checks beside the use in the pipeline, those of the template there', async () => {
    expect(
      await problems(
        { paid: PAID.replace('columns: [customer_id]', 'columns: [custmer_id]') },
        PIPELINE.replace('column: status, values', 'column: stat, values'),
      ),
    ).toEqual([
      "pipelines/sales.yaml:9:29: error: paidOrders has no column 'stat' (accepted). Did you mean 'status'?",
      "transforms/paid.yaml:13:30: error: paidOrders has no column 'custmer_id' (notNull). Did you mean 'customer_id'?",
      "  used by step 'paidOrders' in pipelines/sales.yaml:5:3",
    ]);
  });

  it('need their inputs and values', async () => {
    const using = (settings: string) =>
      PIPELINE.replace("use: paid, inputs: { rows: orders }, with: { since: '2026-01-01' }", settings);
    const first = async (settings: string) => (await problems({ paid: PAID }, using(settings)))[0];
    expect(await first('use: payd, inputs: { rows: orders }')).toBe(
      "pipelines/sales.yaml:6:22: error: There is no template 'payd'. Did you mean 'paid'? Templates are files in transforms/.",
    );
    expect(await first("use: paid, inputs: {}, with: { since: '2026-01-01' }")).toContain(
      "The template 'paid' reads 'rows', for which step 'paidOrders' names nothing. Add it under inputs.",
    );
    expect(await first("use: paid, inputs: { row: orders }, with: { since: '2026-01-01' }")).toContain(
      "The template 'paid' has no input 'row'. Did you mean 'rows'?",
    );
    expect(await first('use: paid, inputs: { rows: orders }')).toContain(
      "The template 'paid' needs a value for 'since' (date). Add it under with in step 'paidOrders'.",
    );
    expect(await first('use: paid, inputs: { rows: orders }, with: { since: soon }')).toBe(
      "pipelines/sales.yaml:6:69: error: 'soon' cannot be the value of the parameter 'since' (date): it must be a date like 2026-01-31.",
    );
    expect(await first("use: paid, inputs: { rows: orders }, with: { sinc: '2026-01-01' }")).toContain(
      "There is no parameter 'sinc'. Did you mean 'since'?",
    );
  });

  it('may not use each other in a circle', async () => {
    const round = (name: string, other: string) =>
      `version: 1\nname: ${name}\ninputs: { rows: Rows. }\nsteps: { next: { template: { use: ${other}, inputs: { rows: rows } } } }\noutput: next\n`;
    const text = PIPELINE.replace(
      "use: paid, inputs: { rows: orders }, with: { since: '2026-01-01' }",
      'use: a, inputs: { rows: orders }',
    );
    expect(await problems({ a: round('a', 'b'), b: round('b', 'a') }, text)).toEqual([
      'transforms/b.yaml:4:35: error: The templates a → b → a use each other in a circle. Take one of the steps out.',
      "  used by step 'next' in transforms/a.yaml:4:10",
      "  used by step 'paidOrders' in pipelines/sales.yaml:5:3",
    ]);
  });

  it('may not grow without end', async () => {
    const level = (name: string, uses: string) =>
      `version: 1\nname: ${name}\ninputs: { rows: Rows. }\nsteps:\n${Array.from({ length: 40 }, (_, index) => `  s${index}: ${uses.replace('FROM', index === 0 ? 'rows' : `s${index - 1}`)}`).join('\n')}\noutput: s39\n`;
    const using = (name: string) => `{ template: { use: ${name}, inputs: { rows: FROM } } }`;
    const text = PIPELINE.replace(
      "use: paid, inputs: { rows: orders }, with: { since: '2026-01-01' }",
      'use: a, inputs: { rows: orders }',
    );
    const templates = {
      a: level('a', using('b')),
      b: level('b', using('c')),
      c: level('c', using('d')),
      d: level('d', '{ filter: { from: FROM, where: id > 0 } }'),
    };
    const found = await problems(templates, text);
    expect(found[0]).toContain('more than 20000 steps inside of each other');
    expect(found.filter((line) => line.includes(': error:'))).toHaveLength(1);
  });

  it('take values from the parameters of the pipeline', async () => {
    const text = PIPELINE.replace("since: '2026-01-01' }", "since: '${param:from}' }").replace(
      'steps:',
      "parameters: { from: { type: date, default: '2025-05-05' } }\nsteps:",
    );
    const { plan, diagnostics } = await compile({ paid: PAID }, text);
    expect(said({ diagnostics })).toEqual([]);
    expect(plan?.steps[1]?.sql).toContain("(DATE '2025-05-05')");
    expect(plan?.parameters).toEqual({ from: '2025-05-05' });
    const given = { values: { from: { value: '2025-05-06' } }, isComplete: true };
    const other = (await compile({ paid: PAID }, text, given)).plan;
    expect(other?.documentFingerprint).not.toBe(plan?.documentFingerprint);
    expect(other?.steps[1]?.fingerprint).not.toBe(plan?.steps[1]?.fingerprint);
    expect(other?.steps[0]?.fingerprint).toBe(plan?.steps[0]?.fingerprint);
  });

  it('are part of the fingerprint', async () => {
    const one = (await compile({ paid: PAID })).plan;
    const same = (await compile({ paid: `# with a comment\n${PAID}` })).plan;
    const other = (await compile({ paid: PAID.replace('default: 3', 'default: 4') })).plan;
    expect(same?.documentFingerprint).toBe(one?.documentFingerprint);
    expect(other?.documentFingerprint).not.toBe(one?.documentFingerprint);
  });
});
