import { writeDuckdbName } from '@millrace/sql';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { AnalysisDatabase } from './analysis-database.ts';

let database: AnalysisDatabase;

beforeAll(async () => {
  database = await AnalysisDatabase.open();
});

afterAll(() => database[Symbol.asyncDispose]());

it('every keyword of DuckDB is written so that it names a column, and in quotes only where it must be', async () => {
  const rows = await database.query('SELECT DISTINCT keyword_name FROM duckdb_keywords() ORDER BY 1');
  const keywords = rows.map(([keyword]) => String(keyword));
  expect(keywords.length).toBeGreaterThan(400);
  const wrong: string[] = [];
  for (const keyword of keywords) {
    const names = (name: string): Promise<boolean> =>
      database
        .query(`SELECT ${name}, 1 + ${name} FROM (SELECT 41 AS "${keyword}") WHERE ${name} = 41`)
        .then(([row]) => row?.[0] === 41 && row[1] === 42)
        .catch(() => false);
    const written = writeDuckdbName(keyword);
    if (!(await names(written)) || (written !== keyword && (await names(keyword)))) wrong.push(keyword);
  }
  expect(wrong).toEqual([]);
});

it('other names are quoted unless they are plain', () => {
  expect(['a_1', 'A', '_', '1a', 'a b', 'é', '', 'a"b'].map(writeDuckdbName)).toEqual([
    'a_1',
    'A',
    '_',
    '"1a"',
    '"a b"',
    '"é"',
    '""',
    '"a""b"',
  ]);
});
