import { OctagonX, TriangleAlert } from 'lucide-react';
import { formatPath, type Diagnostic, type Edit } from '@millrace/spec';
import type { ReactNode } from 'react';

import { designerWords } from '../../words/designer.ts';
import { useDesigner } from '../state/use-designer.ts';

/** What is wrong, why and what to do, with the fixes as buttons. */
export function ProblemNote({ problem }: { readonly problem: Diagnostic }): ReactNode {
  const { dispatch, isReadOnly } = useDesigner();
  const isError = problem.severity === 'error';
  const Icon = isError ? OctagonX : TriangleAlert;
  return (
    <div className={`flex gap-1.5 text-sm ${isError ? 'text-bad' : 'text-warn'}`}>
      <Icon size={14} aria-hidden className="mt-px shrink-0" />
      <div className="min-w-0">
        <p className="text-ink-1 break-words">{problem.message}</p>
        {problem.fixes.length === 0 || isReadOnly ? null : (
          <div className="mt-1 flex flex-wrap gap-1">
            {problem.fixes.slice(0, 4).map((fix) => (
              <button
                key={JSON.stringify(fix)}
                type="button"
                onClick={() => dispatch({ kind: 'edit', edits: [fix], label: sayFix(fix) })}
                className="border-line-strong text-accent-ink hover:bg-surface-2 rounded-sm border px-1.5"
              >
                {sayFix(fix)}
              </button>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

/** What a fix does, in a few words. */
export function sayFix(fix: Edit): string {
  switch (fix.kind) {
    case 'setField':
      return typeof fix.value === 'object' ? formatPath(fix.path.slice(2)) : String(fix.value);
    case 'removeField':
      return `${designerWords('remove')} ${formatPath(fix.path.slice(typeof fix.path.at(-1) === 'number' ? -2 : -1))}`;
    case 'renameField':
      return fix.to;
    case 'connect':
      return `${designerWords('readsFrom')} ${fix.from}`;
    case 'renameStep':
      return `${fix.from} → ${fix.to}`;
    case 'removeStep':
      return `${designerWords('remove')} ${fix.name}`;
    case 'addStep':
      return `+ ${fix.name}`;
    case 'groupSteps':
    case 'renameGroup':
    case 'ungroupSteps':
    case 'disconnect':
    case 'pasteSteps':
    case 'moveStep':
      return fix.kind;
  }
}
