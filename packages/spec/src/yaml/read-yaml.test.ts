import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { DocumentPath } from '../diagnostic/source-range.ts';
import { renderPipeline } from '../edit/render-pipeline.ts';
import { readPlainYaml } from './read-plain-yaml.ts';
import { readYaml } from './read-yaml.ts';
import { readYamlWhole } from './read-yaml-whole.ts';
import { YamlMemory } from './yaml-memory.ts';

const EXAMPLES = readdirSync(join(import.meta.dirname, '../../../../examples'), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(import.meta.dirname, '../../../../examples', name), 'utf8'));

function* pathsOf(value: unknown, path: DocumentPath = []): Generator<DocumentPath> {
  yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value))
    yield* pathsOf(item, [...path, Array.isArray(value) ? Number(key) : key]);
}

/** Piece by piece or whole: the same value, the same faults, the same places. */
function expectSame(text: string, memory = new YamlMemory()): void {
  const whole = readYamlWhole(text, 'a.yaml');
  const read = readYaml(text, 'a.yaml', memory);
  expect(read.value).toStrictEqual(whole.value);
  expect(read.diagnostics).toStrictEqual(whole.diagnostics);
  for (const path of [...pathsOf(whole.value), ['steps', 'nothing'], ['nothing', 0]]) {
    expect([path, read.locate(path)]).toStrictEqual([path, whole.locate(path)]);
    expect([path, read.locate(path, 'key')]).toStrictEqual([path, whole.locate(path, 'key')]);
    expect(read.locate(path, { from: 1, to: 3 })).toStrictEqual(whole.locate(path, { from: 1, to: 3 }));
  }
}

const LINES = [
  'version: 1',
  'name: a',
  'steps:',
  'steps:#',
  'steps: # a note',
  'steps: { a: { filter: { from: b } } }',
  '  a:',
  '  b: # a note',
  '    filter:',
  '    filter: { from: a, where: status <> 1 }',
  '      from: a',
  '      where: |',
  '        x > 1 -- y',
  '          and z',
  '      list:',
  '      - 1',
  '        - two: 2',
  '          three: [a, "b c", -1.5]',
  "      text: 'it''s'",
  '      quoted: "a \\"b\\" \\u00e9"',
  '      empty:',
  '      nothing: ~',
  '      yes: true',
  '      number: 12345678901234567890',
  '      long: some text',
  '        that goes on',
  '      folded: >-',
  '# a comment',
  '   # another',
  '',
  '   ',
  'tests: [{ name: x, given: {}, expect: {} }]',
  '---',
  '...',
  '  a: &anchor 1',
  '  c: *anchor',
  '  ? key',
  '  : value',
  '\tx: 1',
  '  "quoted key": {a: 1,',
  '    b: 2}',
  '  a: "open',
  '  text: |-',
  '    last  ',
];

describe('readYaml', () => {
  it.each(EXAMPLES)('reads the examples as the library does', (text) => expectSame(text));

  it('reads any lines as the library does, with and without what it read before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...LINES), { maxLength: 14 }),
        fc.array(fc.constantFrom(...LINES)),
        (lines, more) => {
          const memory = new YamlMemory();
          expectSame(lines.join('\n'), memory);
          expectSame([...lines, ...more.slice(0, 2)].join('\n'), memory);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads what is one character away from a document as the library does', () => {
    const base = EXAMPLES.toSorted((left, right) => left.length - right.length)[0] ?? '';
    const spot = fc.record({
      text: fc.constantFrom(...EXAMPLES.filter((text) => text.length < 3000), base),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      by: fc.constantFrom(
        '',
        ' ',
        '\n',
        ':',
        '#',
        '"',
        "'",
        '-',
        '{',
        '}',
        ',',
        '&',
        '*',
        '|',
        '0',
        '~',
        '\t',
      ),
      cut: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(spot, ({ text, at, by, cut }) => {
        const offset = Math.floor(at * text.length);
        const changed = text.slice(0, offset) + by + text.slice(offset + cut);
        const whole = readYamlWhole(changed, 'a.yaml');
        const read = readYaml(changed, 'a.yaml');
        expect(read.value).toStrictEqual(whole.value);
        expect(read.diagnostics).toStrictEqual(whole.diagnostics);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    '# above\n{ from: a }\nversion: 1\n',
    'version: 1\n{ from: a }\n',
    'version: 1\n!!map { from: a }\n',
    'version: 1\n&a { from: a }\n',
    'steps:\n  { from: a }\n  b: 1\n',
    'steps:\n  a: 1\n  { from: a }\n',
    '# above\n{ version: 1 }\n',
  ])('reads braces beside keys as the library does: %j', (text) => {
    const memory = new YamlMemory();
    expectSame('version: 1\nsteps:\n  a: 1\n', memory);
    expectSame(text, memory);
    expectSame('{ from: a }\n', memory);
    expectSame(text, memory);
  });

  it('reads a document after each of many changes as the library does', () => {
    const step = fc
      .constantFrom('a', 'b', 'c', 'd', 'e')
      .chain((name) =>
        fc.constantFrom(
          `  ${name}:\n    filter: { from: a, where: x > 1 }\n`,
          `  # above\n  ${name}: # beside\n    limit:\n      rows: 5\n\n`,
          `  ${name}:\n    sql:\n      query: |\n        SELECT 1\n        FROM a\n  # below\n`,
        ),
      );
    const spot = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(30),
      by: fc.oneof(fc.constantFrom('', ' ', '\n', '#', '  ', '\n  ', 'x: 1\n', '\nx: 1', ':', '"'), step),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 5 }), fc.array(spot, { maxLength: 12 }), (steps, spots) => {
        const memory = new YamlMemory();
        let text = `# a pipeline\nversion: 1\nsteps:\n${steps.join('')}tests: []\n`;
        expectSame(text, memory);
        for (const { at, cut, by } of spots) {
          const offset = Math.floor(at * text.length);
          text = text.slice(0, offset) + by + text.slice(offset + cut);
          expectSame(text, memory);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('reads every plain value as the library does', () => {
    const scalar = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.double().map(String),
      fc.integer().map(String),
      fc.constantFrom(
        '0x1f',
        '0o17',
        '1e3',
        '.5',
        '5.',
        '+1',
        '-0',
        '.inf',
        '-.INF',
        '.nan',
        '1_000',
        'True',
        'Null',
        '007',
        '1.10',
        '2024-01-01',
        'a: b',
        'a #b',
        'a:',
        '-',
        '- a',
        '? a',
        ':a',
        '-a',
        '--',
        '!x',
        '%',
        '@a',
        '`a',
        '<<',
      ),
    );
    fc.assert(
      fc.property(scalar, scalar, (first, second) => {
        for (const text of [
          `a: ${first}\nb: ${second}\n`,
          `- ${first}\n-  ${second}`,
          `a: {b: ${first}, c: [${second}]}`,
        ]) {
          const plain = readPlainYaml(text);
          if (plain === undefined) continue;
          const whole = readYamlWhole(text, 'a.yaml');
          expect([text, whole.diagnostics]).toStrictEqual([text, []]);
          expect([text, plain.value]).toStrictEqual([text, whole.value]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reads what is written by Millrace itself without the library', () => {
    const text = renderPipeline({
      version: 1,
      name: 'a',
      steps: { a: { source: { connection: 'c', table: 't' } } },
    });
    expect(readPlainYaml(text)).toBeDefined();
  });

  it('reads JSON without the library, and as the library does', () => {
    const text = JSON.stringify(
      { version: 1, steps: { a: { sql: { query: 'a "b" \n c', from: [] } } } },
      undefined,
      2,
    );
    expect(readPlainYaml(text)?.value).toStrictEqual(JSON.parse(text));
    expectSame(text);
  });

  it('gives the same objects for what stands as it stood', () => {
    const memory = new YamlMemory();
    const text = (number: number) =>
      `steps:\n  a:\n    filter: { where: x > ${number} }\n  b:\n    limit: { rows: 1 }\n`;
    const [first, second] = [1, 2].map(
      (number) => Object(readYaml(text(number), 'a.yaml', memory).value).steps,
    );
    expect(second.a).toStrictEqual({ filter: { where: 'x > 2' } });
    expect(second.b).toBe(first.b);
  });
});
