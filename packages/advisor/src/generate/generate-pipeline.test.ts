import { parsePipeline, type Capabilities } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { randomSchema } from '../testing/random-schema.ts';
import { INTEGER, makeEvidence, TEXT } from '../testing/make-evidence.ts';
import type { GenerateInput } from './generate-input.ts';
import { generatePipeline } from './generate-pipeline.ts';

const SOURCE: NonNullable<Capabilities['source']> = {
  extractIn: 'worker',
  snapshot: 'transaction',
  loadModes: ['full', 'incremental'],
  incrementalBy: 'column',
  hasDigest: true,
  hasSchemas: true,
};
const DESTINATION: NonNullable<Capabilities['destination']> = {
  writeModes: ['append', 'replace', 'merge', 'scd2'],
  hasSchemas: true,
  identifiers: { maxBytes: 63, isCaseSensitive: false },
  parallelPublishes: 1,
};

function generate(tables: GenerateInput['tables'], changes: Partial<GenerateInput> = {}) {
  return generatePipeline({
    name: 'generated',
    goal: 'raw',
    from: { connection: 'shop', source: SOURCE },
    into: { connection: 'warehouse', destination: DESTINATION, schema: 'raw' },
    tables,
    at: '2026-06-01T00:00:00.000Z',
    ...changes,
  });
}

function problemsOf(text: string): readonly string[] {
  return parsePipeline(text, 'generated.yaml').diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

describe('generatePipeline', () => {
  it('writes a valid document for whatever a database may hold', () => {
    for (let seed = 1; seed <= 250; seed += 1) {
      const tables = randomSchema(seed, 1 + (seed % 12));
      const { text } = generate(tables);
      expect(problemsOf(text), `seed ${seed}\n${text}`).toEqual([]);
      const { document } = parsePipeline(text, 'generated.yaml');
      expect(Object.keys(document?.steps ?? {})).toHaveLength(2 * tables.length);
    }
  });

  it('writes a valid document for destinations without schemas or modes', () => {
    const destination = { ...DESTINATION, hasSchemas: false, writeModes: ['append'] as const };
    for (let seed = 1; seed <= 50; seed += 1) {
      const { text } = generate(randomSchema(seed, 5), {
        into: { connection: 'files', destination, schema: 'raw' },
      });
      expect(problemsOf(text), `seed ${seed}`).toEqual([]);
    }
  });

  it('writes a valid document of facts and dimensions, or of tables where there are no facts', () => {
    let stars = 0;
    for (let seed = 1; seed <= 250; seed += 1) {
      const { text } = generate(randomSchema(seed, 2 + (seed % 14)), { goal: 'star' });
      expect(problemsOf(text), `seed ${seed}\n${text}`).toEqual([]);
      if (text.includes('dim_')) stars += 1;
    }
    expect(stars).toBeGreaterThan(20);
  });

  it('is the same for the same evidence', () => {
    expect(generate(randomSchema(7, 20)).text).toBe(generate(randomSchema(7, 20)).text);
  });

  it('keeps tables of different schemas apart, and refers only to steps that stand before', () => {
    const id = { name: 'id', type: INTEGER };
    const refer = (to: string) => [
      { columns: ['id'], to: { table: { schema: 'a', name: to }, columns: ['id'] } },
    ];
    const { text } = generate([
      makeEvidence({ schema: 'a', name: 'orders', columns: [id], key: ['id'] }),
      makeEvidence({ schema: 'b', name: 'orders', columns: [id], key: ['id'] }),
      makeEvidence({ schema: 'a', name: 'x', columns: [id], foreignKeys: refer('y') }),
      makeEvidence({ schema: 'a', name: 'y', columns: [id], foreignKeys: refer('x') }),
    ]);
    expect(problemsOf(text)).toEqual([]);
    expect(text).toContain('table: raw.a_orders');
    expect(text).toContain('table: raw.b_orders');
    expect(text.match(/relationship/g)).toHaveLength(1);
  });

  it('says what speaks for each choice', () => {
    const statuses = Array.from({ length: 300 }, (_, index) => ['new', 'paid', 'shipped'][index % 3] ?? '');
    const ids = statuses.map((_, index) => index + 1);
    const { text } = generate([
      makeEvidence({
        schema: 'shop',
        name: 'customers',
        key: ['id'],
        columns: [
          { name: 'id', type: INTEGER, values: ids },
          { name: 'email', type: TEXT, values: ids.map((each) => `c${each}@example.com`) },
          { name: 'status', type: TEXT, nullable: true, values: statuses },
        ],
      }),
    ]);
    expect(text).toMatchInlineSnapshot(`
      "# Generated from metadata and samples of shop at 2026-06-01 00:00 UTC. Read it, change it, keep it:
      # nothing generates it again. Each comment says what speaks for the line below it.
      version: 1
      name: generated
      description: "1 table of shop, kept up to date in warehouse."
      # no column tells how often rows change; every night until someone knows better
      schedule: { cron: "17 3 * * *", timezone: UTC }

      steps:
        # shop.customers: 300 rows, 3 columns.
        # Key id: the source declares it as the key.
        # Personal data in email: e-mail addresses (by its name; 100 % of 200 values look like e-mail addresses).
        #   Proposed: hash, because rows of one person can still be joined and counted.
        customers:
          source:
            connection: shop
            table: shop.customers
            # 300 rows are read in a moment, and reading all sees every change
            load: { mode: full }
          checks:
            # the table has rows; nothing at all would be an accident
            - rowCount: { min: 1 }
            # 3 values, each seen at least 3 times in all 300 rows
            - accepted: { column: status, values: [new, paid, shipped], onFailure: warn }
            # may be NULL at the source, but has a value in all 300 rows
            - notNull: { columns: [status], onFailure: warn }
        # To mask personal data, take this step in and let publish_customers read from customers_masked:
        # customers_masked:
        #   mask: { from: customers, key: "\${secret:MASK_KEY}", columns: { email: { method: hash } } }
        publish_customers:
          destination: { from: customers, connection: warehouse, table: raw.customers, write: replace }
      "
    `);
  });
});
