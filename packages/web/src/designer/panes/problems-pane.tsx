import { CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';

import { EmptyState } from '../../ui/empty-state.tsx';
import { designerWords } from '../../words/designer.ts';
import { ProblemNote } from '../inspector/problem-note.tsx';
import { useDesigner } from '../state/use-designer.ts';

/** Everything that is wrong, in the order of the text; a click leads to the step. */
export function ProblemsPane({
  onShow,
}: {
  readonly onShow: (step: string, offset: number) => void;
}): ReactNode {
  const { compiled } = useDesigner();
  const unchecked = Object.entries(compiled.answer?.unchecked ?? {});
  if (compiled.diagnostics.length === 0 && unchecked.length === 0)
    return (
      <EmptyState icon={CircleCheck} title={designerWords('noProblems')}>
        {designerWords('noProblemsHelp')}
      </EmptyState>
    );
  return (
    <ul className="divide-line divide-y">
      {compiled.diagnostics.map((problem) => {
        const step = String(problem.path[0] === 'steps' ? (problem.path[1] ?? '') : (problem.path[0] ?? ''));
        const { line, column, offset } = problem.range.start;
        return (
          <li
            key={`${problem.code}${offset}${problem.path.join('.')}`}
            className="flex items-start gap-3 px-3 py-1.5"
          >
            <button
              type="button"
              aria-label={designerWords('goTo', { step })}
              onClick={() => onShow(step, offset)}
              className="text-accent-ink w-40 shrink-0 truncate rounded-sm text-left font-mono text-sm underline-offset-2 hover:underline"
            >
              {step} <span className="text-ink-3">{`${line}:${column}`}</span>
            </button>
            <ProblemNote problem={problem} />
          </li>
        );
      })}
      {unchecked.map(([step, reason]) => (
        <li key={step} className="flex items-start gap-3 px-3 py-1.5 text-sm">
          <span className="w-40 shrink-0 truncate font-mono">{step}</span>
          <span>{reason}</span>
        </li>
      ))}
    </ul>
  );
}
