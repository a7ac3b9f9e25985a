import { applyEdit, diagnose, formatDiagnostic, parsePipeline, type Diagnostic } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import type { Compilation } from '../compilation.ts';
import { reportSqlProblem } from './report-problem.ts';
import type { SqlProblem } from './sql-analyser.ts';

const PATH = ['steps', 'paid', 'filter', 'where'] as const;

function documentOf(where: string): string {
  return `version: 1\nname: shop\nsteps:\n  paid:\n    filter:\n      from: orders\n      where: ${where}\n`;
}

/** The diagnostic of a problem with the text that stands in a document. */
function report(document: string, text: string, problem: Partial<SqlProblem>): Diagnostic {
  const { locate } = parsePipeline(document, 'shop.yaml');
  const diagnostics: Diagnostic[] = [];
  const report: Compilation['report'] = (code, params, path, fixes, part) => {
    diagnostics.push(diagnose(code, params, { path, range: locate(path, part), fixes: fixes ?? [] }));
  };
  const whole: SqlProblem = {
    kind: 'other',
    message: 'no',
    offset: null,
    length: 0,
    name: null,
    nearest: [],
    ...problem,
  };
  reportSqlProblem(whole, text, PATH, { report });
  const [diagnostic] = diagnostics;
  if (diagnostic === undefined || diagnostics.length > 1) throw new Error('not one diagnostic');
  return diagnostic;
}

describe('a problem of SQL in a document', () => {
  it('stands at its characters, with the text corrected as a fix', () => {
    const document = documentOf("|\n        total > 1\n        AND statu <> 'cancelled'");
    const text = "total > 1\nAND statu <> 'cancelled'\n";
    const diagnostic = report(document, text, {
      kind: 'column',
      offset: 14,
      length: 5,
      name: 'statu',
      nearest: ['status'],
    });
    expect(formatDiagnostic(diagnostic, document)).toBe(
      [
        "shop.yaml:9:13: error: There is no column 'statu'. Did you mean 'status'?",
        "  9 |         AND statu <> 'cancelled'",
        '    |             ^^^^^',
      ].join('\n'),
    );
    const [fix] = diagnostic.fixes;
    if (fix === undefined) throw new Error('no fix');
    const fixed = applyEdit(document, fix);
    expect(fixed).toEqual({ isApplied: true, text: document.replace('statu ', 'status ') });
  });

  it('is found inside of quotes and escapes', () => {
    const document = documentOf(String.raw`"\u00e9 = statu"`);
    const { range } = report(document, 'é = statu', { kind: 'column', offset: 4, length: 5, name: 'statu' });
    expect(document.slice(range.start.offset, range.end.offset)).toBe('statu');
  });

  it('quotes a name in a fix where SQL needs it', () => {
    const fixes = (nearest: readonly string[]): readonly unknown[] =>
      report(documentOf('oder = 1'), 'oder = 1', {
        kind: 'column',
        offset: 0,
        length: 4,
        name: 'oder',
        nearest,
      }).fixes.map((fix) => fix.kind === 'setField' && fix.value);
    expect(fixes(['order', 'odér', 'od"er', 'other'])).toEqual([
      '"order" = 1',
      '"odér" = 1',
      '"od""er" = 1',
      'other = 1',
    ]);
  });

  it('stands at the whole text when DuckDB does not tell where, and then fixes nothing', () => {
    const document = documentOf('upper(x)');
    const diagnostic = report(document, 'upper(x)', { kind: 'column', name: 'x', nearest: ['y'] });
    expect(document.slice(diagnostic.range.start.offset, diagnostic.range.end.offset)).toBe('upper(x)');
    expect(diagnostic.fixes).toEqual([]);
  });

  it('stands at the end of the text that ends too early', () => {
    const document = documentOf('(a + 1 # why');
    const diagnostic = report(document, '(a + 1', {
      kind: 'syntax',
      message: 'syntax error at end of input',
      offset: 6,
    });
    expect(diagnostic.range.start).toEqual(diagnostic.range.end);
    expect(document.slice(0, diagnostic.range.start.offset).endsWith('(a + 1')).toBe(true);
  });

  it.each([
    ['syntax', 'sqlSyntax', "This is not valid SQL: reason. Write it in DuckDB's dialect."],
    ['column', 'sqlColumnUnknown', "There is no column 'x'. Name a column of the inputs."],
    ['function', 'sqlFunctionUnknown', "There is no function 'x'. Use one of DuckDB's."],
    ['table', 'sqlTableUnknown', "The query reads 'x', which is none of its inputs. List it under from."],
    ['type', 'sqlTypeWrong', 'The types do not fit: reason. Cast what differs, as in CAST(x AS DATE).'],
    [
      'forbidden',
      'sqlForbidden',
      'The SQL of a pipeline computes over its inputs and does nothing else, but reason. Take that out; other data comes in by a source step.',
    ],
    ['other', 'sqlRefused', 'DuckDB cannot run this: reason. Write it in another way.'],
  ] as const)('of kind %s says what, why and what next', (kind, code, message) => {
    const diagnostic = report(documentOf('x'), 'x', { kind, message: 'reason', name: 'x' });
    expect([diagnostic.code, diagnostic.message]).toEqual([code, message]);
  });
});
