import { CircleDot } from 'lucide-react';
import type { ReactNode } from 'react';

import { designerWords } from '../../words/designer.ts';

/** Says that a card is otherwise than in the last run. */
export function ChangedMark(): ReactNode {
  const words = designerWords('changedSinceRun');
  return (
    <span title={words} className="text-accent-ink inline-flex shrink-0">
      <CircleDot size={11} aria-label={words} role="img" />
    </span>
  );
}
