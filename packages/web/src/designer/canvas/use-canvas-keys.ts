import { useReactFlow } from '@xyflow/react';
import type { KeyboardEvent, RefObject } from 'react';

import { CARD, toPixels } from '../model/grid.ts';
import { flowOrder, nextStep, type Direction } from '../model/walk-graph.ts';
import { useDesigner } from '../state/use-designer.ts';
import type { AddRequest } from './add-menu.tsx';
import { stepElementId } from './step-node.tsx';

export interface CanvasKeyActions {
  readonly onDelete: (names: readonly string[]) => void;
  readonly onRename: (name: string) => void;
  readonly onSave: () => void;
  readonly onAdd: (request: AddRequest) => void;
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
  onSave,
  onAdd,
  box,
}: CanvasKeyActions): (event: KeyboardEvent) => void {
  const { state, dispatch, focus, isReadOnly } = useDesigner();
  const flow = useReactFlow();
  const { graph, places, selected } = state;
  const [only] = selected;

  const show = (name: string): void => {
    dispatch({ kind: 'select', names: [name] });
    const { x, y } = toPixels(places.get(name) ?? [0, 0]);
    const { zoom } = flow.getViewport();
    const corner = flow.flowToScreenPosition({ x, y });
    const frame = box.current?.getBoundingClientRect();
    const isSeen =
      frame !== undefined &&
      corner.x >= frame.left &&
      corner.y >= frame.top &&
      corner.x + CARD.width * zoom <= frame.right &&
      corner.y + CARD.height * zoom <= frame.bottom;
    if (!isSeen) void flow.setCenter(x + CARD.width / 2, y + CARD.height / 2, { zoom: Math.max(zoom, 0.6) });
  };

  const walk = (event: KeyboardEvent): boolean => {
    const order = flowOrder(graph, places);
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
    const next = only === undefined ? order[0] : nextStep(graph, places, only, direction);
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
      default:
        return false;
    }
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
        const card = only === undefined ? null : document.getElementById(stepElementId(only));
        const place = (card ?? box.current)?.getBoundingClientRect();
        onAdd({ after: only, x: (place?.left ?? 0) + 24, y: (place?.top ?? 0) + 64 });
        return true;
      }
      case 'Delete':
      case 'Backspace':
        if (selected.length > 0 && !isReadOnly) onDelete(selected);
        return true;
      case 'F2':
        if (only !== undefined) onRename(only);
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
