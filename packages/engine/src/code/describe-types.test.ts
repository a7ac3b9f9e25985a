import { stripTypeScriptTypes } from 'node:module';

import type { Field, LogicalType } from '@millrace/spec';
import { expect, it } from 'vitest';

import { describeTypes } from './describe-types.ts';

const field = (name: string, type: LogicalType, nullable = false): Field => ({ name, type, nullable });
const fields = [
  field('id', { kind: 'integer', bits: 64, signed: false }),
  field('price "net"', { kind: 'decimal', precision: 10, scale: 2 }, true),
  field('seen */ at', { kind: 'timestamp', timezone: true }),
];

it('declares the rows that a function over rows gets and returns', () => {
  const text = describeTypes(fields, fields.slice(0, 1), 'rows');
  expect(text).toContain('  /** uint64 */\n  "id": bigint;');
  expect(text).toContain('"price \\"net\\"": string | null;');
  expect(text).toContain('export interface OutputRow {\n  /** uint64 */\n  "id": bigint | number;\n}');
  expect(text).toContain('=> OutputRow | readonly OutputRow[] | null | undefined;');
});

it('declares columns for a function over batches, as TypeScript that parses', () => {
  const text = describeTypes(fields, fields, 'batches');
  expect(text).toContain('InputRow[Name][]');
  expect(
    stripTypeScriptTypes(text)
      .replaceAll(/\/\*.*?\*\//g, '')
      .trim(),
  ).toBe('');
});
