import { Play } from 'lucide-react';
import type { ReactNode } from 'react';

import { useAct } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import type { ButtonKind } from '../../ui/button.tsx';
import { errorMessage } from '../../ui/error-panel.tsx';
import { notify } from '../../ui/toast.tsx';
import { pipelineWords } from '../../words/pipelines.ts';

/** Puts a run of a pipeline into the queue; `onStarted` gets its id. */
export function RunButton({
  pipeline,
  kind = 'secondary',
  size = 'medium',
  onStarted,
}: {
  readonly pipeline: string;
  readonly kind?: ButtonKind;
  readonly size?: 'medium' | 'small';
  readonly onStarted?: (runId: string) => void;
}): ReactNode {
  const start = useAct('runs/start-run', ({ runId }) => {
    notify({ title: pipelineWords('runStarted', { pipeline }) });
    onStarted?.(runId);
  });
  return (
    <Button
      kind={kind}
      size={size}
      icon={Play}
      isBusy={start.isPending}
      aria-label={`${pipelineWords('runNow')}: ${pipeline}`}
      onClick={() =>
        start.mutate(
          { pipeline },
          {
            onError: (error) =>
              notify({
                title: pipelineWords('runFailed', { pipeline }),
                description: errorMessage(error),
                kind: 'failed',
              }),
          },
        )
      }
    >
      {pipelineWords('runNow')}
    </Button>
  );
}
