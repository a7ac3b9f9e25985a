import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parsePipeline } from '../parse-pipeline.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { applyEdit, applyEdits } from './apply-edit.ts';
import type { DocumentValue, Edit } from './edit.ts';

const SHOP = `# Shop to warehouse
version: 1
name: shop   # the name
tags: ["sales",   'shop']

steps:
  # what is sold
  orders:
    source: { connection: shop, table: shop.orders, load: { mode: incremental, cursor: updated_at } } # by change
    contract:
      newColumns: evolve # default

  customers:
    source:
      connection: shop
      table: 'shop.customers'
  publish: # to the mart
    destination: {from: orders, connection: warehouse, table: mart.orders}

tests:
  - name: nothing
    given: { orders: [] }
    expect: { publish: [] }
layout: { orders: [0, 0], publish: [0, 1] }
`;

function edited(text: string, edit: Edit): string {
  const result = applyEdit(text, edit);
  if (!result.isApplied) throw new Error(result.reason);
  return result.text;
}

function refusal(text: string, edit: Edit): string {
  const result = applyEdit(text, edit);
  return result.isApplied ? 'applied' : result.reason;
}

/** Lines that only one of the texts has, with - and +. */
function difference(before: string, after: string): readonly string[] {
  const left = before.split('\n');
  const right = after.split('\n');
  return [
    ...left.filter((line) => !right.includes(line)).map((line) => `- ${line.trim()}`),
    ...right.filter((line) => !left.includes(line)).map((line) => `+ ${line.trim()}`),
  ];
}

describe('applyEdit', () => {
  it('sets a value in a flow map and nothing else', () => {
    const after = edited(SHOP, {
      kind: 'setField',
      path: ['steps', 'publish', 'destination', 'table'],
      value: 'mart.o',
    });
    expect(after).toBe(SHOP.replace('mart.orders', 'mart.o'));
  });

  it('adds a key to a flow map in its place', () => {
    const after = edited(SHOP, {
      kind: 'setField',
      path: ['steps', 'publish', 'destination', 'key'],
      value: ['id', '2'],
    });
    expect(after).toBe(SHOP.replace('table: mart.orders}', 'table: mart.orders, key: [id, "2"]}'));
  });

  it('adds a key to a block map after its last line and keeps the comment there', () => {
    const after = edited(SHOP, {
      kind: 'setField',
      path: ['steps', 'orders', 'contract', 'typeChanges'],
      value: 'stop',
    });
    expect(after).toBe(SHOP.replace('evolve # default\n', 'evolve # default\n      typeChanges: stop\n'));
  });

  it('makes the maps on the way', () => {
    const after = edited(SHOP, {
      kind: 'setField',
      path: ['steps', 'customers', 'quarantine', 'maxRows'],
      value: 5,
    });
    expect(after).toBe(
      SHOP.replace("table: 'shop.customers'\n", "table: 'shop.customers'\n    quarantine: { maxRows: 5 }\n"),
    );
  });

  it('sets a map by its differences only', () => {
    const value = { newColumns: 'evolve', missingColumns: 'fill' };
    const after = edited(SHOP, { kind: 'setField', path: ['steps', 'orders', 'contract'], value });
    expect(after).toBe(SHOP.replace('evolve # default\n', 'evolve # default\n      missingColumns: fill\n'));
  });

  it('replaces a block by a plain value', () => {
    const after = edited(SHOP, { kind: 'setField', path: ['steps', 'customers', 'source'], value: {} });
    expect(difference(SHOP, after)).toEqual([
      '- source:',
      '- connection: shop',
      "- table: 'shop.customers'",
      '+ source: {}',
    ]);
  });

  it('removes a key of a flow map with its comma', () => {
    const after = edited(SHOP, {
      kind: 'removeField',
      path: ['steps', 'publish', 'destination', 'connection'],
    });
    expect(after).toBe(SHOP.replace('connection: warehouse, ', ''));
    const last = edited(SHOP, { kind: 'removeField', path: ['steps', 'publish', 'destination', 'table'] });
    expect(last).toBe(SHOP.replace(', table: mart.orders', ''));
  });

  it('removes the only key of a block map', () => {
    const after = edited(SHOP, { kind: 'removeField', path: ['steps', 'orders', 'contract', 'newColumns'] });
    expect(difference(SHOP, after)).toEqual([
      '- contract:',
      '- newColumns: evolve # default',
      '+ contract: {}',
    ]);
  });

  it('renames a key in place', () => {
    const text = SHOP.replace('source: {', 'soruce: {');
    expect(edited(text, { kind: 'renameField', path: ['steps', 'orders', 'soruce'], to: 'source' })).toBe(
      SHOP,
    );
  });

  it('renames a step with all that refers to it', () => {
    const after = edited(SHOP, { kind: 'renameStep', from: 'orders', to: 'sales' });
    expect(after).toBe(
      SHOP.replace('  orders:\n', '  sales:\n')
        .replace('from: orders', 'from: sales')
        .replace('given: { orders:', 'given: { sales:')
        .replace('layout: { orders:', 'layout: { sales:'),
    );
  });

  it('renames a step in the checks that compare with it', () => {
    const text = `version: 1
name: shop
steps:
  orders:
    source: { connection: shop, table: orders }
    checks:
      - relationship: { columns: [customer], to: { step: customers, columns: [id] } } # kept
      - sql: { query: SELECT 1 FROM customers, from: [lines, customers] }
`;
    expect(edited(`${text}  customers: {}\n`, { kind: 'renameStep', from: 'customers', to: 'people' })).toBe(
      `${text.replace('step: customers', 'step: people').replace('[lines, customers]', '[lines, people]')}  people: {}\n`,
    );
  });

  it('removes a step with its place', () => {
    const after = edited(SHOP, { kind: 'removeStep', name: 'publish' });
    expect(after).toBe(
      SHOP.replace(/ {2}publish: .*\n.*\n/, '').replace(
        'layout: { orders: [0, 0], publish: [0, 1] }',
        'layout: { orders: [0, 0] }',
      ),
    );
  });

  it('adds a step as a block', () => {
    const step = { destination: { from: 'customers', connection: 'warehouse', table: 'mart.customers' } };
    const after = edited(SHOP, { kind: 'addStep', name: 'publishCustomers', step });
    expect(difference(SHOP, after)).toEqual([
      '+ publishCustomers:',
      '+ destination: { from: customers, connection: warehouse, table: mart.customers }',
    ]);
    expect(parsePipeline(after, 'x').diagnostics).toEqual([]);
  });

  it('connects, disconnects and moves', () => {
    expect(edited(SHOP, { kind: 'connect', from: 'customers', to: 'publish' })).toBe(
      SHOP.replace('{from: orders', '{from: customers'),
    );
    expect(edited(SHOP, { kind: 'disconnect', to: 'publish' })).toBe(SHOP.replace('from: orders, ', ''));
    expect(edited(SHOP, { kind: 'moveStep', name: 'orders', at: [3, 4] })).toBe(
      SHOP.replace('orders: [0, 0]', 'orders: [3, 4]'),
    );
    expect(edited(SHOP, { kind: 'moveStep', name: 'customers', at: [1, 1] })).toBe(
      SHOP.replace('publish: [0, 1] }', 'publish: [0, 1], customers: [1, 1] }'),
    );
  });

  it('builds a document from nothing', () => {
    const result = applyEdits('', [
      { kind: 'setField', path: ['version'], value: 1 },
      { kind: 'setField', path: ['name'], value: 'new' },
      { kind: 'addStep', name: 'a', step: { source: { connection: 'c', table: 't' } } },
      { kind: 'addStep', name: 'b', step: { destination: { from: 'a', connection: 'd', table: 't' } } },
    ]);
    expect(result.isApplied && parsePipeline(result.text, 'x').diagnostics).toEqual([]);
  });

  it('keeps Windows line ends', () => {
    const text = 'version: 1\r\nname: x\r\n';
    expect(edited(text, { kind: 'setField', path: ['owner'], value: 'me' })).toBe(
      'version: 1\r\nname: x\r\nowner: me\r\n',
    );
  });

  it('refuses what it cannot do in place, with the reason', () => {
    expect(refusal(SHOP, { kind: 'addStep', name: 'orders', step: {} })).toContain(
      "There is a step 'orders' already",
    );
    expect(refusal(SHOP, { kind: 'renameStep', from: 'orders', to: 'publish' })).toContain(
      'steps.publish already',
    );
    expect(refusal(SHOP, { kind: 'renameStep', from: 'orders', to: '1 x' })).toContain('cannot be the name');
    expect(refusal(SHOP, { kind: 'removeField', path: ['steps', 'none'] })).toContain(
      'There is no steps.none',
    );
    expect(refusal('a: [', { kind: 'setField', path: ['a'], value: 1 })).toContain('not valid YAML');
    expect(refusal('a: &x {b: 1}\nc: *x\n', { kind: 'setField', path: ['c', 'b'], value: 2 })).toContain(
      'alias',
    );
  });
});

const word = fc.constantFrom(
  'a',
  'b',
  'c',
  'key one',
  'true',
  '1',
  '- x',
  'ü: #',
  'null',
  '"q"',
  "it's",
  '{',
  'é\u2028',
  '~',
  '=',
  '<<',
);
const scalar: fc.Arbitrary<DocumentValue> = fc.oneof(
  word,
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const value = fc.letrec<{ value: DocumentValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(word, tie('value'), { maxKeys: 3 }),
  ),
})).value;

/** YAML of a value with a comment wherever one may stand; every line of it is its own. */
function write(data: DocumentValue, indent: string, flow: boolean, counter: { next: number }): string {
  const comment = (): string => ` # c${(counter.next += 1)}\n`;
  if (typeof data !== 'object' || data === null) return ` ${JSON.stringify(data)}${flow ? '' : comment()}`;
  const entries = Array.isArray(data)
    ? data.map((item: DocumentValue) => ['', item] as const)
    : Object.entries(data);
  if (entries.length === 0 || flow || counter.next % 3 === 0)
    return ` ${JSON.stringify(data)}${flow ? '' : comment()}`;
  const lines = entries.map(([key, item]) => {
    const head = Array.isArray(data) ? `${indent}-` : `${indent}${JSON.stringify(key)}:`;
    return `${indent}# c${(counter.next += 1)}\n${head}${write(item, `${indent}  `, flow, counter)}`;
  });
  return `\n${lines.join('')}`;
}

function paths(data: DocumentValue): readonly (readonly (string | number)[])[] {
  if (typeof data !== 'object' || data === null) return [[]];
  const entries: readonly (readonly [string | number, DocumentValue])[] = Array.isArray(data)
    ? data.map((item: DocumentValue, index: number) => [index, item] as const)
    : Object.entries(data);
  return [[], ...entries.flatMap(([key, item]) => paths(item).map((path) => [key, ...path]))];
}

describe('applyEdit, for any document', () => {
  const documents = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), value, { minKeys: 1, maxKeys: 4 });

  it('sets any value at any place, keeping every comment outside of it', () => {
    fc.assert(
      fc.property(documents, fc.nat(), value, (data, choice, to) => {
        const text = write(data, '', false, { next: 1 }).trimStart();
        const all = paths(data).filter((path) => path.length > 0);
        const path = all[choice % all.length] ?? ['a'];
        const after = edited(text, { kind: 'setField', path, value: to });
        const read = readYaml(after, 'x');
        expect(read.diagnostics).toEqual([]);
        const inside = path.reduce<unknown>(
          (current, part) => new Map(Object.entries(Object(current))).get(String(part)),
          read.value,
        );
        expect(inside).toEqual(to);
        const { start, end } = readYaml(text, 'x').locate(path);
        expect(after.startsWith(text.slice(0, start.offset).trimEnd())).toBe(true);
        expect(after.endsWith(text.slice(end.offset).trimStart())).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('sets a key and removes it again, and the text is as before', () => {
    fc.assert(
      fc.property(documents, scalar, (data, to) => {
        const text = write(data, '', false, { next: 1 }).trimStart();
        const added = edited(text, { kind: 'setField', path: ['added'], value: to });
        expect(added.startsWith(text)).toBe(true);
        expect(edited(added, { kind: 'removeField', path: ['added'] })).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it('removes any key and says so, or refuses and changes nothing', () => {
    fc.assert(
      fc.property(documents, fc.nat(), (data, choice) => {
        const text = write(data, '', false, { next: 1 }).trimStart();
        const all = paths(data).filter((path) => path.length > 0);
        const result = applyEdit(text, { kind: 'removeField', path: all[choice % all.length] ?? ['a'] });
        if (result.isApplied) expect(readYaml(result.text, 'x').diagnostics).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
