import { Link2, Play, Save, Square } from 'lucide-react';
import type { ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { formatDuration } from '../../ui/format-time.ts';
import { useNow } from '../../ui/relative-time.tsx';
import { notify } from '../../ui/toast.tsx';
import { sqlWords } from '../../words/sql.ts';
import { addressOfStatement } from './sql-address.ts';
import type { QueryRun } from './use-query-run.ts';

export interface SqlActionsProps {
  readonly sql: string;
  readonly run: QueryRun;
  readonly onRun: () => void;
  readonly onCancel: () => void;
  readonly onSave: () => void;
  readonly exportMenu: ReactNode;
}

/** What can be done with a statement. */
export function SqlActions({ sql, run, onRun, onCancel, onSave, exportMenu }: SqlActionsProps): ReactNode {
  const isEmpty = sql.trim() === '';
  const share = (): void => {
    void navigator.clipboard
      .writeText(`${location.origin}${addressOfStatement(sql)}`)
      .then(() => notify({ title: sqlWords('shared') }));
  };
  return (
    <>
      {run.state === 'running' ? <RunningFor since={run.since} /> : null}
      <Button kind="quiet" icon={Link2} isDisabled={isEmpty} onClick={share}>
        {sqlWords('share')}
      </Button>
      <Button kind="quiet" icon={Save} isDisabled={isEmpty} onClick={onSave}>
        {sqlWords('save')}
      </Button>
      {exportMenu}
      {run.state === 'running' ? (
        <Button icon={Square} onClick={onCancel}>
          {sqlWords('cancel')}
        </Button>
      ) : (
        <Button kind="primary" icon={Play} isDisabled={isEmpty} onClick={onRun}>
          {sqlWords('run')}
        </Button>
      )}
    </>
  );
}

function RunningFor({ since }: { readonly since: number }): ReactNode {
  const now = useNow(250);
  return (
    <span role="status" className="text-ink-2 tabular-nums">
      {sqlWords('running', { time: formatDuration(now.getTime() - since) })}
    </span>
  );
}
