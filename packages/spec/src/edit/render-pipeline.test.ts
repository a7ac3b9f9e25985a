import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';

import { CHECKS } from '../document/check-list.ts';
import { pipelineSchema } from '../document/pipeline-document.ts';
import { parsePipeline } from '../parse-pipeline.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { renderPipeline } from './render-pipeline.ts';
import { renderText, renderValue } from './render-value.ts';

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/);
const text = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.constantFrom('true', '1', 'null', '~', ': ', '# x', '\u2028', '*'),
);

const load = fc.oneof(
  fc.constant({ mode: 'full' as const }),
  fc.record(
    {
      mode: fc.constant('incremental' as const),
      cursor: text,
      key: fc.array(text, { minLength: 1, maxLength: 3 }),
      lookback: fc.oneof(fc.nat(), fc.constantFrom('5m', '1h30m')),
      deletes: fc.constant('detect' as const),
    },
    { requiredKeys: ['mode'] },
  ),
);
const contract = fc.record(
  {
    newColumns: fc.constantFrom('evolve' as const, 'discardRow' as const, 'stop' as const),
    typeChanges: fc.constantFrom('widen' as const, 'quarantine' as const, 'stop' as const),
  },
  { requiredKeys: [] },
);
const check = fc.oneof(
  ...CHECKS.map(({ name: kind, schema }) =>
    fc
      .record(
        { example: fc.constantFrom(...examplesOf(schema)), name: text, owner: text, tags: fc.array(text) },
        { requiredKeys: ['example'] },
      )
      .map(({ example, ...options }) => ({ [kind]: { ...Object(example), ...options } })),
  ),
);

function examplesOf(schema: z.ZodType): unknown[] {
  const examples = schema.meta()?.['examples'];
  return Array.isArray(examples) ? examples : [];
}

const replicate = fc.record(
  {
    replicate: fc.record(
      {
        from: text,
        include: fc.array(text, { minLength: 1, maxLength: 3 }),
        load,
        into: fc.record({ connection: text, schema: text }, { requiredKeys: ['connection'] }),
      },
      { requiredKeys: ['from', 'into'] },
    ),
    description: text,
    contract,
    checks: fc.array(check, { maxLength: 3 }),
  },
  { requiredKeys: ['replicate'] },
);
const documents = fc.record(
  {
    version: fc.constant(1 as const),
    name: text,
    description: fc.string(),
    tags: fc.array(fc.string()),
    // What the examples of the checks compare with.
    steps: fc.dictionary(name, replicate, { minKeys: 1, maxKeys: 4 }).map((steps) => ({
      ...steps,
      orders: { source: { connection: 'shop', table: 'orders' } },
      customers: { source: { connection: 'shop', table: 'customers' } },
      publishOrders: { destination: { from: 'orders', connection: 'warehouse', table: 'orders' } },
      publishCustomers: { destination: { from: 'customers', connection: 'warehouse', table: 'customers' } },
    })),
    layout: fc.dictionary(name, fc.tuple(fc.integer(), fc.integer()), { maxKeys: 3 }),
  },
  { requiredKeys: ['version', 'name', 'steps'] },
);

describe('renderPipeline', () => {
  it('is read again as the same document', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const rendered = renderPipeline(pipelineSchema.parse(document));
        const parsed = parsePipeline(rendered, 'x');
        expect(parsed.diagnostics).toEqual([]);
        expect(parsed.document).toEqual(JSON.parse(JSON.stringify(document)));
      }),
      { numRuns: 300 },
    );
  });

  it('reads like a document that a person wrote', () => {
    const rendered = renderPipeline({
      version: 1,
      name: 'shop-orders',
      tags: ['sales'],
      steps: {
        orders: { source: { connection: 'shop', table: 'shop.orders' }, contract: { newColumns: 'stop' } },
        publish: { destination: { from: 'orders', connection: 'warehouse', table: 'mart.orders' } },
      },
      layout: { orders: [0, 0] },
    });
    expect(rendered).toBe(`version: 1
name: shop-orders
tags: [sales]

steps:
  orders:
    source: { connection: shop, table: shop.orders }
    contract: { newColumns: stop }
  publish:
    destination: { from: orders, connection: warehouse, table: mart.orders }

layout: { orders: [0, 0] }
`);
  });
});

describe('renderValue', () => {
  it('writes any text so that it is read as the same text, alone and inside of braces', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })), (value) => {
        fc.pre(value.isWellFormed());
        expect(readYaml(`a: ${renderText(value)}\n`, 'x').value).toEqual({ a: value });
        expect(readYaml(`${renderValue({ a: [value, { b: value }] })}\n`, 'x').value).toEqual({
          a: [value, { b: value }],
        });
      }),
      { numRuns: 1000 },
    );
  });
});
