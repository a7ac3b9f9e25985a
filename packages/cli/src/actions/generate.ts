import { generatePipeline } from '@millrace/control-plane';
import type { GeneratedTable } from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { listOption, textOption } from '../session/command-input.ts';
import { EXIT } from '../session/exit-code.ts';
import { formatCount } from '../terminal/amounts.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';

export const generate: Action = async (session, input) => {
  const result = await session.call(generatePipeline, {
    from: textOption(input, 'from'),
    into: textOption(input, 'into'),
    tables: listOption(input, 'tables'),
    goal: textOption(input, 'goal'),
    name: textOption(input, 'name'),
    schema: textOption(input, 'schema'),
    isWritten: input.options['write'] === true,
  });
  session.answer(result, () => {
    if (result.file === null) return result.text.split('\n').map(printable).join('\n').trimEnd();
    return `${formatTables(result.tables)}\n\n${result.file} is written. Read it, then: millrace plan ${result.pipeline}`;
  });
  return EXIT.done;
};

function formatTables(tables: readonly GeneratedTable[]): string {
  return formatTable(
    [
      { title: 'table' },
      { title: 'rows', align: 'right' },
      { title: 'key' },
      { title: 'load' },
      { title: 'refers to' },
      { title: 'personal data' },
      { title: 'checks', align: 'right' },
    ],
    tables.map((table) => [
      table.table,
      table.rows === null ? '?' : formatCount(table.rows),
      table.key.join(', '),
      table.load.mode === 'full' ? 'full' : `by ${table.load.cursor}`,
      table.references.map((reference) => reference.to).join(', '),
      table.personalData.map(({ column }) => column).join(', '),
      formatCount(table.checks),
    ]),
  );
}
