import { Workflow } from 'lucide-react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { pipelineAddress } from '../../app/addresses.ts';
import { ObjectCard, ObjectLink } from '../../ui/object-link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { pipelineWords } from '../../words/pipelines.ts';
import { pipelineHealth } from './pipeline-health.ts';

/** A pipeline by its name, wherever it is named. */
export function PipelineLink({ name }: { readonly name: string }): ReactNode {
  return (
    <ObjectLink href={pipelineAddress(name)} card={<PipelineCard name={name} />}>
      {name}
    </ObjectLink>
  );
}

function PipelineCard({ name }: { readonly name: string }): ReactNode {
  const { data, isPending } = useOperation('pipelines/list-pipelines', {});
  const pipeline = data?.pipelines.find((each) => each.name === name);
  if (pipeline === undefined)
    return <ObjectCard icon={Workflow} title={name} facts={[]} isPending={isPending} />;
  const { tone, word, incident } = pipelineHealth(pipeline);
  const [last] = pipeline.recentRuns;
  return (
    <ObjectCard
      icon={Workflow}
      title={name}
      status={
        <StatusBadge tone={tone} isPlain>
          {word}
        </StatusBadge>
      }
      description={pipeline.description}
      facts={[
        [pipelineWords('needsYou'), incident],
        [pipelineWords('from'), pipeline.reads.join(', ')],
        [pipelineWords('to'), pipeline.writes.join(', ')],
        [pipelineWords('lastRun'), last === undefined ? null : <RelativeTime at={last.startedAt} />],
        [pipelineWords('schedule'), pipeline.schedule?.cron ?? pipelineWords('onDemand')],
        [pipelineWords('owner'), pipeline.owner],
        [pipelineWords('file'), <span className="font-mono">{pipeline.file}</span>],
      ]}
    />
  );
}
