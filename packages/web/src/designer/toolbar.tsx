import { Play, Redo2, Save, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';

import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { designerWords } from '../words/designer.ts';
import { isChanged } from './state/designer-state.ts';
import { useDesigner } from './state/use-designer.ts';

export const VIEWS = ['canvas', 'split', 'code'] as const;
export type DesignerView = (typeof VIEWS)[number];

export interface ToolbarProps {
  readonly view: DesignerView;
  readonly onView: (view: DesignerView) => void;
  readonly onPlan: () => void;
  readonly onRun: () => void;
  readonly onSave: () => void;
  readonly isSaving: boolean;
}

/** One line: what is open, how it is looked at, and what can be done with it. */
export function Toolbar({ view, onView, onPlan, onRun, onSave, isSaving }: ToolbarProps): ReactNode {
  const { state, dispatch, compiled, isReadOnly } = useDesigner();
  const changed = isChanged(state);
  const errors = compiled.diagnostics.some(({ severity }) => severity === 'error');
  return (
    <div className="border-line bg-surface-1 flex h-10 shrink-0 items-center gap-2 border-b px-3">
      <h1 className="truncate font-semibold">{state.pipeline}</h1>
      <span className="text-ink-3 truncate text-sm" role="status">
        {changed ? designerWords('unsaved') : designerWords('saved')}
      </span>
      <div className="flex-1" />
      <div role="group" aria-label={designerWords('view')} className="bg-surface-2 flex rounded-md p-0.5">
        {VIEWS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={view === each}
            onClick={() => onView(each)}
            className={`h-6 rounded-sm px-2 ${view === each ? 'bg-surface-1 text-ink-1 font-medium' : 'text-ink-2 hover:text-ink-1'}`}
          >
            {designerWords(each)}
          </button>
        ))}
      </div>
      <IconButton
        icon={Undo2}
        label={designerWords('undo')}
        keys="Mod+Z"
        isDisabled={state.log.past.length === 0}
        onClick={() => dispatch({ kind: 'undo' })}
      />
      <IconButton
        icon={Redo2}
        label={designerWords('redo')}
        keys="Mod+Y"
        isDisabled={state.log.future.length === 0}
        onClick={() => dispatch({ kind: 'redo' })}
      />
      <Button kind="quiet" onClick={onPlan}>
        {designerWords('plan')}
      </Button>
      <Button icon={Play} onClick={onRun} isDisabled={isReadOnly || errors}>
        {designerWords('runNow')}
      </Button>
      <Button
        kind="primary"
        icon={Save}
        onClick={onSave}
        isDisabled={!changed || isReadOnly}
        isBusy={isSaving}
      >
        {designerWords('save')}
      </Button>
    </div>
  );
}
