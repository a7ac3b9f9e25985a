import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { call } from '../../api/call.ts';
import { Button } from '../../ui/button.tsx';
import { errorMessage } from '../../ui/error-panel.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { connectionWords } from '../../words/connections.ts';

/** A button that tests a saved connection, and what came of it beside it. */
export function ConnectionTest({ connection }: { readonly connection: string }): ReactNode {
  const test = useMutation({ mutationFn: () => call('connections/test-connection', { connection }) });
  return (
    <span className="flex items-center gap-2">
      <Button
        size="small"
        isBusy={test.isPending}
        onClick={() => test.mutate()}
        aria-label={`${connectionWords('testConnection')}: ${connection}`}
      >
        {connectionWords('test')}
      </Button>
      {test.isSuccess ? (
        <Tooltip
          text={connectionWords('answered', {
            product: test.data.product,
            version: test.data.version,
            ms: test.data.milliseconds,
          })}
        >
          <span tabIndex={0} className="rounded-sm">
            <StatusBadge tone="ok" isPlain>
              {connectionWords('answeredShort', { ms: test.data.milliseconds })}
            </StatusBadge>
          </span>
        </Tooltip>
      ) : null}
      {test.isError ? (
        <Tooltip text={errorMessage(test.error)}>
          <span tabIndex={0} className="rounded-sm">
            <StatusBadge tone="bad" isPlain>
              {connectionWords('testFailedShort')}
            </StatusBadge>
          </span>
        </Tooltip>
      ) : null}
    </span>
  );
}
