import { CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';

import { pipelineAddress, runAddress } from '../../app/addresses.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { TextLink } from '../../ui/app-link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { homeWords } from '../../words/home.ts';
import type { PipelineHealth } from '../pipelines/pipeline-health.ts';
import { Section } from './section.tsx';

/** What a person has to look at, worst first. */
export function Incidents({ incidents }: { readonly incidents: readonly PipelineHealth[] }): ReactNode {
  if (incidents.length === 0)
    return (
      <p className="text-ink-2 flex items-center gap-2 px-4 py-2">
        <CircleCheck size={16} aria-hidden className="text-ok shrink-0" />
        {homeWords('nothingNeedsYou')}
      </p>
    );
  return (
    <Section title={homeWords('needsYou')} count={incidents.length}>
      <ul className="border-line max-h-72 overflow-y-auto border-y">
        {incidents.map((health) => (
          <Incident key={health.pipeline.name} health={health} />
        ))}
      </ul>
    </Section>
  );
}

function Incident({ health }: { readonly health: PipelineHealth }): ReactNode {
  const { pipeline, tone, word, incident } = health;
  const [last] = pipeline.recentRuns;
  const isRun = last?.state === 'failed' && pipeline.problem === null;
  const at = isRun ? (last.finishedAt ?? last.startedAt) : pipeline.lastSuccessAt;
  return (
    <li
      className={`border-line bg-surface-1 grid min-h-11 grid-cols-[132px_minmax(120px,200px)_minmax(0,1fr)_auto_88px] justify-items-start items-center gap-x-4 border-b border-l-3 px-4 py-1.5 pl-[13px] last:border-b-0 ${
        tone === 'bad' ? 'border-l-bad' : 'border-l-warn'
      }`}
    >
      <StatusBadge tone={tone}>{word}</StatusBadge>
      <span className="max-w-full truncate">
        <TextLink href={pipelineAddress(pipeline.name)}>{pipeline.name}</TextLink>
      </span>
      <span className="text-ink-2 line-clamp-2 min-w-0 text-sm break-words" title={incident ?? ''}>
        {incident}
      </span>
      <span className="text-ink-3 text-sm">{at === null ? null : <RelativeTime at={at} />}</span>
      {isRun ? (
        <ButtonLink size="small" href={runAddress(last.runId)}>
          {homeWords('openRun')}
        </ButtonLink>
      ) : (
        <ButtonLink size="small" href={pipelineAddress(pipeline.name)}>
          {homeWords('openPipeline')}
        </ButtonLink>
      )}
    </li>
  );
}
