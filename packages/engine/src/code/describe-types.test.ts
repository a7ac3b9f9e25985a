import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

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

it('lets the TypeScript compiler check functions', () => {
  const price = '"price \\"net\\""';
  const functions = {
    row: `(row) => (row.id > 5n ? null : { id: row.id, ${price}: '1.50' })`,
    rows: `(row, { parseJson }) => [{ id: 1, ${price}: String(parseJson('1')) }]`,
    batches: `(columns) => ({ id: columns.id, ${price}: columns.id.map(() => null) })`,
    wrongSum: `(row) => ({ id: row.id + 1, ${price}: null })`,
    wrongShape: '(row) => ({ id: row.id })',
  };
  const folder = mkdtempSync(join(tmpdir(), 'millrace-types-'));
  try {
    const files = Object.entries(functions).map(([name, source]) => {
      const mode = name === 'batches' ? 'batches' : 'rows';
      writeFileSync(join(folder, `${mode}.types.d.ts`), describeTypes(fields, fields.slice(0, 2), mode));
      const text = `import type { Code } from './${mode}.types.d.ts';\nexport default (${source}) satisfies Code;\n`;
      writeFileSync(join(folder, `${name}.ts`), text);
      return `${name}.ts`;
    });
    const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
    const options = ['--noEmit', '--strict', '--target', 'esnext', '--module', 'nodenext'];
    const command = [join(dirname(typescript), 'bin', 'tsc'), ...options, ...files];
    const lines = spawnSync(process.execPath, command, { cwd: folder }).stdout.toString().trim().split('\n');
    expect(lines.filter((line) => /^\w/.test(line)).toSorted()).toEqual([
      expect.stringMatching(/^wrongShape\.ts\(2,\d+\): error TS2322: .*'OutputRow \| readonly/),
      expect.stringMatching(/^wrongSum\.ts\(2,\d+\): error TS2365/),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
