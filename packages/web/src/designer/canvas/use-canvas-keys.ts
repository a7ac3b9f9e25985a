import { useReactFlow } from '@xyflow/react';
import type { KeyboardEvent, RefObject } from 'react';

import { designerWords } from '../../words/designer.ts';
import { groupCardId, selectedCards, selectedGroup, stepsOfCard } from '../model/card-graph.ts';
import type { Place } from '../model/grid.ts';
import { flowOrder, nextStep, type Direction } from '../model/walk-graph.ts';
import { useDesigner } from '../state/use-designer.ts';
import type { AddRequest } from './add-menu.tsx';
import { stepElementId } from './step-node.tsx';
import { useGroupActs } from './use-group-acts.ts';

export interface CanvasKeyActions {
  readonly onDelete: (names: readonly string[]) => void;
  readonly onRename: (name: string) => void;
  readonly onGroup: () => void;
  readonly onSave: () => void;
  readonly onAdd: (request: AddRequest) => void;
  readonly showCard: (place: Place) => void;
  readonly box: RefObject<HTMLDivElement | null>;
}

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** Everything that the canvas does by keyboard. */
export function useCanvasKeys({
  onDelete,
  onRename,
  onGroup,
  onSave,
  onAdd,
  showCard,
  box,
}: CanvasKeyActions): (event: KeyboardEvent) => void {
  const { state, dispatch, focus, isReadOnly } = useDesigner();
  const flow = useReactFlow();
  const { graph, cards, places, selected } = state;
  const groups = useGroupActs();
  const [only] = selectedCards(cards, selected);
  const group = selectedGroup(state.draft.groups, selected);

  const show = (id: string): void => {
    const card = cards.steps.get(id);
    if (card === undefined) return;
    dispatch({ kind: 'select', names: stepsOfCard(card) });
    showCard(places.get(id) ?? [0, 0]);
  };

  const walk = (event: KeyboardEvent): boolean => {
    const order = flowOrder(cards, places);
    if (event.key === 'Tab') {
      const at = only === undefined ? -1 : order.indexOf(only);
      const next = order[event.shiftKey ? (at < 0 ? order.length : at) - 1 : at + 1];
      // Past the last, the keyboard goes on to what stands beside the canvas.
      if (next === undefined) return false;
      show(next);
      return true;
    }
    const direction = ARROWS[event.key];
    if (direction === undefined) return false;
    const next = only === undefined ? order[0] : nextStep(cards, places, only, direction);
    if (next !== undefined) show(next);
    return true;
  };

  const command = (event: KeyboardEvent): boolean => {
    switch (event.key.toLowerCase()) {
      case 'z':
        dispatch({ kind: event.shiftKey ? 'redo' : 'undo' });
        return true;
      case 'y':
        dispatch({ kind: 'redo' });
        return true;
      case 's':
        onSave();
        return true;
      case 'a':
        dispatch({ kind: 'select', names: [...graph.steps.keys()] });
        return true;
      case 'g':
        if (!isReadOnly && event.shiftKey) ungroup();
        else if (!isReadOnly && selected.length > 0) onGroup();
        return true;
      default:
        return false;
    }
  };

  const ungroup = (): void => {
    const edits = state.draft.groups.flatMap(({ name, steps }) => {
      const leaving = steps.filter((step) => selected.includes(step));
      return leaving.length === 0 ? [] : [{ kind: 'ungroupSteps', name, steps: leaving } as const];
    });
    if (edits.length > 0) dispatch({ kind: 'edit', edits, label: designerWords('ungroup') });
  };

  /** Opens the group that is selected, or closes the one that the selected step is in. */
  const toggleGroup = (): void => {
    const [name] = selected;
    const around = state.draft.groups.find(({ steps }) => name !== undefined && steps.includes(name));
    if (around === undefined) return;
    if (state.collapsed.has(around.name)) groups.expand(around.name);
    else groups.collapse(around.name);
  };

  const single = (event: KeyboardEvent): boolean => {
    switch (event.key) {
      case 'Enter':
        if (only !== undefined) focus('inspector');
        return true;
      case 'Escape':
        dispatch({ kind: 'select', names: [] });
        return true;
      case '/':
        focus('palette');
        return true;
      case 'a':
      case 'A': {
        if (isReadOnly) return true;
        const [after] = selected.length === 1 ? selected : [];
        const card = after === undefined ? null : document.getElementById(stepElementId(after));
        const place = (card ?? box.current)?.getBoundingClientRect();
        onAdd({ after, x: (place?.left ?? 0) + 24, y: (place?.top ?? 0) + 64 });
        return true;
      }
      case 'Delete':
      case 'Backspace':
        if (selected.length > 0 && !isReadOnly) onDelete(selected);
        return true;
      case 'F2':
        if (group !== undefined && only === groupCardId(group.name)) groups.rename(group);
        else if (selected[0] !== undefined) onRename(selected[0]);
        return true;
      case ' ':
        toggleGroup();
        return true;
      case '+':
        void flow.zoomIn();
        return true;
      case '-':
        void flow.zoomOut();
        return true;
      case '0':
        void flow.fitView({ maxZoom: 1, padding: 0.12 });
        return true;
      default:
        return false;
    }
  };

  return (event) => {
    // Buttons on the canvas have keys of their own.
    if (event.target !== event.currentTarget || event.altKey) return;
    const isDone =
      event.ctrlKey || event.metaKey ? command(event) : walk(event) || (event.key !== 'Tab' && single(event));
    if (isDone) event.preventDefault();
  };
}
