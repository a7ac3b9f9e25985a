import { DuckDBInstance } from '@duckdb/node-api';
import { parsePipeline } from '@millrace/spec';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const PLAIN = 'zqvalue';
const HOSTILE = [
  `' OR 1=1 --`,
  `'; DROP TABLE t; --`,
  `$$ OR 1=1 --`,
  `*/ OR 1=1 /*`,
  `" OR 1=1 --`,
  `\\' OR 1=1 --`,
  `x\n' OR 1=1 --`,
  `\${param:x}`,
  `''`,
];

/** The condition with a value in it; undefined when the document is refused. */
function conditionOf(where: string, value: string): string | undefined {
  const { document } = parsePipeline(
    JSON.stringify({
      version: 1,
      name: 'case',
      parameters: { x: { type: 'string' } },
      steps: {
        a: { source: { connection: 'c', table: 't' } },
        b: { filter: { from: 'a', where } },
        d: { destination: { from: 'b', connection: 'w', table: 't' } },
      },
    }),
    'case.yaml',
    { values: { x: { value } }, isComplete: true },
  );
  const step = document?.steps['b'];
  return step !== undefined && 'filter' in step ? step.filter.where : undefined;
}

/** What DuckDB makes of it, without the value and the places of things; undefined when it is no SQL. */
async function treeOf(condition: string, value: string): Promise<string | undefined> {
  const statement = `SELECT (${condition}\n)`.replaceAll("'", "''");
  const reader = await connection.runAndReadAll(`SELECT json_serialize_sql('${statement}')`);
  const text = String(reader.getRows()[0]?.[0]);
  const tree: unknown = JSON.parse(text, (key: string, item: unknown) =>
    key === 'query_location' ? 0 : item === value ? '§' : item,
  );
  return JSON.stringify(tree).includes('"error":true') ? undefined : JSON.stringify(tree);
}

const pieces = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant('${param:x}') },
    fc.constantFrom(
      ...`'|''|"|""|$$|$a$|$|$1|a$|e'|E'|U&'|x'|--|/*|*/|/|-|\\|\n|\r| |\u00a0|a|1|=|||(|)|,|;|OR|like|'text'`.split(
        '|',
      ),
      ' || ',
      "E'\\'",
    ),
  ),
  { minLength: 1, maxLength: 14 },
);

describe('a parameter in SQL', () => {
  it('stays one value, whatever the text around it and whatever the value', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(pieces, fc.constantFrom(...HOSTILE), async (parts, hostile) => {
        const where = parts.join('');
        const plain = conditionOf(where, PLAIN);
        const other = conditionOf(where, hostile);
        expect(other === undefined).toBe(plain === undefined);
        if (plain === undefined || other === undefined || !where.includes('${param:x}')) return;
        const tree = await treeOf(plain, PLAIN);
        if (tree !== undefined && tree.includes('§')) compared += 1;
        expect(await treeOf(other, hostile)).toBe(tree);
      }),
      // A quote that begins with the sign that a plain ${param: loses.
      { numRuns: 600, examples: [[['$$', '$', '${param:x}', '${param:x}', "'"], '$$ OR 1=1 --']] },
    );
    expect(compared).toBeGreaterThan(20);
  });

  it('is the value that was given', async () => {
    for (const value of HOSTILE) {
      const condition = conditionOf('${param:x}', value);
      const reader = await connection.runAndReadAll(`SELECT ${condition}`);
      expect(reader.getRows()).toEqual([[value]]);
    }
  });

  it.each([
    ['integer', -5, '1 -${param:x}', '6'],
    ['number', '-0.50', '1 -${param:x}', '1.50'],
    ['date', '2026-01-31', '${param:x} + 1', '2026-02-01'],
    ['timestamp', '2026-01-31 10:00', '${param:x} + INTERVAL 1 DAY', '2026-02-01 10:00:00'],
    ['timestamptz', '2026-01-31T10:00:00+02:00', "${param:x} = TIMESTAMPTZ '2026-01-31 08:00:00+00'", 'true'],
    ['boolean', false, 'NOT ${param:x}', 'true'],
  ] as const)('of the type %s is a literal of it', async (type, value, where, expected) => {
    const { document } = parsePipeline(
      JSON.stringify({
        version: 1,
        name: 'case',
        parameters: { x: { type, default: value } },
        steps: {
          a: { source: { connection: 'c', table: 't' } },
          b: { filter: { from: 'a', where } },
          d: { destination: { from: 'b', connection: 'w', table: 't' } },
        },
      }),
      'case.yaml',
    );
    const step = document?.steps['b'];
    const condition = step !== undefined && 'filter' in step ? step.filter.where : '';
    const reader = await connection.runAndReadAll(`SELECT CAST(${condition} AS VARCHAR)`);
    expect(reader.getRows()).toEqual([[expected]]);
  });
});
