import { ListVideo } from 'lucide-react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { runAddress } from '../../app/addresses.ts';
import { formatNumber } from '../../ui/format-number.ts';
import { ObjectCard, ObjectLink } from '../../ui/object-link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { runWords } from '../../words/runs.ts';
import { runTone, runWord } from '../pipelines/run-state.ts';
import { failedTasks } from './failed-node.ts';
import { Elapsed, triggerText } from './run-facts.tsx';

/** A run by its id, wherever it is named. */
export function RunLink({ runId }: { readonly runId: string }): ReactNode {
  return (
    <ObjectLink href={runAddress(runId)} card={<RunCard runId={runId} />}>
      <span className="font-mono">{runId}</span>
    </ObjectLink>
  );
}

function RunCard({ runId }: { readonly runId: string }): ReactNode {
  const { data: run, isPending } = useOperation('runs/show-run', { run: runId }, { freshForMs: 10_000 });
  if (run === undefined)
    return <ObjectCard icon={ListVideo} title={runId} facts={[]} isPending={isPending} />;
  const state = run.isInterrupted ? 'interrupted' : run.state;
  return (
    <ObjectCard
      icon={ListVideo}
      title={run.pipeline}
      status={
        <StatusBadge tone={runTone(state)} isPlain>
          {runWord(state)}
        </StatusBadge>
      }
      description={failedTasks(run)[0]?.error?.message ?? run.reason}
      facts={[
        [runWords('run'), <span className="font-mono">{runId}</span>],
        [runWords('started'), <RelativeTime at={run.queuedAt} />],
        [runWords('took'), <Elapsed run={run} />],
        [runWords('trigger'), triggerText(run)],
        [runWords('rows'), formatNumber(run.totals.rows)],
      ]}
    />
  );
}
