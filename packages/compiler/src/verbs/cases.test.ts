import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { createCodeAnalyser, openSqlAnalyser } from '@millrace/engine';
import { applyEdit, formatPath } from '@millrace/spec';
import { afterAll, describe, expect, it } from 'vitest';

import { TRANSFORM_VERBS } from './index.ts';
import { MARK, runCase } from './testing/run-case.ts';

const FOLDER = import.meta.dirname;

const cases = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.case.yaml'))
  .toSorted()
  .map((file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const start = text.indexOf(MARK);
    return {
      file,
      name: file.replace('/cases/', ': ').replace('.case.yaml', '').replaceAll('-', ' '),
      text: text.slice(0, start),
      expected: text.slice(start).trimEnd().split('\n'),
    };
  });

const analyser = await openSqlAnalyser();
const analysers = { sql: analyser, code: await createCodeAnalyser() };
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");

afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await analyser[Symbol.asyncDispose]();
});

describe('verbs', () => {
  it.each(cases)('$name', async ({ text, expected }) => {
    const { lines, diagnostics } = await runCase(text, analysers, connection);
    expect(lines).toEqual(expected);
    for (const { code, path, fixes } of diagnostics) {
      for (const fix of fixes) {
        const fixed = applyEdit(text, fix);
        expect(fixed.isApplied).toBe(true);
        if (!fixed.isApplied) continue;
        const left = (await runCase(fixed.text, analysers, connection)).diagnostics;
        expect(
          left.filter((other) => other.code === code && formatPath(other.path) === formatPath(path)),
          `a fix of ${code} mends it`,
        ).toEqual([]);
      }
    }
  });

  it('have cases and notes each', () => {
    for (const verb of Object.keys(TRANSFORM_VERBS)) {
      expect(cases.filter(({ file }) => file.startsWith(`${verb}/`)).length, verb).toBeGreaterThan(2);
      expect(readFileSync(join(FOLDER, verb, 'notes.md'), 'utf8').length, verb).toBeGreaterThan(100);
    }
  });
});
