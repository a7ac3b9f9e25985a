import { describe, expect, it } from 'vitest';

import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { parsePipeline, type ParsedPipeline } from '../parse-pipeline.ts';
import type { GivenParameters } from './resolve-parameters.ts';

const TEXT = `version: 1
name: sales
parameters:
  since: { type: date, default: '2026-01-01', description: The first day. }
  region: { type: string, accepted: [EU, US] }
  rows: { type: integer, default: 10 }
  share: { type: number, default: 0.5 }
  fresh: { type: boolean, default: true }
steps:
  orders: { source: { connection: shop, table: 'shop.\${param:region}_orders' } }
  recent:
    filter: { from: orders, where: 'created_on >= \${param:since} AND fresh = \${param:fresh} -- \${param:since}' }
  some: { sample: { from: recent, rows: '\${param:rows}', by: [id] } }
  groups:
    aggregate: { from: some, by: { rate: 'rate * \${param:share}' }, measures: { 'n': count(*) } }
  publish: { destination: { from: groups, connection: warehouse, table: mart.orders } }
tests:
  - { name: 'plain $\${param:since}', given: { orders: [{ rows: '\${param:rows}', region: '\${param:region}' }] }, expect: {} }
`;

function given(
  values: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> = {},
  isComplete = true,
): GivenParameters {
  const each = (all: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(all).map(([name, value]) => [name, { value }]));
  return { values: each(values), defaults: each(defaults), isComplete };
}

function parse(values: Readonly<Record<string, unknown>>, text = TEXT): ParsedPipeline {
  return parsePipeline(text, 'sales.yaml', given(values));
}

function said({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): readonly string[] {
  return diagnostics.map(
    ({ range, code, message }) => `${range.start.line}:${range.start.column} ${code}: ${message}`,
  );
}

describe('parameters of a document', () => {
  it('are literals in SQL, values where they stand alone, and text elsewhere', () => {
    const parsed = parse({ region: 'EU', fresh: 'false' });
    expect(said(parsed)).toEqual([]);
    expect(parsed.document?.steps).toMatchObject({
      orders: { source: { table: 'shop.EU_orders' } },
      recent: {
        filter: {
          where: "created_on >= (DATE '2026-01-01') AND fresh = (FALSE) -- ${param:since}",
        },
      },
      some: { sample: { rows: 10 } },
      groups: { aggregate: { by: { rate: 'rate * (0.5)' } } },
    });
    expect(parsed.document?.tests).toMatchObject([
      { name: 'plain ${param:since}', given: { orders: [{ rows: 10, region: 'EU' }] } },
    ]);
    expect([...parsed.parameters.values].map(([name, { text, origin }]) => [name, text, origin])).toEqual([
      ['since', '2026-01-01', 'default'],
      ['region', 'EU', 'given'],
      ['rows', '10', 'default'],
      ['share', '0.5', 'default'],
      ['fresh', 'false', 'given'],
    ]);
  });

  it('stay one value whatever is in them', () => {
    const text = TEXT.replace('accepted: [EU, US]', 'default: EU').replace(
      'rate * ${param:share}',
      'region = ${param:region}',
    );
    const { document } = parse({ region: "x' OR '1'='1" }, text);
    expect(document?.steps['groups']).toMatchObject({
      aggregate: { by: { rate: "region = ('x'' OR ''1''=''1')" } },
    });
  });

  it('come from whoever asks, else from the environment, else from the document', () => {
    const origin = (values: object, defaults: object) =>
      parsePipeline(
        TEXT,
        'sales.yaml',
        given({ region: 'EU', ...values }, { ...defaults, other: 'x' }),
      ).parameters.values.get('rows')?.text;
    expect([origin({}, {}), origin({}, { rows: 20 }), origin({ rows: '30' }, { rows: 20 })]).toEqual([
      '10',
      '20',
      '30',
    ]);
  });

  it('say what is wrong with the values', () => {
    expect(said(parse({ region: 'UE', since: '2026-02-30', sinc: 'x' }))).toEqual([
      "3:1 parameterUnknown: There is no parameter 'sinc'. Did you mean 'since'? Parameters are declared under parameters.",
      "4:3 parameterValueWrong: '2026-02-30' cannot be the value of the parameter 'since' (date): it must be a date like 2026-01-31.",
      "5:3 parameterNotAccepted: 'UE' is not accepted for the parameter 'region'. Did you mean 'EU' or 'US'?",
    ]);
    expect(said(parse({}))).toEqual([
      "5:3 parameterMissing: The parameter 'region' (string) has no value. Give one with --param region=VALUE, under parameters of the environment, or as its default.",
    ]);
  });

  it('can be looked at without values', () => {
    const parsed = parsePipeline(TEXT, 'sales.yaml');
    expect(said(parsed)).toEqual([]);
    expect(parsed.parameters.values.get('region')).toMatchObject({ text: 'EU', origin: 'accepted' });
    expect(parsed.parameters.open).toEqual([]);
    const open = parsePipeline(TEXT.replace(', accepted: [EU, US]', ''), 'sales.yaml');
    expect(open.parameters.open).toEqual(['region']);
  });

  it('are refused inside of quotes, and at the character of the reference', () => {
    const parsed = parse(
      { region: 'EU' },
      TEXT.replace(
        'created_on >= ${param:since} AND',
        `label = ''x-\${param:sinc}'' OR a = ''\${param:since}'' AND`,
      ),
    );
    expect(said(parsed)).toEqual([
      "12:49 parameterUnknown: There is no parameter 'sinc'. Did you mean 'since'? Parameters are declared under parameters.",
      "12:74 parameterInQuotes: ${param:since} stands inside of quotes, or behind a text of the form E'…'. Take the quotes away: in SQL the value comes as a literal of its type.",
    ]);
  });

  it('need a default where only some texts are possible', () => {
    const text = TEXT.replace("rows: '${param:rows}'", "rows: '${param:count}'").replace(
      'rows: { type: integer, default: 10 }',
      'count: { type: string }',
    );
    const { diagnostics } = parsePipeline(text, 'sales.yaml');
    expect(diagnostics.map(({ message }) => message)).toContain(
      "'steps.some.sample.rows' cannot be any text, so the parameter 'count' needs a default or a list of accepted values; else the document cannot be checked before it runs.",
    );
    expect(diagnostics.map(({ code }) => code)).not.toContain('typeWrong');
  });

  it('warn when nothing refers to them', () => {
    const { diagnostics } = parse({ region: 'EU' }, TEXT.replace('rate * ${param:share}', 'rate'));
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ['parameterUnused', 'warning'],
    ]);
  });

  it('leave places and fixes as they are written', () => {
    const { locate, parameters } = parse({ region: 'EU' });
    const path = ['steps', 'recent', 'filter', 'where'];
    const value = "created_on >= (DATE '2026-01-01') AND fresh = (TRUE) -- ${param:since}";
    const at = value.indexOf('fresh');
    const range = locate(path, { from: at, to: at + 5 });
    const line = TEXT.split('\n')[range.start.line - 1] ?? '';
    expect(line.slice(range.start.column - 1, range.end.column - 1)).toBe('fresh');
    const literal = locate(path, { from: 20, to: 21 });
    expect(line.slice(literal.start.column - 1, literal.end.column - 1)).toBe('${param:since}');
    const fixed = (to: string) =>
      parameters.asWritten({
        code: 'sqlColumnUnknown',
        severity: 'error',
        message: '',
        path,
        range,
        params: { name: 'fresh', nearest: [] },
        fixes: [{ kind: 'setField', path, value: to }],
      }).fixes;
    expect(fixed("created_on >= (DATE '2026-01-01') AND is_fresh = (TRUE) -- ${param:since}")).toEqual([
      {
        kind: 'setField',
        path,
        value: 'created_on >= ${param:since} AND is_fresh = ${param:fresh} -- ${param:since}',
      },
    ]);
    expect(fixed("created_on >= (DATE '2026-01-02') AND fresh = (TRUE) -- ${param:since}")).toEqual([]);
  });
});
