import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';

import { openSqlAnalyser } from '../sql-analysis/open-sql-analyser.ts';
import { MARK, runCase } from './testing/run-case.ts';

const FOLDER = join(import.meta.dirname, '../../../compiler/src/checks');

const cases = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.case.yaml'))
  .toSorted()
  .map((file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const start = text.indexOf(MARK);
    return {
      name: file.replace('/cases/', ': ').replace('.case.yaml', '').replaceAll('-', ' '),
      text: text.slice(0, start),
      expected: text.slice(start).trimEnd().split('\n'),
    };
  });

const analyser = await openSqlAnalyser();
const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.run("SET TimeZone = 'UTC'");

afterAll(() => analyser[Symbol.asyncDispose]());

describe('checks', () => {
  it.each(cases)('$name', async ({ text, expected }) => {
    expect(await runCase(text, analyser, connection)).toEqual(expected);
  });
});
