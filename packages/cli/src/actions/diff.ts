import { diffPipeline } from '@millrace/control-plane';
import type { StateDifference, TableDiff } from '@millrace/engine';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { listOption, parameterOptions } from '../session/command-input.ts';
import { formatCount } from '../terminal/amounts.ts';
import type { Paint } from '../terminal/paint.ts';
import { printable, printableLines } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';

const MAX_CELL = 30;

export const diff: Action = async (session, input) => {
  const found = await session.call(diffPipeline, {
    pipeline: input.arguments[0],
    isFullRefresh: input.options['fullRefresh'] === true,
    tables: listOption(input, 'tables'),
    parameters: parameterOptions(input),
  });
  session.answer(found, () => {
    const right = (title: string) => ({ title, align: 'right' }) as const;
    const table = formatTable(
      [
        { title: 'table' },
        right('rows'),
        right('added'),
        right('removed'),
        right('changed'),
        { title: 'columns that change' },
      ],
      found.tables.map(summaryRow),
    );
    const details = found.tables.flatMap((each) => formatTableDiff(each, session.paint));
    return [table, ...details, 'Nothing was published.'].join('\n\n');
  });
  return found.tables.some(({ problem }) => problem !== null) ? EXIT.failed : EXIT.done;
};

function summaryRow({ table, difference }: TableDiff): readonly string[] {
  if (difference === null) return [table, '–', '–', '–', '–', 'not compared'];
  const { rowsBefore, rowsAfter, added, removed, changed, columns } = difference;
  return [
    table,
    rowsBefore === rowsAfter
      ? formatCount(rowsAfter)
      : `${formatCount(rowsBefore)} → ${formatCount(rowsAfter)}`,
    formatCount(added),
    formatCount(removed),
    formatCount(changed),
    columns.map(({ column, rows }) => `${column} (${formatCount(rows)})`).join(', '),
  ];
}

function formatTableDiff({ table, difference, problem }: TableDiff, paint: Paint): readonly string[] {
  const title = printable(table);
  if (difference === null) return [`${title}: ${printableLines(problem ?? '')}`];
  const lines = [
    ...difference.addedColumns.map((column) => paint('green', `  + column ${printable(column)}`)),
    ...difference.removedColumns.map((column) => paint('red', `  - column ${printable(column)}`)),
    ...formatRows(difference, paint),
  ];
  return lines.length === 0 ? [] : [[`${title}:`, ...lines].join('\n')];
}

function formatRows({ samples, added, removed, changed }: StateDifference, paint: Paint): readonly string[] {
  const marked = [
    ...samples.added.map((row) => ['+', ...row.map(cell)]),
    ...samples.removed.map((row) => ['-', ...row.map(cell)]),
  ];
  const rows =
    marked.length === 0
      ? []
      : formatTable([{ title: '' }, ...samples.columns.map((title) => ({ title }))], marked, MAX_CELL)
          .split('\n')
          .map((line) => `  ${line}`);
  const changes = samples.changed.map(({ key, values }) => {
    const said = values.map(({ column, before, after }) => `${column}: ${cell(before)} → ${cell(after)}`);
    return `  ${paint('yellow', '~')} ${printable(key.join(', '))}  ${printable(said.join('; '))}`;
  });
  const shown = samples.added.length + samples.removed.length + samples.changed.length;
  const more = added + removed + changed - shown;
  return [...rows, ...changes, ...(more > 0 ? [`  … and ${formatCount(more)} more`] : [])];
}

function cell(value: string | null): string {
  return value ?? 'NULL';
}
