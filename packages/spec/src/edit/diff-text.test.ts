import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { diffText } from './diff-text.ts';

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('diffText', () => {
  it('shows a change with the lines around it', () => {
    const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', ''].join('\n');
    const after = before.replace('e', 'E').replace('h', 'h\ni');
    expect(diffText(before, after, 'x.yaml').split('\n')).toEqual([
      '--- x.yaml',
      '+++ x.yaml',
      '@@ -2,7 +2,8 @@',
      ' b',
      ' c',
      ' d',
      '-e',
      '+E',
      ' f',
      ' g',
      ' h',
      '+i',
    ]);
    expect(diffText(before, before, 'x.yaml')).toBe('');
  });

  it('says the new text, whatever changed', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = diffText(textOf(before), textOf(after), 'x').split('\n');
        if (textOf(before) === textOf(after)) return;
        const applied: string[] = [...before];
        let shift = 0;
        for (const [index, line] of diff.entries()) {
          const [, start, olds, , news] = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/.exec(line) ?? [];
          if (start === undefined) continue;
          const rest = diff.slice(index + 1);
          const end = rest.findIndex((each) => each.startsWith('@@'));
          const hunk = rest.slice(0, end === -1 ? undefined : end).filter((each) => !each.startsWith('-'));
          applied.splice(Number(start) - 1 + shift, Number(olds), ...hunk.map((each) => each.slice(1)));
          shift += Number(news) - Number(olds);
        }
        expect(textOf(applied)).toBe(textOf(after));
      }),
    );
  });
});
