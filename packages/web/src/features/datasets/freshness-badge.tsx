import type { OperationOutput } from '@millrace/control-plane';
import type { ReactNode } from 'react';

import { StatusBadge } from '../../ui/status-badge.tsx';
import type { StatusTone } from '../../ui/status-badge.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { datasetWords } from '../../words/datasets.ts';

export type Freshness = OperationOutput<'datasets/list-datasets'>['datasets'][number]['freshness'];

const TONES: Readonly<Record<Freshness['state'], StatusTone>> = {
  upToDate: 'ok',
  delayed: 'warn',
  underInvestigation: 'bad',
};

/** Whether a dataset is as its source is, with the reason on hover. */
export function FreshnessBadge({
  freshness,
  isPlain = false,
}: {
  readonly freshness: Freshness;
  readonly isPlain?: boolean;
}): ReactNode {
  return (
    <Tooltip text={freshness.reason}>
      <span>
        <StatusBadge tone={TONES[freshness.state]} isPlain={isPlain}>
          {datasetWords(freshness.state)}
        </StatusBadge>
      </span>
    </Tooltip>
  );
}
