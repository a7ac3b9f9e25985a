import { useRouter } from '@tanstack/react-router';
import { CircleCheck, PencilRuler } from 'lucide-react';
import type { ReactNode } from 'react';

import { pipelineAddress, runAddress } from '../../app/addresses.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { connectWords } from '../../words/connect.ts';
import { RunButton } from '../pipelines/run-button.tsx';

/** The end of the wizard: the pipeline is saved, and what comes next. */
export function PipelineReady({
  pipeline,
  file,
}: {
  readonly pipeline: string;
  readonly file: string;
}): ReactNode {
  const router = useRouter();
  return (
    <div role="status" className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-16 text-center">
      <CircleCheck size={28} strokeWidth={1.75} aria-hidden className="text-ok" />
      <h1 className="text-xl font-semibold break-all">{connectWords('readyTitle', { pipeline })}</h1>
      <p className="text-ink-2">{connectWords('readyHelp', { file })}</p>
      <div className="mt-2 flex gap-2">
        <RunButton
          pipeline={pipeline}
          kind="primary"
          onStarted={(runId) => router.history.push(runAddress(runId))}
        />
        <ButtonLink href={pipelineAddress(pipeline)} icon={PencilRuler}>
          {connectWords('openPipeline')}
        </ButtonLink>
      </div>
    </div>
  );
}
