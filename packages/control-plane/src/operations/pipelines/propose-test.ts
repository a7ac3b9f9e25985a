import type { StepTest } from '@millrace/engine';
import { renderText, renderValue, type DocumentValue } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { parameterInput } from '../../project/parameter-input.ts';
import { preparePreview } from '../../project/prepare-preview.ts';

/** A test of a pipeline from rows of its sources, which passes now. */
export const proposeTest = defineOperation({
  name: 'pipelines/propose-test',
  summary: 'Propose a test from sampled rows and what the steps make of them.',
  permission: 'data.read',
  input: z.strictObject({
    pipeline: z.string(),
    isFresh: z.boolean().default(false),
    parameters: parameterInput,
  }),
  output: z.strictObject({
    pipeline: z.string(),
    test: z.custom<StepTest | null>(),
    /** For the document; empty without a test. */
    text: z.string(),
    notes: z.array(z.string()),
  }),
  async handler(context, { pipeline, isFresh, parameters }, signal) {
    const request = await preparePreview(context, pipeline, { isFresh, parameters }, signal);
    const { test, notes } = await context.runner().call('proposeTest', request, signal);
    return {
      pipeline,
      test,
      text: test === null ? '' : renderTest(test),
      notes: notes.map((note) => context.redactor.text(note)),
    };
  },
});

/** The key `tests` with one test, a line for each row. */
function renderTest({ name, given, expect = {} }: StepTest): string {
  const lines = ['tests:', `  - name: ${renderText(name)}`];
  for (const [title, steps] of [['given', given] as const, ['expect', expect] as const]) {
    lines.push(`    ${title}:`);
    for (const [step, rows] of Object.entries(steps)) {
      if (rows.length === 0) lines.push(`      ${renderText(step)}: []`);
      else
        lines.push(
          `      ${renderText(step)}:`,
          ...rows.map((row) => `        - ${renderValue(toValue(row))}`),
        );
    }
  }
  return `${lines.join('\n')}\n`;
}

function toValue(row: Readonly<Record<string, unknown>>): DocumentValue {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string' ? value : null,
    ]),
  );
}
