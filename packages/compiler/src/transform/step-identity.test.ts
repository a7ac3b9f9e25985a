import type { Field } from '@millrace/spec';
import { expect, it } from 'vitest';

import type { PlannedCode } from '../plan.ts';
import { digestDefinition } from './step-identity.ts';

const field = (name: string): Field => ({ name, type: { kind: 'string' }, nullable: true });
const RUN: PlannedCode = {
  file: 'transforms/slug.ts',
  source: 'export default () => ({ slug: "" })',
  mode: 'rows',
  reads: [field('id'), field('name')],
  inputKey: [field('id')],
  returns: ['slug'],
  isOnePerRow: true,
  limits: { memoryBytes: 2 ** 28, timeoutMs: 30_000 },
};

function definition(kept: readonly string[], run: Partial<PlannedCode> = {}): string {
  return digestDefinition({
    sql: 'SELECT "id", "name" FROM "products"',
    key: ['id'],
    inputs: [{ alias: 'products', ref: 'products' }],
    columns: [...kept, 'slug'].map((name) => ({
      name,
      from: kept.includes(name) ? [{ ref: 'products', column: name, how: 'copied' }] : [],
      field: field(name),
      nullable: true,
    })),
    code: { ...RUN, ...run },
  });
}

it('tells code from other code, and from the same beside other columns', () => {
  const known = definition(['id']);
  expect(definition(['id'])).toBe(known);
  expect(definition(['id', 'name'])).not.toBe(known);
  expect(definition(['id'], { source: `${RUN.source};` })).not.toBe(known);
  expect(definition(['id'], { mode: 'batches' })).not.toBe(known);
  expect(definition(['id'], { reads: [field('id')] })).not.toBe(known);
});

it('does not tell code by its file and limits, which change no row', () => {
  const limits = { memoryBytes: 2 ** 29, timeoutMs: 1000 };
  expect(definition(['id'], { file: 'transforms/other.ts', limits })).toBe(definition(['id']));
});
