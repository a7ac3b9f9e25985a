import type { CheckResult } from '@millrace/compiler';
import type { ReactNode } from 'react';

import { runAddress } from '../../app/addresses.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { formatExact } from '../../ui/format-time.ts';
import { StatusBadge } from '../../ui/status-badge.tsx';
import type { StatusTone } from '../../ui/status-badge.tsx';
import { datasetWords } from '../../words/datasets.ts';

type Status = CheckResult['status'];

const TONES: Readonly<Record<Status, StatusTone>> = {
  passed: 'ok',
  warned: 'warn',
  failed: 'bad',
  skipped: 'off',
};

/** Told apart by height as well as by colour. */
const FILLS: Readonly<Record<Status, string>> = {
  passed: 'bg-ok h-2',
  warned: 'bg-warn h-3',
  failed: 'bg-bad h-4',
  skipped: 'bg-line-strong h-1',
};

function wordOf(status: Status): string {
  return datasetWords(status === 'failed' ? 'failedCheck' : status);
}

/** What became of a check, for tables. */
export function CheckStatus({ status }: { readonly status: Status }): ReactNode {
  return (
    <StatusBadge tone={TONES[status]} isPlain>
      {wordOf(status)}
    </StatusBadge>
  );
}

export interface PastCheck {
  readonly runId: string;
  readonly at: string;
  readonly status: Status;
  readonly observed: string;
}

/** What became of a check in each of the last runs, the latest at the right; each leads to its run. */
export function CheckTimeline({ history }: { readonly history: readonly PastCheck[] }): ReactNode {
  return (
    <span className="flex h-6 items-end">
      {history.map(({ runId, at, status, observed }) => (
        <AppLink
          key={runId}
          href={runAddress(runId)}
          aria-label={`${wordOf(status)}, ${formatExact(new Date(at))}`}
          title={`${wordOf(status)}: ${observed}`}
          className="flex h-6 w-2 items-end px-px"
        >
          <span className={`w-full rounded-[1px] ${FILLS[status]}`} />
        </AppLink>
      ))}
    </span>
  );
}
