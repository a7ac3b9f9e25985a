import { Boxes, Maximize2, Minimize2, Ungroup, X } from 'lucide-react';
import type { StepGroup } from '@millrace/spec';
import type { ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { designerWords } from '../../words/designer.ts';
import { verbIcon } from '../canvas/verb-icon.ts';
import { useDesigner } from '../state/use-designer.ts';
import { NameField } from './name-field.tsx';

/** The selected group: its name, its steps, and what can be done with it. */
export function GroupForm({ group }: { readonly group: StepGroup }): ReactNode {
  const { state, dispatch, isReadOnly } = useDesigner();
  const { name, steps } = group;
  const isCollapsed = state.collapsed.has(name);
  return (
    <>
      <header className="border-line sticky top-0 z-10 flex items-center gap-2 border-b bg-inherit px-3 py-2">
        <Boxes size={16} aria-hidden className="text-ink-2 shrink-0" />
        <NameField
          name={name}
          isReadOnly={isReadOnly}
          onRename={(to) =>
            dispatch({
              kind: 'edit',
              edits: [{ kind: 'renameGroup', from: name, to: to.trim() }],
              label: `${name} → ${to}`,
            })
          }
        />
        <span className="text-ink-3 shrink-0 text-sm">{designerWords('aGroup')}</span>
      </header>
      <div className="flex flex-col gap-3 p-3">
        <div className="flex flex-wrap gap-2">
          <Button
            size="small"
            icon={isCollapsed ? Maximize2 : Minimize2}
            onClick={() => dispatch({ kind: 'collapse', group: name, isCollapsed: !isCollapsed })}
          >
            {designerWords(isCollapsed ? 'expand' : 'collapse')}
          </Button>
          <Button
            size="small"
            icon={Ungroup}
            isDisabled={isReadOnly}
            onClick={() =>
              dispatch({
                kind: 'edit',
                edits: [{ kind: 'ungroupSteps', name }],
                label: designerWords('ungroup'),
              })
            }
          >
            {designerWords('ungroup')}
          </Button>
        </div>
        <h2 className="font-medium">
          {designerWords('stepsOfGroup')} <span className="text-ink-3 font-normal">{steps.length}</span>
        </h2>
        <ul>
          {steps.map((step) => {
            const Icon = verbIcon(state.graph.steps.get(step)?.verb);
            return (
              <li key={step} className="flex items-center gap-2">
                <Icon size={14} aria-hidden className="text-ink-3 shrink-0" />
                <button
                  type="button"
                  title={designerWords('goTo', { step })}
                  onClick={() => dispatch({ kind: 'select', names: [step] })}
                  className="text-accent-ink h-6 min-w-0 flex-1 truncate rounded-sm text-left underline-offset-2 hover:underline"
                >
                  {step}
                </button>
                <IconButton
                  icon={X}
                  label={designerWords('leaveGroup', { step })}
                  isDisabled={isReadOnly}
                  onClick={() =>
                    dispatch({
                      kind: 'edit',
                      edits: [{ kind: 'ungroupSteps', name, steps: [step] }],
                      label: designerWords('ungroup'),
                      select: steps.filter((each) => each !== step),
                    })
                  }
                />
              </li>
            );
          })}
        </ul>
      </div>
    </>
  );
}
