import type { OperationOutput } from '@millrace/control-plane';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatExact } from '../../ui/format-time.ts';
import { designerWords } from '../../words/designer.ts';
import { useDesigner } from '../state/use-designer.ts';
import { useLater } from '../state/use-later.ts';

type PlannedDraft = OperationOutput<'pipelines/plan-draft'>;
type Changes = NonNullable<PlannedDraft['changes']>;
type ColumnChange = Changes['steps'][number]['columns'][number];

/** What a run of the text would do: what changes since the last one, then what is read, made and written. */
export function PlanPane(): ReactNode {
  const { state } = useDesigner();
  const text = useLater(state.log.text, 200);
  const plan = useOperation(
    'pipelines/plan-draft',
    { pipeline: state.pipeline, text },
    { keepsPrevious: true },
  );
  if (plan.error !== null) return <ErrorPanel title={designerWords('plan')} error={plan.error} />;
  if (plan.data === undefined) return <p className="text-ink-3 p-4">{designerWords('plan')}…</p>;
  const { outline, changes, since } = plan.data;
  if (outline === null) return <p className="text-ink-2 p-4">{designerWords('planWrong')}</p>;
  return (
    <div className="flex flex-wrap gap-x-10 gap-y-4 p-4" aria-busy={plan.isFetching}>
      <section className="max-w-xl min-w-64 flex-1">
        <h2 className="mb-1 font-medium">
          {since === null
            ? designerWords('planFirst')
            : designerWords('planSince', { at: formatExact(new Date(since.startedAt)) })}
        </h2>
        {changes === null ? null : <ChangeList changes={changes} />}
      </section>
      <OutlineList
        title={designerWords('willRead')}
        items={outline.read.map(
          ({ task, connection, table }) => [task, `${connection}:${table}`, ''] as const,
        )}
      />
      <OutlineList
        title={designerWords('willMake')}
        items={outline.steps.map(({ name, verb, follows }) => [name, `${name} · ${verb}`, follows] as const)}
      />
      <OutlineList
        title={designerWords('willWrite')}
        items={[
          ...outline.read.flatMap(({ task, into }) => (into === null ? [] : [[task, into, ''] as const])),
          ...outline.write.map(({ task, into, mode }) => [task, into, mode] as const),
        ]}
      />
    </div>
  );
}

function OutlineList({
  title,
  items,
}: {
  readonly title: string;
  readonly items: readonly (readonly [id: string, text: string, note: string])[];
}): ReactNode {
  return (
    <section className="min-w-44">
      <h2 className="mb-1 font-medium">
        {title} <span className="text-ink-3 font-normal tabular-nums">{items.length}</span>
      </h2>
      <ul className="text-sm">
        {items.map(([id, text, note]) => (
          <li key={id}>
            <span className="font-mono">{text}</span> <span className="text-ink-3">{note}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ChangeList({ changes: { steps, tables } }: { readonly changes: Changes }): ReactNode {
  if (steps.length === 0 && tables.length === 0)
    return <p className="text-ink-2 text-sm">{designerWords('planNone')}</p>;
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
