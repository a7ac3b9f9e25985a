import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';

import { designerWords } from '../words/designer.ts';
import { groupFacts } from './canvas/group-facts.ts';
import { verbIcon } from './canvas/verb-icon.ts';
import { listRows, stepsOfRow, type ListRow } from './model/list-rows.ts';
import { stepMeaning } from './model/step-meaning.ts';
import { flowOrder } from './model/walk-graph.ts';
import { useDesigner } from './state/use-designer.ts';

const ROW = 28;

/** The steps of a large pipeline in flow order with their groups, beside the canvas. */
export function StepList(): ReactNode {
  const { state, dispatch } = useDesigner();
  const { graph, places, draft, collapsed, selected } = state;
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useMemo(
    () => listRows(flowOrder(graph, places), draft.groups, collapsed),
    [graph, places, draft.groups, collapsed],
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const chosen = new Set(selected);
  const isSelected = (row: ListRow): boolean => {
    const steps = stepsOfRow(row);
    return steps.length === chosen.size && steps.every((step) => chosen.has(step));
  };
  const at = rows.findIndex(isSelected);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at);
  }, [at, virtual]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[at];
    const wanted = TOGGLES[event.key];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const next = rows[at + (event.key === 'ArrowDown' ? 1 : -1)];
      if (next !== undefined) dispatch({ kind: 'select', names: stepsOfRow(next) });
    } else if (wanted !== undefined && row?.kind === 'group')
      dispatch({ kind: 'collapse', group: row.group.name, isCollapsed: wanted(row.isCollapsed) });
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={scroll}
      role="listbox"
      tabIndex={0}
      aria-label={designerWords('list')}
      className="bg-surface-1 min-h-0 flex-1 overflow-y-auto"
      onKeyDown={onKeyDown}
    >
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={row.kind === 'step' ? row.name : `group:${row.group.name}`}
              role="option"
              aria-selected={isSelected(row)}
              onClick={() => dispatch({ kind: 'select', names: stepsOfRow(row) })}
              className={`absolute inset-x-0 flex items-center gap-2 pr-3 ${
                row.kind === 'step' && row.isInGroup ? 'pl-8' : 'pl-3'
              } ${isSelected(row) ? 'bg-surface-3' : 'hover:bg-surface-2'}`}
              style={{ height: ROW, transform: `translateY(${start}px)` }}
            >
              {row.kind === 'step' ? <StepRow name={row.name} /> : <GroupRow {...row} />}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** What a key makes of a group: collapsed or not. */
const TOGGLES: Readonly<Record<string, (isCollapsed: boolean) => boolean>> = {
  ArrowLeft: () => true,
  ArrowRight: () => false,
  ' ': (isCollapsed) => !isCollapsed,
};

function StepRow({ name }: { readonly name: string }): ReactNode {
  const { state, compiled } = useDesigner();
  const step = state.graph.steps.get(name);
  if (step === undefined) return null;
  const Icon = verbIcon(step.verb);
  const problems = compiled.byStep.get(name) ?? [];
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return (
    <>
      <Icon size={14} aria-hidden className="text-ink-3 shrink-0" />
      <span className="shrink-0 truncate">{name}</span>
      <span className="text-ink-3 min-w-0 flex-1 truncate text-sm">{stepMeaning(step)}</span>
      <ProblemCount errors={errors} warnings={problems.length - errors} />
    </>
  );
}

function GroupRow({ group, isCollapsed }: Extract<ListRow, { readonly kind: 'group' }>): ReactNode {
  const { dispatch, compiled, lastRun } = useDesigner();
  const { errors, warnings } = groupFacts(group, compiled, lastRun);
  const Icon = isCollapsed ? ChevronRight : ChevronDown;
  return (
    <>
      <span
        className="text-ink-2 shrink-0"
        onClick={(event) => {
          event.stopPropagation();
          dispatch({ kind: 'collapse', group: group.name, isCollapsed: !isCollapsed });
        }}
      >
        <Icon size={14} aria-hidden />
      </span>
      <span className="min-w-0 flex-1 truncate font-medium">{group.name}</span>
      <span className="text-ink-3 text-sm tabular-nums">
        {designerWords('stepCount', { count: group.steps.length })}
      </span>
      <ProblemCount errors={errors} warnings={warnings} />
    </>
  );
}

function ProblemCount({
  errors,
  warnings,
}: {
  readonly errors: number;
  readonly warnings: number;
}): ReactNode {
  if (errors + warnings === 0) return null;
  const words = designerWords('problemCount', { count: errors + warnings });
  return (
    <span title={words} className={`text-sm ${errors > 0 ? 'text-bad' : 'text-warn'}`}>
      {errors + warnings}
    </span>
  );
}
