import type { OperationOutput } from '@millrace/control-plane';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { call } from '../../api/call.ts';
import type { DesignerState } from './designer-state.ts';
import { useLater } from './use-later.ts';

export interface ShownPreview {
  readonly step: string;
  readonly answer: OperationOutput<'pipelines/preview-draft'>;
}

const QUIET_MS = 80;
const ROWS = 100;
const KEPT_MS = 60_000;

/** Rows of the selected step; those of before stay until the new ones are there. */
export function useStepPreview(
  { pipeline, log, saved }: DesignerState,
  step: string | undefined,
): {
  readonly shown: ShownPreview | undefined;
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly refresh: () => void;
} {
  const text = useLater(log.text, QUIET_MS);
  const query = useQuery({
    // What was saved meanwhile may be another base of the sample.
    queryKey: ['pipelines/preview-draft', { pipeline, text, step, base: saved.revision }],
    queryFn: async ({ signal }) => {
      if (step === undefined) throw new TypeError('No step is selected.');
      return {
        step,
        answer: await call('pipelines/preview-draft', { pipeline, text, step, rows: ROWS }, signal),
      };
    },
    enabled: step !== undefined,
    placeholderData: keepPreviousData,
    gcTime: KEPT_MS,
    staleTime: KEPT_MS,
  });
  return {
    shown: query.data?.step === step ? query.data : undefined,
    isPending: step !== undefined && (query.isFetching || text !== log.text),
    error: query.error,
    refresh: () => {
      if (step === undefined) return;
      void call('pipelines/preview-draft', { pipeline, text, step, rows: ROWS, isFresh: true }).then(() =>
        query.refetch(),
      );
    },
  };
}
