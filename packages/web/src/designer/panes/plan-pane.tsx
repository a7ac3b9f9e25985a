import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { PlanChangeList } from '../../features/pipelines/plan-change-list.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatExact } from '../../ui/format-time.ts';
import { designerWords } from '../../words/designer.ts';
import { useDesigner } from '../state/use-designer.ts';
import { useLater } from '../state/use-later.ts';

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
        {changes === null ? null : <PlanChangeList changes={changes} none={designerWords('planNone')} />}
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
