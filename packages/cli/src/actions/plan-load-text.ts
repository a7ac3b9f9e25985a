import { titleTask, type LoadTask } from '@millrace/compiler';
import type { LoadPreview } from '@millrace/engine';
import { formatLogicalType, formatTableName } from '@millrace/spec';

import { formatBytes, formatCount } from '../terminal/amounts.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';

export type Previews = ReadonlyMap<string, LoadPreview>;

/** Tables that go from one connection into another. */
export function formatLoads(tasks: readonly LoadTask[], previews: Previews): string {
  return formatTable(
    [
      { title: 'read' },
      { title: 'write' },
      { title: 'how' },
      { title: 'rows (about)', align: 'right' },
      { title: 'size (about)', align: 'right' },
    ],
    tasks.map((task) => [
      `${task.source.connection}:${formatTableName(task.source.table.table)}`,
      `${task.destination.connection}:${formatTableName(task.destination.table)}`,
      `${modeOf(task, previews)} → ${task.destination.mode}`,
      ...estimates(task),
    ]),
  );
}

export function modeOf(task: LoadTask, previews: Previews): string {
  return previews.get(task.id)?.mode ?? task.load.kind;
}

/** Rows and size of a source table, as cells. */
export function estimates({ source }: LoadTask): readonly string[] {
  const { estimatedRows, estimatedBytes } = source.table;
  return [
    estimatedRows === null ? '?' : formatCount(estimatedRows),
    estimatedBytes === null ? '?' : formatBytes(estimatedBytes),
  ];
}

/** Everything about the load of one source table. */
export function formatLoad(task: LoadTask, preview: LoadPreview | undefined): string {
  const source = new Map(task.source.fields.map((field) => [field.name, field]));
  const title = titleTask(task);
  const lines = [
    `${printable(title.source)} → ${printable(title.table)}`,
    `  load   ${preview?.mode ?? task.load.kind}: ${printable(preview?.reason ?? '')}`,
  ];
  if (task.load.kind === 'incremental') {
    const lookback = task.load.lookback === '0' ? '' : `, reading ${task.load.lookback} below it again`;
    lines.push(`  cursor ${printable(task.load.cursor)}: rows at or after the highest value seen${lookback}`);
    if (task.load.detectDeletes) lines.push('  deletes are detected by comparing keys');
  }
  if (preview?.statement) lines.push(`  read   ${printable(preview.statement)}`);
  lines.push(
    `  write  ${writeOf(task)}`,
    `  drift  new columns: ${task.contract.newColumns}, types: ${task.contract.typeChanges}, missing columns: ${task.contract.missingColumns}`,
  );
  for (const difference of preview?.differences ?? []) lines.push(`  change ${printable(difference)}`);
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

/** `merge by id` */
export function writeOf({ destination }: LoadTask): string {
  const key = destination.key.length > 0 ? ` by ${printable(destination.key.join(', '))}` : '';
  return `${destination.mode}${key}`;
}
