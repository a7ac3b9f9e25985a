import { OctagonX, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

import { designerWords } from '../../words/designer.ts';

/** How much is wrong with what a card stands for; nothing when all is well. A click lists it. */
export function ProblemMark({
  errors,
  warnings,
  onShow,
}: {
  readonly errors: number;
  readonly warnings: number;
  readonly onShow: () => void;
}): ReactNode {
  const count = errors > 0 ? errors : warnings;
  if (count === 0) return null;
  const words = designerWords('problemCount', { count });
  return (
    <button
      type="button"
      tabIndex={-1}
      onClick={(event) => {
        // A click on the card would select all that it stands for.
        event.stopPropagation();
        onShow();
      }}
      title={words}
      aria-label={words}
      className={`nodrag flex items-center gap-0.5 text-xs font-medium ${errors > 0 ? 'text-bad' : 'text-warn'}`}
    >
      {errors > 0 ? <OctagonX size={13} aria-hidden /> : <TriangleAlert size={13} aria-hidden />}
      {count}
    </button>
  );
}
