import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';

import { pointAt } from './point-at.ts';

/** What DuckDB says when it prepares a statement, and where its parser or binder saw the fault, in bytes. */
async function refusalOf(sql: string): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const statements = await connection.extractStatements(sql);
    await statements.prepare(0);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  } finally {
    connection.closeSync();
  }
}

describe('pointAt', () => {
  it.each([
    ['SELECT * FROM (1)', '1)'],
    ["SELECT 'ü',\n  kountry", 'kountry'],
    ['SELECT 1 +\n  nope(1)', 'nope'],
  ])('points where DuckDB does: %j', async (sql, at) => {
    const offset = Buffer.byteLength(sql.slice(0, sql.indexOf(at)));
    const [, excerpt] = /(LINE [\s\S]*)$/.exec(await refusalOf(sql)) ?? [];
    expect(pointAt(sql, offset)).toBe(excerpt);
  });

  it('cuts a long line on both sides', () => {
    const sql = `SELECT ${'a, '.repeat(100)}HERE${', b'.repeat(100)}`;
    const [line = '', mark = ''] = pointAt(sql, sql.indexOf('HERE')).split('\n');
    expect(line).toMatch(/^LINE 1: \.\.\..*\.\.\.$/);
    expect(line.length).toBeLessThan(140);
    expect(line.slice(mark.indexOf('^')).startsWith('HERE')).toBe(true);
  });

  it('points behind the end', () => {
    expect(pointAt('SELECT (1', 9)).toBe('LINE 1: SELECT (1\n                 ^');
  });
});
