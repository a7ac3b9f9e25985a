import { Command } from 'cmdk';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

import { designerWords } from '../../words/designer.ts';
import { addStep } from '../model/add-step.ts';
import type { Place } from '../model/grid.ts';
import { PALETTE_GROUPS, VERB_ENTRIES } from '../model/verb-entries.ts';
import { useDesigner } from '../state/use-designer.ts';
import { verbIcon } from './verb-icon.ts';

/** Where a step is to be added. */
export interface AddRequest {
  /** What it reads; undefined for a step that begins. */
  readonly after: string | undefined;
  readonly at?: Place;
  /** Of the window. */
  readonly x: number;
  readonly y: number;
}

/** The verbs that fit behind a step, to be searched and chosen. */
export function AddMenu({
  request,
  onClose,
}: {
  readonly request: AddRequest;
  readonly onClose: () => void;
}): ReactNode {
  const { state, dispatch } = useDesigner();
  const box = useRef<HTMLDivElement>(null);
  const { after, at, x, y } = request;
  const entries = VERB_ENTRIES.filter(({ inputs }) =>
    after === undefined ? inputs.length === 0 : inputs.length > 0,
  );
  useEffect(() => {
    const close = (event: PointerEvent): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) === false) onClose();
    };
    window.addEventListener('pointerdown', close);
    return () => window.removeEventListener('pointerdown', close);
  }, [onClose]);
  return (
    <div
      ref={box}
      className="shadow-float bg-surface-1 fixed z-50 w-64 rounded-md"
      style={{ left: Math.min(x, window.innerWidth - 272), top: Math.min(y, window.innerHeight - 340) }}
    >
      <Command
        label={designerWords('addAfter')}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Escape') onClose();
        }}
      >
        <Command.Input
          autoFocus
          placeholder={designerWords('searchSteps')}
          className="border-line h-8 w-full border-b bg-transparent px-3 outline-none"
        />
        <Command.List className="max-h-72 overflow-y-auto p-1">
          {PALETTE_GROUPS.map((group) => {
            const inGroup = entries.filter((entry) => entry.group === group);
            return inGroup.length === 0 ? null : (
              <Command.Group
                key={group}
                heading={designerWords(group)}
                className="text-ink-3 text-sm [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1"
              >
                {inGroup.map(({ name, summary }) => {
                  const Icon = verbIcon(name);
                  return (
                    <Command.Item
                      key={name}
                      value={name}
                      keywords={[summary]}
                      onSelect={() => {
                        const added = addStep(state.graph, {
                          verb: name,
                          ...(at === undefined ? {} : { at }),
                        });
                        const connect =
                          after === undefined
                            ? []
                            : [{ kind: 'connect', from: after, to: added.name } as const];
                        dispatch({
                          kind: 'edit',
                          edits: [...added.edits, ...connect],
                          label: `+ ${added.name}`,
                          select: [added.name],
                        });
                        onClose();
                      }}
                      className="text-ink-1 data-[selected=true]:bg-surface-2 flex cursor-default items-center gap-2 rounded-sm px-2 py-1 text-base"
                    >
                      <Icon size={16} aria-hidden className="text-ink-2 shrink-0" />
                      <span className="shrink-0">{name}</span>
                      <span className="text-ink-3 truncate text-sm">{summary}</span>
                    </Command.Item>
                  );
                })}
              </Command.Group>
            );
          })}
        </Command.List>
      </Command>
    </div>
  );
}
