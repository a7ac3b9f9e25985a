import { previewStep } from '@millrace/control-plane';
import type { PreviewedRelation, PreviewedSource, StepPreview } from '@millrace/engine';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { countOption, parameterOptions } from '../session/command-input.ts';
import { formatCount } from '../terminal/amounts.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';

/** Cells wider than this are cut: rows are to be seen side by side. */
const MAX_CELL = 30;

export const preview: Action = async (session, input) => {
  const shown = await session.call(previewStep, {
    pipeline: input.arguments[0],
    step: input.arguments[1],
    rows: countOption(input, 'rows'),
    isFresh: input.options['fresh'] === true,
    parameters: parameterOptions(input),
  });
  session.answer(shown, () => formatPreview(shown));
  return EXIT.done;
};

function formatPreview({ step, sources, inputs, outputs, sampledAt, isWarm }: StepPreview): string {
  const when = isWarm ? `, read at ${sampledAt} (a new one: --fresh)` : '';
  return [
    ...inputs.map((relation) => formatRelation(`${printable(relation.name)} → ${printable(step)}`, relation)),
    ...outputs.map((relation) => formatRelation(printable(relation.name), relation)),
    [`Sample${when}:`, ...sources.map((source) => `  ${formatSource(source)}`)].join('\n'),
  ].join('\n\n');
}

function formatSource({ title, rows, isComplete, estimatedRows, note }: PreviewedSource): string {
  const of = isComplete ? 'all ' : '';
  const about = isComplete || estimatedRows === null ? '' : ` of about ${formatCount(estimatedRows)}`;
  const noted = note === null ? '' : `; ${note}`;
  return printable(`${title}: ${of}${formatCount(rows)} rows${about}${noted}`);
}

function formatRelation(
  title: string,
  { columns, rows, sampledRows, estimatedRows }: PreviewedRelation,
): string {
  const about = estimatedRows === null ? '' : `, about ${formatCount(estimatedRows)} in all`;
  const shown = formatTable(
    columns.map(({ name }) => ({ title: name })),
    rows.map((row) => row.map((cell, index) => (columns[index]?.isHidden ? '•••' : (cell ?? 'NULL')))),
    MAX_CELL,
  );
  const described = formatTable(
    [
      { title: 'column' },
      { title: 'type' },
      { title: 'NULLs', align: 'right' },
      { title: 'different', align: 'right' },
      { title: 'smallest' },
      { title: 'largest' },
    ],
    columns.map(({ name, type, isHidden, nulls, distinct, min, max }) => [
      name,
      type,
      formatCount(nulls),
      formatCount(distinct),
      isHidden ? '(masked)' : (min ?? '–'),
      isHidden ? '(masked)' : (max ?? '–'),
    ]),
    MAX_CELL,
  );
  const indent = (text: string) =>
    text
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n');
  return [
    `${title}: ${formatCount(sampledRows)} rows of the sample${about}`,
    rows.length === 0 ? '  no rows' : indent(shown),
    '',
    indent(described),
  ].join('\n');
}
