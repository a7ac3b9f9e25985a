import { discoverTables } from '@millrace/control-plane';
import { formatLogicalType, formatTableName } from '@millrace/spec';
import type { SourceTable } from '@millrace/spec';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { listOption } from '../session/command-input.ts';
import { formatBytes, formatCount } from '../terminal/amounts.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';

export const discover: Action = async (session, input) => {
  const found = await session.call(discoverTables, {
    connection: input.arguments[0],
    include: listOption(input, 'tables'),
  });
  session.answer(found, () => {
    if (found.tables.length === 0)
      return `${printable(found.connection)} has no tables that this user may read.`;
    const lines = [formatTables(found.tables)];
    if (input.options['columns'] === true)
      for (const table of found.tables) lines.push('', formatColumns(table));
    return lines.join('\n');
  });
  return EXIT.done;
};

function formatTables(tables: readonly SourceTable[]): string {
  return formatTable(
    [
      { title: 'table' },
      { title: 'kind' },
      { title: 'columns', align: 'right' },
      { title: 'rows (about)', align: 'right' },
      { title: 'size (about)', align: 'right' },
      { title: 'key' },
      { title: 'cursor candidates' },
    ],
    tables.map((table) => [
      formatTableName(table.table),
      table.kind,
      String(table.fields.length),
      table.estimatedRows === null ? '?' : formatCount(table.estimatedRows),
      table.estimatedBytes === null ? '?' : formatBytes(table.estimatedBytes),
      table.key.join(', ') || '–',
      table.cursorCandidates
        .slice(0, 3)
        .map((candidate) => candidate.column)
        .join(', ') || '–',
    ]),
  );
}

function formatColumns(table: SourceTable): string {
  const columns = formatTable(
    [
      { title: 'column' },
      { title: 'declared' },
      { title: 'arrives as' },
      { title: 'null' },
      { title: 'note' },
    ],
    table.fields.map((field) => [
      field.name,
      field.nativeType,
      formatLogicalType(field.type),
      field.nullable ? 'yes' : 'no',
      field.mapping ?? '',
    ]),
  );
  const cursors = table.cursorCandidates.map(
    (candidate) => `  cursor ${candidate.column}: ${candidate.reason}`,
  );
  return [formatTableName(table.table), columns, ...cursors, ...table.notes.map((note) => `  note: ${note}`)]
    .map(printableBlock)
    .join('\n');
}

function printableBlock(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
