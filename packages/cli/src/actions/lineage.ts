import { formatLineageColumn, columnId, type LineageColumn } from '@millrace/compiler';
import { showLineage, type PipelineLineage } from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { printable } from '../terminal/terminal-text.ts';

export const lineage: Action = async (session, input) => {
  const isUpstream = input.options['upstream'] === true;
  const isDownstream = input.options['downstream'] === true;
  const shown = await session.call(showLineage, {
    column: input.arguments[0],
    pipeline: input.arguments[1],
    directions: [
      ...(isUpstream || !isDownstream ? ['upstream'] : []),
      ...(isDownstream || !isUpstream ? ['downstream'] : []),
    ],
  });
  session.answer(shown, () => shown.lineage.map(formatLineage).join('\n\n'));
  return EXIT.done;
};

/** A tree of columns; one that was shown already is not followed again. */
function formatLineage({ pipeline, column, direction, edges, rows }: PipelineLineage): string {
  const isUpstream = direction === 'upstream';
  const byColumn = Map.groupBy(edges, ({ from, to }) => columnId(isUpstream ? to : from));
  const lines = [
    `${formatColumn(column)} ${isUpstream ? 'comes from' : 'goes into'} (pipeline ${printable(pipeline)})`,
  ];
  const shown = new Set<string>();
  const follow = (at: LineageColumn, depth: number): void => {
    const id = columnId(at);
    if (shown.has(id)) return;
    shown.add(id);
    for (const edge of byColumn.get(id) ?? []) {
      const next = isUpstream ? edge.from : edge.to;
      lines.push(`${'  '.repeat(depth)}${isUpstream ? '←' : '→'} ${formatColumn(next)}  ${edge.how}`);
      follow(next, depth + 1);
    }
  };
  follow(column, 1);
  if (edges.length === 0) lines.push('  nothing: it is an end');
  if (rows.length > 0) {
    lines.push(isUpstream ? '  which rows there are is decided by' : '  it decides about rows');
    for (const { from, to, how } of rows)
      lines.push(
        isUpstream
          ? `    ${formatColumn(from)}  ${how} in ${printable(to.name)}`
          : `    of ${printable(to.name)}  ${how} by ${formatColumn(from)}`,
      );
  }
  return lines.join('\n');
}

function formatColumn(column: LineageColumn): string {
  return printable(formatLineageColumn(column));
}
