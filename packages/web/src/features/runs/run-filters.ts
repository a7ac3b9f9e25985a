import type { OperationInput } from '@millrace/control-plane';
import { useMemo } from 'react';

import { useUrlState } from '../../ui/use-url-state.ts';

type ListInput = OperationInput<'runs/list-runs'>;
export type RunState = NonNullable<ListInput['states']>[number];

export const RUN_STATES: readonly RunState[] = ['queued', 'running', 'succeeded', 'failed', 'cancelled'];

/** No filter. */
export const ALL = 'all';

/** Times to look back, in milliseconds, as the URL names them. */
export const SPANS: Readonly<Record<string, number>> = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};

export interface RunFilters {
  readonly pipeline: string;
  readonly state: string;
  readonly span: string;
  readonly setPipeline: (pipeline: string) => void;
  readonly setState: (state: string) => void;
  readonly setSpan: (span: string) => void;
  /** What the server is asked for; stands still for a minute, so that a time to look back is no new question each moment. */
  readonly input: Pick<ListInput, 'pipelines' | 'states' | 'since'>;
}

/** Which runs are shown, in the URL. */
export function useRunFilters(): RunFilters {
  const [pipeline, setPipeline] = useUrlState('pipeline', ALL);
  const [state, setState] = useUrlState('state', ALL);
  const [span, setSpan] = useUrlState('time', ALL);
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  const input = useMemo(() => {
    const back = SPANS[span];
    const states = RUN_STATES.filter((known) => known === state);
    return {
      ...(pipeline === ALL ? {} : { pipelines: [pipeline] }),
      ...(states.length === 0 ? {} : { states }),
      ...(back === undefined ? {} : { since: new Date(minute - back).toISOString() }),
    };
  }, [pipeline, state, span, minute]);
  return { pipeline, state, span, setPipeline, setState, setSpan, input };
}
