import { proposeTest, testPipeline } from '@millrace/control-plane';
import type { CheckDifference, StepDifference } from '@millrace/engine';

import type { Action } from '../commands/command.ts';
import { parameterOptions } from '../session/command-input.ts';
import { EXIT } from '../session/exit-code.ts';
import { formatDuration } from '../terminal/amounts.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';

export const test: Action = async (session, input) => {
  if (input.options['generate'] === true) return await generate(session, input);
  const tested = await session.call(testPipeline, {
    pipeline: input.arguments[0],
    parameters: parameterOptions(input),
  });
  session.answer(tested, () => {
    if (tested.tests.length === 0) return 'The document has no tests: see its key "tests".';
    const lines = tested.tests.flatMap(({ name, isPassed, durationMs, differences, failures, problem }) => [
      `${isPassed ? session.paint('green', 'passed') : session.paint('red', 'failed')}  ${printable(name)}  (${formatDuration(durationMs)})`,
      ...(problem === null ? [] : [`  ${printable(problem)}`]),
      ...differences.flatMap(formatDifference),
      ...failures.flatMap(formatFailures),
    ]);
    const failed = tested.tests.filter(({ isPassed }) => !isPassed).length;
    return [
      ...lines,
      '',
      `${tested.tests.length} test${tested.tests.length === 1 ? '' : 's'}, ${failed} failed.`,
    ].join('\n');
  });
  return tested.isPassed ? EXIT.done : EXIT.failed;
};

/** Prints a test for the document; what there is to know beside it goes to standard error. */
const generate: Action = async (session, input) => {
  const proposed = await session.call(proposeTest, {
    pipeline: input.arguments[0],
    parameters: parameterOptions(input),
  });
  for (const note of proposed.notes) session.remark(`note: ${printable(note)}`);
  session.answer(proposed, () => proposed.text.trimEnd());
  return proposed.test === null ? EXIT.failed : EXIT.done;
};

function formatFailures({ step, missing, unexpected }: CheckDifference): readonly string[] {
  return [
    ...missing.map((name) => `  ${printable(step)}: - expected to fail: ${printable(name)}`),
    ...unexpected.map((message) => `  ${printable(step)}: + failed: ${printable(message)}`),
  ];
}

function formatDifference({ step, columns, missing, unexpected }: StepDifference): readonly string[] {
  const cells = (mark: string, rows: StepDifference['missing']) =>
    rows.map((row) => [mark, ...row.map((cell) => cell ?? 'NULL')]);
  const table = formatTable(
    [{ title: '' }, ...columns.map((title) => ({ title }))],
    [...cells('- expected', missing), ...cells('+ came', unexpected)],
  );
  return [`  ${printable(step)}:`, ...table.split('\n').map((line) => `    ${line}`)];
}
