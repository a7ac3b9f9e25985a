import { OctagonX } from 'lucide-react';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { Button } from './button.tsx';

export interface ErrorPanelProps {
  /** What failed: `The connection cannot be tested`. */
  readonly title: string;
  /** Why, and what to do; errors of operations say both. */
  readonly error: unknown;
  /** Does the failed thing again. */
  readonly onRetry?: () => void;
  /** Other next steps, as buttons. */
  readonly actions?: ReactNode;
}

/** What, why, and what to do next, with a button that does it. */
export function ErrorPanel({ title, error, onRetry, actions }: ErrorPanelProps): ReactNode {
  return (
    <div role="alert" className="border-bad bg-bad-soft flex gap-2 rounded-md border-l-3 p-3">
      <OctagonX size={16} aria-hidden className="text-bad mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        <p className="text-ink-2 max-h-40 overflow-y-auto break-words whitespace-pre-wrap">
          {errorMessage(error)}
        </p>
        {onRetry === undefined && actions === undefined ? null : (
          <div className="mt-2 flex flex-wrap gap-2">
            {actions}
            {onRetry === undefined ? null : (
              <Button size="small" onClick={onRetry}>
                {uiWords('retry')}
              </Button>
            )}
          </div>
        )}
      </div>
    </div>
  );
}

/** The words of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
