import type { OperationOutput } from '@millrace/control-plane';
import { OctagonX, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

import { pipelineAddress, runAddress } from '../../app/addresses.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { formatExact } from '../../ui/format-time.ts';
import { runWords } from '../../words/runs.ts';
import { PlanChangeList } from '../pipelines/plan-change-list.tsx';
import { failedTasks } from './failed-node.ts';

type ShownRun = OperationOutput<'runs/show-run'>;

/** What stands in the way of a run, why, and what to do about it; nothing when all is well. */
export function RunTrouble({
  run,
  retry,
}: {
  readonly run: ShownRun;
  /** The button that runs the rest again, for those who may. */
  readonly retry: ReactNode;
}): ReactNode {
  if (run.isInterrupted)
    return (
      <Panel tone="warn" title={runWords('interruptedTitle')}>
        {runWords('interruptedHelp')}
      </Panel>
    );
  if (run.state === 'cancelled')
    return (
      <Panel tone="warn" title={runWords('cancelledTitle')} actions={retry}>
        {run.reason ?? ''}
      </Panel>
    );
  if (run.state !== 'failed') return null;
  const [first, ...others] = failedTasks(run);
  return (
    <Panel
      tone="bad"
      title={first === undefined ? runWords('failedWhole') : runWords('failedTitle', { table: first.table })}
      actions={
        <>
          {retry}
          <ButtonLink size="small" href={pipelineAddress(run.pipeline)}>
            {runWords('editPipeline')}
          </ButtonLink>
          {run.comparison.lastGood?.hasOtherDocument === true ? (
            <ButtonLink size="small" href={`${pipelineAddress(run.pipeline)}?pane=history`}>
              {runWords('compareRevisions')}
            </ButtonLink>
          ) : null}
          {run.totals.quarantined > 0 ? (
            <ButtonLink size="small" href={`/quality?pipeline=${encodeURIComponent(run.pipeline)}`}>
              {runWords('showQuarantine')}
            </ButtonLink>
          ) : null}
          {run.comparison.lastGood === null ? null : (
            <ButtonLink size="small" href={runAddress(run.comparison.lastGood.runId)}>
              {runWords('showLastGood')}
            </ButtonLink>
          )}
        </>
      }
    >
      <p className="max-h-32 overflow-y-auto break-words whitespace-pre-wrap">
        {first?.error?.message ?? run.reason ?? ''}
      </p>
      {others.length === 0 ? null : <p>{runWords('moreFailed', { count: others.length })}</p>}
      <SinceLastGood comparison={run.comparison} />
    </Panel>
  );
}

function SinceLastGood({ comparison: { lastGood } }: Pick<ShownRun, 'comparison'>): ReactNode {
  if (lastGood === null) return <p>{runWords('neverGood')}</p>;
  const { finishedAt, hasOtherDocument, changes } = lastGood;
  const at = finishedAt === null ? '' : formatExact(new Date(finishedAt));
  const isOther = changes !== null && changes.steps.length + changes.tables.length > 0;
  const words = runWords(hasOtherDocument ? 'changedSince' : isOther ? 'sourceChangedSince' : 'sameSince', {
    at,
  });
  return (
    <>
      <p>{words}</p>
      {isOther ? (
        <div className="text-ink-1 max-h-32 overflow-y-auto" tabIndex={0} role="region" aria-label={words}>
          <PlanChangeList changes={changes} none="" />
        </div>
      ) : null}
    </>
  );
}

function Panel({
  tone,
  title,
  children,
  actions,
}: {
  readonly tone: 'bad' | 'warn';
  readonly title: string;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}): ReactNode {
  const Icon = tone === 'bad' ? OctagonX : TriangleAlert;
  const look = tone === 'bad' ? 'border-bad bg-bad-soft' : 'border-warn bg-warn-soft';
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      className={`mx-4 mb-3 flex shrink-0 gap-2 rounded-md border-l-3 p-3 ${look}`}
    >
      <Icon
        size={16}
        aria-hidden
        className={`mt-0.5 shrink-0 ${tone === 'bad' ? 'text-bad' : 'text-warn'}`}
      />
      <div className="min-w-0 flex-1">
        <h2 className="font-medium">{title}</h2>
        <div className="text-ink-2 flex flex-col gap-1">{children}</div>
        {actions === undefined ? null : <div className="mt-2 flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
