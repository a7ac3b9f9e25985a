import { fitText, padText, printable, textWidth } from './terminal-text.ts';

export interface TextColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Rows under their titles in aligned columns, two spaces apart; cells are made printable and cut at `maxWidth`. */
export function formatTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  maxWidth = 60,
): string {
  const cells = [columns.map((column) => column.title), ...rows].map((row) =>
    columns.map((_, index) => fitText(printable(row[index] ?? ''), maxWidth)),
  );
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => textWidth(row[index] ?? ''))));
  const lines = cells.map((row) =>
    columns
      .map((column, index) => padText(row[index] ?? '', widths[index] ?? 0, column.align))
      .join('  ')
      .trimEnd(),
  );
  const [head = '', ...body] = lines;
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [head, rule, ...body].join('\n');
}
