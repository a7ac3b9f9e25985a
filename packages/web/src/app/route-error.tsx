import type { ErrorComponentProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Button } from '../ui/button.tsx';
import { ErrorPanel } from '../ui/error-panel.tsx';
import { frameWords } from '../words/frame.ts';

/** A page that fails leaves the frame standing. */
export function RouteError({ error, reset }: ErrorComponentProps): ReactNode {
  return (
    <div className="p-4">
      <ErrorPanel
        title={frameWords('pageFailed')}
        error={error}
        onRetry={reset}
        actions={
          <Button size="small" onClick={() => location.reload()}>
            {frameWords('reload')}
          </Button>
        }
      />
    </div>
  );
}
