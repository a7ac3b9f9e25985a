import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Diagnostic } from './diagnostic/diagnostic.ts';
import { formatDiagnostic } from './diagnostic/format-diagnostic.ts';
import { formatPath } from './diagnostic/source-range.ts';
import { applyEdit } from './edit/apply-edit.ts';
import { parsePipeline } from './parse-pipeline.ts';

const FOLDER = join(import.meta.dirname, 'cases');
const MARK = '# => ';

/** A case is a document, followed by what its parse must say: a line `# => line:column severity code: message` each. */
const cases = readdirSync(FOLDER).map((file) => {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const start = text.indexOf(MARK);
  const expected = text.slice(start).trimEnd().split('\n');
  return { name: file.replace('.case.yaml', '').replaceAll('-', ' '), text: text.slice(0, start), expected };
});

function describeDiagnostic({ range, severity, code, message }: Diagnostic): string {
  return `${MARK}${range.start.line}:${range.start.column} ${severity} ${code}: ${message}`;
}

describe('parsePipeline', () => {
  it.each(cases)('$name', ({ text, expected }) => {
    const { document, diagnostics } = parsePipeline(text, 'case.yaml');
    const actual = diagnostics.map(describeDiagnostic);
    if (document !== undefined) actual.push(`${MARK}document`);
    expect(actual).toEqual(expected);
  });

  it.each(cases)('offers fixes that work: $name', ({ text }) => {
    for (const { code, path, fixes } of parsePipeline(text, 'case.yaml').diagnostics) {
      for (const fix of fixes) {
        const result = applyEdit(text, fix);
        if (!result.isApplied) continue;
        const left = parsePipeline(result.text, 'case.yaml').diagnostics;
        const isSame = (other: Diagnostic): boolean =>
          other.code === code && formatPath(other.path) === formatPath(path);
        expect(left.filter(isSame)).toEqual([]);
      }
    }
  });

  it('never throws and always places what it says, whatever the text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...'version: 1|name: x|steps:|  a:|    source: |{ connection: c, table: t }|&a |*a|<<: |!!int |? |- |[|]|{|}|: |, |#|\'|"|||>|---|...|%YAML 1.2|\t|\r\n|\n|__proto__: 1|replicate|null|~|0x1|1e999'.split(
          '|',
        ),
      ),
      fc.string({ unit: 'binary' }),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const { document, diagnostics } = parsePipeline(text, 'any.yaml');
        expect(document === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
        for (const diagnostic of diagnostics) {
          const { start, end } = diagnostic.range;
          expect(start.line).toBeGreaterThan(0);
          expect(start.column).toBeGreaterThan(0);
          expect(start.offset).toBeLessThanOrEqual(text.length);
          expect(end.offset).toBeGreaterThanOrEqual(start.offset);
          expect(formatDiagnostic(diagnostic, text)).toContain(`any.yaml:${start.line}:`);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps prototypes out of reach', () => {
    parsePipeline(
      'version: 1\n__proto__: { polluted: 1 }\nconstructor: { prototype: { polluted: 1 } }\n',
      'x',
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('reads maps with thousands of keys without comparing each with each', () => {
    const steps = Array.from(
      { length: 20_000 },
      (_, index) => `  s${index}: { replicate: { from: c, into: { connection: w } } }`,
    );
    const { document } = parsePipeline(`version: 1\nname: x\nsteps:\n${steps.join('\n')}\n`, 'x');
    expect(Object.keys(document?.steps ?? {})).toHaveLength(20_000);
  });

  it('says the same of a step, whatever stands beside it', () => {
    const right = ['limit: { from: orders, rows: 5 }', 'filter: { from: orders, where: id > 1 }'];
    const wrong = [
      'filter: { form: orders, where: id > 1 }',
      'filter: { from: orders, where: id > 1 }\n    limit: { from: orders, rows: 5 }',
      'fliter: { from: orders, where: id > 1 }',
      'limit: { from: orders, rows: many }',
      'sort:',
      'description: nothing else',
    ];
    const read = (steps: readonly (readonly [string, string])[]): readonly string[] =>
      parsePipeline(
        `version: 1\nname: x\nsteps:\n${steps.map(([name, form]) => `  ${name}:\n    ${form}\n`).join('')}`,
        'x',
      ).diagnostics.map(({ code, path, message }) => `${code} ${formatPath(path)} ${message}`);
    const names = ['a', 'b', '1c', 'd', 'e'];
    const forms = fc.array(fc.constantFrom(...right, ...wrong), { minLength: 1, maxLength: names.length });
    fc.assert(
      fc.property(forms, (chosen) => {
        const steps = chosen.map((form, index) => [names[index] ?? '', form] as const);
        const isWrong = ([name, form]: readonly [string, string]) => name === '1c' || wrong.includes(form);
        const alone = steps.filter(isWrong).flatMap((step) => read([step]));
        if (alone.length > 0) expect(read(steps).toSorted()).toEqual(alone.toSorted());
      }),
    );
  });

  it('stops at bombs', () => {
    for (const bomb of ['[', '{a: ', '- ', '? ', '[a, ']) {
      const { diagnostics } = parsePipeline(bomb.repeat(50_000), 'x');
      expect(diagnostics.map(({ code }) => code)).toContain('documentTooDeep');
    }
    expect(parsePipeline(' '.repeat(5_000_000), 'x').diagnostics.map(({ code }) => code)).toEqual([
      'documentTooLarge',
    ]);
  });
});

describe('formatDiagnostic', () => {
  it('shows the line with a caret under the place', () => {
    const text = 'version: 1\nname: x\nsteps:\n  a: { soruce: {} }\n';
    const [diagnostic] = parsePipeline(text, 'pipelines/x.yaml').diagnostics;
    expect(diagnostic && formatDiagnostic(diagnostic, text)).toBe(
      [
        "pipelines/x.yaml:4:8: error: Step 'a' has no verb that this version knows; 'soruce' is not one. Did you mean 'source'?",
        '  4 |   a: { soruce: {} }',
        '    |        ^^^^^^',
      ].join('\n'),
    );
  });

  it('cuts long lines around the place and hides control characters', () => {
    const text = `version: 1\nname: x\nsteps: { ${'a'.repeat(300)}: { "\u001b[2Jx": 1 } }\n`;
    const shown = parsePipeline(text, 'x').diagnostics.map((diagnostic) =>
      formatDiagnostic(diagnostic, text),
    );
    expect(shown.length).toBeGreaterThan(0);
    for (const block of shown) {
      expect(block).not.toContain('\u001b');
      expect(
        Math.max(
          ...block
            .split('\n')
            .slice(1)
            .map((line) => line.length),
        ),
      ).toBeLessThan(180);
    }
  });
});
