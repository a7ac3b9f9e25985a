import type { ColumnChange, PlanChanges } from '@millrace/compiler';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

import { designerWords } from '../../words/designer.ts';

/** What is different between two plans of a pipeline: tables with what becomes of their readers, and steps. */
export function PlanChangeList({
  changes: { steps, tables },
  none,
}: {
  readonly changes: PlanChanges;
  /** Said when there is no difference. */
  readonly none: string;
}): ReactNode {
  if (steps.length === 0 && tables.length === 0) return <p className="text-ink-2 text-sm">{none}</p>;
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {tables.map(({ task, connection, table, kind, isRecomputed, isBreaking, reasons, columns }) => (
        <li key={`table ${task}`}>
          <span className="font-mono">{`${connection}:${table}`}</span>{' '}
          {kind === 'added' ? designerWords('stepAdded') : kind === 'left' ? designerWords('tableLeft') : ''}
          {isRecomputed ? <span> · {designerWords('recomputed')}</span> : null}
          {isBreaking ? (
            <span className="text-bad inline-flex items-center gap-1">
              {' '}
              · <TriangleAlert size={12} aria-hidden /> {designerWords('breaking')}
            </span>
          ) : null}
          {reasons.map((reason) => (
            <span key={reason} className="text-ink-2 block pl-3">
              {reason}
            </span>
          ))}
          <Columns columns={columns} />
        </li>
      ))}
      {steps.map(({ name, kind, because, columns }) => (
        <li key={`step ${name}`}>
          <span className="font-mono">{name}</span>{' '}
          <span className="text-ink-2">
            {kind === 'followed'
              ? designerWords('stepFollowed', { because: because.join(', ') })
              : designerWords(
                  kind === 'added' ? 'stepAdded' : kind === 'removed' ? 'stepRemoved' : 'stepChanged',
                )}
          </span>
          <Columns columns={columns} />
        </li>
      ))}
    </ul>
  );
}

function Columns({ columns }: { readonly columns: readonly ColumnChange[] }): ReactNode {
  return columns.map((change) => (
    <span key={change.column} className="text-ink-2 block pl-3 font-mono">
      {sayColumn(change)}
    </span>
  ));
}

function sayColumn(change: ColumnChange): string {
  switch (change.kind) {
    case 'added':
      return designerWords('columnAdded', { column: change.column, type: change.type });
    case 'removed':
      return designerWords('columnRemoved', { column: change.column, type: change.type });
    case 'retyped':
      return designerWords('columnRetyped', {
        column: change.column,
        before: change.before,
        after: change.after,
      });
    case 'nullable':
      return designerWords('columnNullable', { column: change.column });
  }
}
