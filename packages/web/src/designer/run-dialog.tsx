import { useRouter } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { call } from '../api/call.ts';
import { runAddress } from '../app/addresses.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorPanel } from '../ui/error-panel.tsx';
import { notify } from '../ui/toast.tsx';
import { designerWords } from '../words/designer.ts';
import { PlanPane } from './panes/plan-pane.tsx';
import { isChanged } from './state/designer-state.ts';
import { useDesigner } from './state/use-designer.ts';

/** What a run would do, and then the run. */
export function RunDialog({
  hasErrors,
  save,
  onClose,
}: {
  readonly hasErrors: boolean;
  readonly save: () => Promise<boolean>;
  readonly onClose: () => void;
}): ReactNode {
  const router = useRouter();
  const { state } = useDesigner();
  const [isStarting, setIsStarting] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const start = async (): Promise<void> => {
    setIsStarting(true);
    try {
      if (!(await save())) return onClose();
      const { runId } = await call('runs/start-run', { pipeline: state.pipeline });
      notify({
        title: designerWords('runStarted'),
        description: runId,
        next: { label: designerWords('watchRun'), onClick: () => router.history.push(runAddress(runId)) },
      });
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setIsStarting(false);
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width="wide"
      title={designerWords('runTitle', { pipeline: state.pipeline })}
      actions={
        <Button
          kind="primary"
          icon={Play}
          isBusy={isStarting}
          isDisabled={hasErrors}
          onClick={() => void start()}
        >
          {designerWords(isChanged(state) ? 'saveAndRun' : 'runNow')}
        </Button>
      }
    >
      {error === undefined ? null : <ErrorPanel title={designerWords('refused')} error={error} />}
      <PlanPane />
    </Dialog>
  );
}
