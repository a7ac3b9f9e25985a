import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document, Scalar } from 'yaml';

import { readYaml } from './read-yaml.ts';

/** The source of the first mention of `needle` inside of the text at `a`. */
function sourceOf(text: string, needle: string): string {
  const { value, locate } = readYaml(text, 'x.yaml');
  const from = String((value as { a: unknown }).a).indexOf(needle);
  expect(from).toBeGreaterThanOrEqual(0);
  const { start, end } = locate(['a'], { from, to: from + needle.length });
  return text.slice(start.offset, end.offset);
}

describe('a span inside of a text', () => {
  it.each<[style: string, text: string, needle: string, source?: string]>([
    ['plain', 'a: statu = 1 # statu\n', 'statu'],
    ['plain, the end', 'a: x = statu\n', 'statu'],
    ['plain, all of it', 'a: statu\n', 'statu'],
    ['plain in braces', "b: 1\nc: 2\na: x - statu\nd: {e: 'f'}\n", 'statu'],
    ['plain over lines', 'a: x\n  and\n\n  statu\n', 'statu'],
    ['plain over a fold', 'a: x\n  and\n  statu\n', 'x and', 'x\n  and'],
    ['a number', 'a: 1_000\n', '1'],
    ['single quotes', "a: 'it''s statu'\n", 'statu'],
    ['single quotes, the escape', "a: 'it''s statu'\n", "'s", "''s"],
    ['single quotes over lines', "a: 'x\n\n\n   y''\n   statu '\n", "' statu", "''\n   statu"],
    ['double quotes', String.raw`a: "\u00e9\x41\U0001F600\t\"statu\\"`, 'statu'],
    ['double quotes, an escape', String.raw`a: "é\U0001F600\t"`, '😀', String.raw`\U0001F600`],
    ['double quotes, a named escape', String.raw`a: "x\_\Ny"`, '\u00a0', String.raw`\_`],
    ['double quotes over lines', 'a: "x \\\n   y\n\n  \\  statu"\n', 'statu'],
    ['literal', 'a: |\n  SELECT 1\n    FROM statu\n  WHERE x\n', 'statu'],
    ['literal over lines', 'a: |\n  SELECT 1\n  FROM x\n', '1\nFROM', '1\n  FROM'],
    ['literal with an indicator', 'a: |2- # statu\n     x\n\n   statu\n\n\n', 'statu'],
    ['literal with blank lines first', 'a: |\n\n\n  x\n   \n  statu\n', 'statu'],
    ['literal that keeps its end', 'a: |+\n  statu\n\n', 'statu'],
    ['literal with tabs', 'a: |\n  \tx\n  \tstatu\n', 'statu'],
    ['literal deep inside', 'b:\n  - c: |\n      no\na: |\n      statu\n', 'statu'],
    ['folded', 'a: >\n  x\n  y\n\n  statu z\n', 'statu'],
    ['folded, more indented', 'a: >-\n  x\n    y\n    z\n  w\n  statu\n', 'statu'],
    ['folded, the fold', 'a: >\n  x\n  statu\n', 'x statu', 'x\n  statu'],
    ['folded, many blank lines', 'a: >\n\n  x\n\n\n\n  y\n   \n  statu', 'statu'],
    ['beyond the BMP', "a: x '😀' || 😀 || statu\n", 'statu'],
    ['beyond the BMP, itself', 'a: |\n  x 😀 y\n', '😀'],
    ['behind an anchor and a tag', 'a: &x ! "statu"\n', 'statu'],
    ['an empty text', 'a: ""\n', '', ''],
  ])('%s', (_, text, needle, source = needle) => {
    expect(sourceOf(text, needle)).toBe(source);
    const windows = text.replaceAll('\n', '\r\n');
    expect(sourceOf(windows, needle)).toBe(source.replaceAll('\n', '\r\n'));
  });

  it('has lines and columns', () => {
    const { locate } = readYaml('a: |\r\n  x 😀\r\n  y statu\r\n', 'x.yaml');
    const { start, end } = locate(['a'], { from: 7, to: 12 });
    expect([start.line, start.column, end.line, end.column]).toEqual([3, 5, 3, 10]);
  });

  it('is the whole value where it cannot be told', () => {
    const text = 'b: &x statu\na: *x\nc: [1, 2]\n';
    const { locate } = readYaml(text, 'x.yaml');
    const slice = (path: string, span: { from: number; to: number }): string => {
      const { start, end } = locate([path], span);
      return text.slice(start.offset, end.offset);
    };
    expect(slice('a', { from: 0, to: 2 })).toBe('*x');
    expect(slice('c', { from: 0, to: 2 })).toBe('[1, 2]');
    expect(slice('b', { from: 2, to: 99 })).toBe('statu');
  });

  it('is found in whatever YAML writes', () => {
    const line = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', "'", '"', '\\', '#', ':', '-', 'é', '😀', '\t', '\u00a0'),
      maxLength: 24,
    });
    const styles = [
      Scalar.PLAIN,
      Scalar.QUOTE_SINGLE,
      Scalar.QUOTE_DOUBLE,
      Scalar.BLOCK_LITERAL,
      Scalar.BLOCK_FOLDED,
    ] as const;
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(...styles),
        fc.boolean(),
        (lines, style, isWindows) => {
          const needle = 'n33dle';
          const value = [...lines, needle, ...lines].join('\n');
          const scalar = new Scalar(value);
          scalar.type = style;
          const yaml = new Document({ a: scalar, z: 1 }).toString({ lineWidth: 30, minContentWidth: 10 });
          const text = isWindows ? yaml.replaceAll('\n', '\r\n') : yaml;
          fc.pre((readYaml(text, 'x.yaml').value as { a?: unknown } | undefined)?.a === value);
          expect(sourceOf(text, needle)).toBe(needle);
        },
      ),
      { numRuns: 500, seed: 11 },
    );
  });
});
