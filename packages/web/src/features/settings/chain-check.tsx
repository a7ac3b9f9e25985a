import { useMutation } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';

import { call } from '../../api/call.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { settingsWords } from '../../words/settings.ts';

/** Computes the hashes of the whole log again, when asked. */
export function ChainCheck(): ReactNode {
  const check = useMutation({ mutationFn: () => call('audit/verify-log', {}) });
  const verdict = check.data;
  return (
    <div className="border-line flex min-h-11 flex-wrap items-center gap-3 border-b px-4 py-2" role="status">
      <Button icon={ShieldCheck} isBusy={check.isPending} onClick={() => check.mutate()}>
        {settingsWords('verify')}
      </Button>
      {check.error === null ? null : <ErrorPanel title={settingsWords('auditFailed')} error={check.error} />}
      {verdict === undefined ? null : (
        <>
          <StatusBadge tone={verdict.isIntact ? 'ok' : 'bad'}>
            {verdict.isIntact
              ? settingsWords('intact', { count: verdict.entries })
              : settingsWords('broken', { number: verdict.brokenAt ?? 1 })}
          </StatusBadge>
          <Tooltip text={settingsWords('headHashHelp')}>
            <span tabIndex={0} className="text-ink-2 min-w-0 truncate rounded-sm text-sm">
              {settingsWords('headHash')}: <span className="font-mono">{verdict.headHash}</span>
            </span>
          </Tooltip>
        </>
      )}
    </div>
  );
}
