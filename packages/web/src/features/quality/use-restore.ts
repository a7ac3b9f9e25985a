import type { OperationInput } from '@millrace/control-plane';

import { useAct } from '../../api/use-operation.ts';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { notify } from '../../ui/toast.tsx';
import { qualityWords } from '../../words/quality.ts';

/** Takes discarded rows back into quarantine. */
export function useRestore(): {
  readonly isPending: boolean;
  readonly start: (input: OperationInput<'quarantine/restore-rows'>) => void;
} {
  const { isPending, mutate } = useAct('quarantine/restore-rows', ({ rows }) =>
    notify({ title: qualityWords('restored', { count: rows }) }),
  );
  return {
    isPending,
    start: (input) => mutate(input, { onError: notifyFailure(qualityWords('notRestored')) }),
  };
}
