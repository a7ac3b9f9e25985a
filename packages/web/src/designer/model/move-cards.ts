import type { Edit } from '@millrace/spec';

import { stepsOfCard, type CardGraph } from './card-graph.ts';
import type { Place } from './grid.ts';

/** The edits that bring cards to places; the steps of a group keep their places to each other. */
export function moveCards(
  { cards, places }: { readonly cards: CardGraph; readonly places: ReadonlyMap<string, Place> },
  moved: ReadonlyMap<string, Place>,
): readonly Edit[] {
  return [...moved].flatMap(([id, to]): readonly Edit[] => {
    const card = cards.steps.get(id);
    const from = places.get(id);
    if (card === undefined || from === undefined || (from[0] === to[0] && from[1] === to[1])) return [];
    return stepsOfCard(card).map((name) => {
      const [column, row] = places.get(name) ?? from;
      const at = [tenth(column + to[0] - from[0]), tenth(row + to[1] - from[1])] as const;
      return { kind: 'moveStep', name, at };
    });
  });
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
