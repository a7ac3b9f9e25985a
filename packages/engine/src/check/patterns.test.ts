import { DuckDBInstance } from '@duckdb/node-api';
import { findPatternProblem } from '@millrace/spec';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const statement = await connection.prepare("SELECT regexp_full_match('x', $1)");
afterAll(() => connection.closeSync());

async function isAccepted(pattern: string): Promise<boolean> {
  try {
    statement.bindVarchar(1, pattern);
    await statement.runAndReadAll();
    return true;
  } catch {
    return false;
  }
}

const PIECES =
  'a|b|ß|😀|.|^|$|(|)|(?:|(?i)|(?i:|(?-s)|(?P<n>|(?P<m>|(?=|(?<!|(?>|[|[^|]|[:alpha:]|[:nope:]|-|^|*|+|?|*?|{2}|{2,}|{1,3}|{,3}|{3,1}|{1001}|{|}|\\d|\\W|\\b|\\z|\\Z|\\1|\\01|\\12|\\x41|\\x{1F600}|\\x{110000}|\\xg|\\.|\\-|\\]|\\_|\\Q|\\E|\\p{Greek}|\\pL|\\n|\\e|\\C|\\';
const pieces = [...PIECES.split('|'), '|'].filter((piece) => piece !== '');

describe('findPatternProblem', () => {
  it('says of any pattern what RE2 says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join('')),
        async (pattern) => {
          expect([pattern, findPatternProblem(pattern) === undefined]).toEqual([
            pattern,
            await isAccepted(pattern),
          ]);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
