import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { TextPositions } from './text-position.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
});

afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

/** Where DuckDB says that the last column of a text stands. */
async function positionOfLast(text: string): Promise<number> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [text]);
  const answer = String(reader.getRows()[0]?.[0]);
  const positions = [...answer.matchAll(/"query_location":(\d+),"column_names":\["needle"\]/gu)];
  return Number(positions.at(-1)?.[1]);
}

const PIECES = [
  ' ',
  '\u00a0',
  '\u2003',
  '\u3000',
  '\ufeff',
  '\r\n',
  "'é😀\u00a0'",
  "'it''s\u00a0'",
  '"ü\u00a0""n"',
  '$$a\u00a0$b$$',
  '$tag$ $$ \u00a0$tag$',
  '-- 😀\u00a0\'"\n',
  '/* é\u00a0 */',
  'a',
  '1',
];

describe('positions in a text', () => {
  it('are those of an editor, whatever stands before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }), async (pieces) => {
        const values = pieces.map((piece) => (/^(?:['"$a1])/u.test(piece) ? `${piece},` : piece)).join('');
        const text = `SELECT ${values} needle`;
        expect(new TextPositions(text).offsetOf(await positionOfLast(text))).toBe(
          text.length - 'needle'.length,
        );
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('end with the text', () => {
    expect(new TextPositions('é').offsetOf(99)).toBe(1);
    expect(new TextPositions('e').offsetOf(99)).toBe(1);
    expect(new TextPositions('').offsetOf(0)).toBe(0);
  });
});
