import type { LoadTask } from '@millrace/compiler';
import { planPipeline } from '@millrace/control-plane';
import type { LoadPreview } from '@millrace/engine';
import { formatDiagnostic, formatLogicalType, formatTableName } from '@millrace/spec';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { listOption } from '../session/command-input.ts';
import { formatBytes, formatCount } from '../terminal/amounts.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';

/** With more tables than this, columns are left to --json and to --tables. */
const MAX_DETAILED = 20;

export const plan: Action = async (session, input) => {
  const planned = await session.call(planPipeline, {
    pipeline: input.arguments[0],
    isFullRefresh: input.options['fullRefresh'] === true,
    tables: listOption(input, 'tables'),
  });
  const { texts, ...result } = planned;
  session.answer(result, () => {
    const { tasks } = planned.plan;
    const byTask = new Map(planned.tables.map((table) => [table.task, table]));
    const parts = [formatOverview(tasks, byTask)];
    if (tasks.length <= MAX_DETAILED)
      for (const task of tasks) parts.push(formatTask(task, byTask.get(task.id)));
    else
      parts.push(
        `Columns and statements of one table: millrace plan ${printable(planned.plan.pipeline)} --tables NAME`,
      );
    for (const diagnostic of planned.diagnostics)
      parts.push(formatDiagnostic(diagnostic, texts.get(diagnostic.range.file) ?? ''));
    parts.push('Nothing was read or written yet.');
    return parts.join('\n\n');
  });
  return EXIT.done;
};

function formatOverview(tasks: readonly LoadTask[], planned: ReadonlyMap<string, LoadPreview>): string {
  return formatTable(
    [
      { title: 'read' },
      { title: 'write' },
      { title: 'how' },
      { title: 'rows (about)', align: 'right' },
      { title: 'size (about)', align: 'right' },
    ],
    tasks.map((task) => {
      const { estimatedRows, estimatedBytes } = task.source.table;
      return [
        `${task.source.connection}:${formatTableName(task.source.table.table)}`,
        `${task.destination.connection}:${formatTableName(task.destination.table)}`,
        `${planned.get(task.id)?.mode ?? task.load.kind} → ${task.destination.mode}`,
        estimatedRows === null ? '?' : formatCount(estimatedRows),
        estimatedBytes === null ? '?' : formatBytes(estimatedBytes),
      ];
    }),
  );
}

function formatTask(task: LoadTask, planned: LoadPreview | undefined): string {
  const source = new Map(task.source.fields.map((field) => [field.name, field]));
  const lines = [
    `${printable(formatTableName(task.source.table.table))} → ${printable(formatTableName(task.destination.table))}`,
    `  load   ${planned?.mode ?? task.load.kind}: ${printable(planned?.reason ?? '')}`,
  ];
  if (task.load.kind === 'incremental') {
    const lookback = task.load.lookback === '0' ? '' : `, reading ${task.load.lookback} below it again`;
    lines.push(`  cursor ${printable(task.load.cursor)}: rows at or after the highest value seen${lookback}`);
    if (task.load.detectDeletes) lines.push('  deletes are detected by comparing keys');
  }
  if (planned?.statement) lines.push(`  read   ${printable(planned.statement)}`);
  lines.push(
    `  write  ${task.destination.mode}${task.destination.key.length > 0 ? ` by ${printable(task.destination.key.join(', '))}` : ''}`,
  );
  lines.push(
    `  drift  new columns: ${task.contract.newColumns}, types: ${task.contract.typeChanges}, missing columns: ${task.contract.missingColumns}`,
  );
  for (const difference of planned?.differences ?? []) lines.push(`  change ${printable(difference)}`);
  for (const note of task.source.table.notes) lines.push(`  note   ${printable(note)}`);
  const columns = formatTable(
    [{ title: 'column' }, { title: 'source' }, { title: 'type' }, { title: 'note' }],
    task.columns.map((column) => {
      const origin = column.origin.kind === 'source' ? source.get(column.origin.column) : undefined;
      return [
        column.field.name,
        origin?.nativeType ?? '(about the load)',
        formatLogicalType(column.field.type),
        origin?.mapping ?? '',
      ];
    }),
    100,
  );
  return [...lines, ...columns.split('\n').map((line) => `    ${line}`)].join('\n');
}
