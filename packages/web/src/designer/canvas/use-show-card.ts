import { useReactFlow } from '@xyflow/react';
import { useCallback, type RefObject } from 'react';

import { CARD, toPixels, type Place } from '../model/grid.ts';

/** Pixels between a card that was brought into view and the edge of the canvas. */
const MARGIN = 24;
/** Below this a card says nothing. */
const LEGIBLE = 0.6;

/** Brings the card at a place into view; the canvas moves no further than it has to. */
export function useShowCard(box: RefObject<HTMLDivElement | null>): (place: Place) => void {
  const flow = useReactFlow();
  return useCallback(
    (place) => {
      if (box.current === null) return;
      const { clientWidth, clientHeight } = box.current;
      const { x, y } = toPixels(place);
      const view = flow.getViewport();
      const right = missing(view.x + x * view.zoom, CARD.width * view.zoom, clientWidth);
      const down = missing(view.y + y * view.zoom, CARD.height * view.zoom, clientHeight);
      if (right === 0 && down === 0) return;
      if (view.zoom < LEGIBLE)
        void flow.setCenter(x + CARD.width / 2, y + CARD.height / 2, { zoom: LEGIBLE });
      else void flow.setViewport({ x: view.x + right, y: view.y + down, zoom: view.zoom });
    },
    [flow, box],
  );
}

/** How far what begins here has to move to be seen; 0 when all of it is. */
function missing(begin: number, length: number, room: number): number {
  if (begin < 0) return MARGIN - begin;
  return begin + length > room ? room - MARGIN - begin - length : 0;
}
