import { describe, expect, it } from 'vitest';

import { applyEdit } from './edit/apply-edit.ts';
import { parseTemplate } from './parse-template.ts';

const TEMPLATE = `version: 1
name: recent
description: Orders of the last days.
parameters:
  keepDays: { type: integer, default: 90 }
inputs:
  rows: Orders as they come.
steps:
  real: { filter: { from: rows, where: NOT is_test } }
  recent:
    filter: { from: real, where: 'age <= \${param:keepDays}' }
    checks:
      - relationship: { columns: [id], to: { step: rows, columns: [id] } }
output: recent
`;

function problems(text: string): readonly string[] {
  return parseTemplate(text, 'recent.yaml').diagnostics.map(
    ({ range, severity, message }) => `${range.start.line}:${range.start.column} ${severity}: ${message}`,
  );
}

describe('parseTemplate', () => {
  it('reads a template with values in place of its parameters', () => {
    const { document, diagnostics } = parseTemplate(TEMPLATE, 'recent.yaml', {
      values: { keepDays: { value: 7 } },
      isComplete: false,
    });
    expect(diagnostics).toEqual([]);
    expect(document).toMatchObject({
      name: 'recent',
      inputs: { rows: 'Orders as they come.' },
      steps: { recent: { filter: { where: 'age <= (7)' } } },
      output: 'recent',
    });
  });

  it('takes transforms only', () => {
    expect(
      problems(
        TEMPLATE.replace(
          'output: recent',
          '  publish: { destination: { from: recent, connection: warehouse, table: t } }\noutput: recent',
        ),
      ),
    ).toEqual([
      "14:14 error: Step 'publish' of a template cannot be a destination: templates make rows of rows. Leave it to the pipeline, and give its rows to the template as an input.",
    ]);
  });

  it('needs an output that hands rows on', () => {
    const text = TEMPLATE.replace('output: recent', 'output: recnt');
    expect(problems(text)).toEqual([
      "10:3 warning: Nothing in this template reads 'recent', and it is not its output. Use it or remove it.",
      "14:9 error: 'recnt' cannot be the output: no step of this template hands rows on under that name. Did you mean 'recent'?",
    ]);
    const [fix] = parseTemplate(text, 'recent.yaml').diagnostics.flatMap(({ fixes }) => fixes);
    expect(fix && applyEdit(text, fix)).toMatchObject({ isApplied: true, text: TEMPLATE });
    expect(problems(TEMPLATE.replace('output: recent', 'output: rows'))).toContain(
      "14:9 error: 'rows' cannot be the output: no step of this template hands rows on under that name. Choose among: real, recent.",
    );
  });

  it('tells inputs that nothing reads, and names that mean two things', () => {
    expect(problems(TEMPLATE.replace('inputs:', 'inputs:\n  more: Not read.\n  real: A step, too.'))).toEqual(
      [
        "7:3 warning: Nothing in this template reads 'more', and it is not its output. Use it or remove it.",
        "8:3 error: 'real' is an input and a step of this template. Give one of them another name.",
      ],
    );
  });

  it('tells references that lead nowhere, and missing keys', () => {
    expect(problems(TEMPLATE.replace('from: rows,', 'from: rwos,'))).toContain(
      "9:27 error: Step 'real' reads from 'rwos', which is no step of this document. Did you mean 'rows'?",
    );
    expect(problems('version: 1\nname: x\ninputs: { rows: Rows. }\nsteps: {}\n')).toEqual([
      "1:1 error: 'output' is missing in the document. Add it.",
    ]);
  });
});
