import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

import { designerWords } from '../words/designer.ts';
import { verbIcon } from './canvas/verb-icon.ts';
import { stepMeaning } from './model/step-meaning.ts';
import { flowOrder } from './model/walk-graph.ts';
import { useDesigner } from './state/use-designer.ts';

const ROW = 28;

/** The steps of a large pipeline in flow order, beside the canvas. */
export function StepList(): ReactNode {
  const { state, dispatch, compiled } = useDesigner();
  const scroll = useRef<HTMLDivElement>(null);
  const names = flowOrder(state.graph, state.places);
  const rows = useVirtualizer({
    count: names.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const [chosen] = state.selected;
  const at = names.indexOf(chosen ?? '');
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at);
  }, [at, rows]);
  return (
    <div
      ref={scroll}
      role="listbox"
      tabIndex={0}
      aria-label={designerWords('list')}
      className="bg-surface-1 min-h-0 flex-1 overflow-y-auto"
      onKeyDown={(event) => {
        const next = names[at + (event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0)];
        if (next === undefined || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
        event.preventDefault();
        dispatch({ kind: 'select', names: [next] });
      }}
    >
      <div className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const step = state.graph.steps.get(names[index] ?? '');
          if (step === undefined) return null;
          const Icon = verbIcon(step.verb);
          const errors = compiled.byStep.get(step.name)?.length ?? 0;
          const isSelected = state.selected.includes(step.name);
          return (
            <div
              key={step.name}
              role="option"
              aria-selected={isSelected}
              onClick={() => dispatch({ kind: 'select', names: [step.name] })}
              className={`absolute inset-x-0 flex items-center gap-2 px-3 ${isSelected ? 'bg-surface-3' : 'hover:bg-surface-2'}`}
              style={{ height: ROW, transform: `translateY(${start}px)` }}
            >
              <Icon size={14} aria-hidden className="text-ink-3 shrink-0" />
              <span className="shrink-0 truncate">{step.name}</span>
              <span className="text-ink-3 min-w-0 flex-1 truncate text-sm">{stepMeaning(step)}</span>
              {errors === 0 ? null : <span className="text-bad text-sm">{errors}</span>}
            </div>
          );
        })}
      </div>
    </div>
  );
}
