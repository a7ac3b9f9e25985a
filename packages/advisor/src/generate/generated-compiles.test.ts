import { compilePipeline } from '@millrace/compiler';
import { openSqlAnalyser } from '@millrace/engine';
import { hasErrors, parsePipeline, type Capabilities } from '@millrace/spec';
import { afterAll, describe, expect, it } from 'vitest';

import { randomSchema } from '../testing/random-schema.ts';
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

const sql = await openSqlAnalyser();

afterAll(() => sql[Symbol.asyncDispose]());

/** What is wrong with a document of the goal for a random database, and how much of it there is. */
async function compileGenerated(seed: number, goal: 'raw' | 'star', change: (text: string) => string) {
  // No server holds half of a surrogate pair.
  const tables = randomSchema(seed, 1 + (seed % 9)).filter(({ table: { table, fields } }) =>
    [table.name, ...fields.map(({ name }) => name)].every((name) => name.isWellFormed()),
  );
  if (tables.length === 0) return { plan: undefined, isChanged: false };
  const { text } = generatePipeline({
    name: 'generated',
    goal,
    from: { connection: 'shop', source: SOURCE },
    into: { connection: 'warehouse', destination: DESTINATION, schema: 'raw' },
    tables,
    at: '2026-06-01T00:00:00.000Z',
  });
  const changed = change(text);
  const { document, diagnostics, locate } = parsePipeline(changed, 'generated.yaml');
  if (document === undefined) throw new Error(`seed ${seed}: ${JSON.stringify(diagnostics)}\n${changed}`);
  const compiled = await compilePipeline({
    document,
    locate,
    connections: {
      shop: { connector: 'postgres', source: SOURCE },
      warehouse: { connector: 'duckdb', destination: DESTINATION },
    },
    tables: { shop: tables.map(({ table }) => table) },
    sql,
  });
  const errors = compiled.diagnostics.filter((each) => hasErrors([each]));
  expect(
    errors.map(({ code, message }) => `${code}: ${message}`),
    `seed ${seed}\n${changed}`,
  ).toEqual([]);
  return { plan: compiled.plan, isChanged: changed !== text };
}

/** The proposed masks taken in, as the comments say. */
function takeMasksIn(text: string): string {
  let current = text;
  for (const [step, masked, from] of text.matchAll(
    /^  # (\S+_masked\S*):\n  #   mask: \{ from: (\S+),.*$/gm,
  )) {
    current = current
      .replace(step, () => step.replaceAll(/^  # /gm, '  '))
      .replace(`destination: { from: ${from},`, () => `destination: { from: ${masked},`);
  }
  return current;
}

describe('a generated pipeline', { timeout: 300_000 }, () => {
  it('of each table compiles, whatever a database may hold', async () => {
    for (let seed = 1; seed <= 150; seed += 1) await compileGenerated(seed, 'raw', (text) => text);
  });

  it('of facts and dimensions compiles', async () => {
    for (let seed = 1; seed <= 150; seed += 1) await compileGenerated(seed, 'star', (text) => text);
  });

  it('compiles with the masks that it proposes', async () => {
    let masked = 0;
    for (let seed = 1; seed <= 150; seed += 1) {
      const { plan, isChanged } = await compileGenerated(seed, 'raw', takeMasksIn);
      if (isChanged && plan?.steps.some(({ verb }) => verb === 'mask')) masked += 1;
    }
    expect(masked).toBeGreaterThan(20);
  });
});
