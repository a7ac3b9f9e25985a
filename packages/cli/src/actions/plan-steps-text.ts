import {
  titleTask,
  type LoadTask,
  type OutlinedStep,
  type Plan,
  type PlanOutline,
  type SchemaChange,
} from '@millrace/compiler';
import type { LoadPreview } from '@millrace/engine';
import { formatLogicalType } from '@millrace/spec';

import { printable, printableLines } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';
import { estimates, modeOf, writeOf, type Previews } from './plan-load-text.ts';

/** The three tables of a plan with steps: read, steps, write. */
export function formatSections(plan: Plan, outline: PlanOutline, previews: Previews): string {
  const tasks = new Map(plan.tasks.map((task) => [task.id, task]));
  const modeText = (id: string): string => {
    const task = tasks.get(id);
    return task === undefined ? '' : modeOf(task, previews);
  };
  const read = formatTable(
    [
      { title: 'read' },
      { title: 'into' },
      { title: 'how' },
      { title: 'rows (about)', align: 'right' },
      { title: 'size (about)', align: 'right' },
    ],
    outline.read.map(({ task, connection, table, into, keptFor }) => {
      const planned = tasks.get(task);
      return [
        `${connection}:${table}`,
        into ?? `kept here for ${keptFor.join(', ')}`,
        modeText(task),
        ...(planned === undefined ? [] : estimates(planned)),
      ];
    }),
  );
  const steps = formatTable(
    [{ title: 'step' }, { title: 'verb' }, { title: 'from' }, { title: 'rows' }, { title: 'follows' }],
    outline.steps.map(({ name, verb, from, keptBecause, follows }) => [
      name,
      verb,
      from.join(', '),
      keptBecause === null ? 'not kept' : 'kept here',
      follows,
    ]),
    100,
  );
  const write = formatTable(
    [{ title: 'write' }, { title: 'rows of' }, { title: 'how' }],
    outline.write.map(({ task, into, from, mode }) => [into, from, `${modeText(task)} → ${mode}`]),
  );
  return [read, steps, write].join('\n\n');
}

/** One step: how it follows changes, where its rows are, what it does to columns, and its SQL. */
export function formatStep(step: OutlinedStep, keeping: LoadPreview | undefined): string {
  const { name, verb, from, follows, keptBecause, readBy, key, changes, columns, sql, code, notes } = step;
  const lines = [
    `${printable(name)} (${verb} of ${printable(from.join(', '))})`,
    `  follows  ${printable(follows)}`,
    `  rows     ${keptBecause === null ? whereRead(readBy) : `kept here, because ${printable(keptBecause)}`}`,
  ];
  if (keeping !== undefined) lines.push(`  load     ${keeping.mode}: ${printable(keeping.reason)}`);
  if (key.length > 0) lines.push(`  key      ${printable(key.join(', '))}`);
  const [first, ...more] =
    changes.length === 0
      ? [`the same ${columns.length} columns`]
      : changes.map((change) => formatChange(change, from.length > 1));
  lines.push(`  columns  ${printable(first ?? '')}`, ...more.map((line) => `           ${printable(line)}`));
  for (const note of notes) lines.push(`  note     ${printable(note)}`);
  if (code !== null) {
    const given = code.reads.length === 0 ? 'nothing' : code.reads.join(', ');
    lines.push(
      `  code     ${printable(code.file)}, over ${code.mode}`,
      `  reads    ${printable(given)}`,
      `  returns  ${printable(code.returns.join(', '))}`,
    );
  }
  lines.push(
    ...printableLines(sql)
      .split('\n')
      .map((line) => `    ${line}`),
  );
  return lines.join('\n');
}

function whereRead(readBy: readonly string[]): string {
  return readBy.length === 0
    ? 'not computed: nothing reads them'
    : `computed where they are read: ${printable(readBy.join(', '))}`;
}

function formatChange(change: SchemaChange, hasInputs: boolean): string {
  switch (change.kind) {
    case 'added':
      return `+ ${change.column} ${change.type}`;
    case 'removed':
      return `- ${hasInputs ? `${change.from}.` : ''}${change.column} ${change.type}`;
    case 'renamed':
      return `~ ${hasInputs ? `${change.from}.` : ''}${change.column} is called ${change.to}`;
    case 'retyped':
      return `~ ${change.column} ${change.before} becomes ${change.after}`;
  }
}

/** A table that is written from a step. */
export function formatWrite(task: LoadTask, preview: LoadPreview | undefined): string {
  const { source, table } = titleTask(task);
  const lines = [
    `${printable(source)} → ${printable(table)}`,
    `  load   ${preview?.mode ?? task.load.kind}: ${printable(preview?.reason ?? '')}`,
    `  write  ${writeOf(task)}`,
  ];
  for (const difference of preview?.differences ?? []) lines.push(`  change ${printable(difference)}`);
  for (const note of task.notes ?? []) lines.push(`  note   ${printable(note)}`);
  const columns = formatTable(
    [{ title: 'column' }, { title: 'type' }],
    task.columns.map(({ field }) => [field.name, formatLogicalType(field.type)]),
  );
  return [...lines, ...columns.split('\n').map((line) => `    ${line}`)].join('\n');
}
