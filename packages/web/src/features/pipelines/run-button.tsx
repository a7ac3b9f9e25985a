import { useRouter } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import type { ReactNode } from 'react';

import { useMay } from '../../api/session.ts';
import { useAct } from '../../api/use-operation.ts';
import { runAddress } from '../../app/addresses.ts';
import { Button } from '../../ui/button.tsx';
import type { ButtonKind } from '../../ui/button.tsx';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { notify } from '../../ui/toast.tsx';
import { pipelineWords } from '../../words/pipelines.ts';

/** For those who may: puts a run of a pipeline into the queue; `onStarted` gets its id. */
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
  const router = useRouter();
  const mayRun = useMay('pipeline.run');
  const start = useAct('runs/start-run', ({ runId }) => {
    notify({
      title: pipelineWords('runStarted', { pipeline }),
      next: { label: pipelineWords('watch'), onClick: () => router.history.push(runAddress(runId)) },
    });
    onStarted?.(runId);
  });
  if (!mayRun) return null;
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
            onError: notifyFailure(pipelineWords('runFailed', { pipeline })),
          },
        )
      }
    >
      {pipelineWords('runNow')}
    </Button>
  );
}
