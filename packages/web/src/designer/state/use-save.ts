import { useCallback, useState, type Dispatch } from 'react';
import { useQueryClient } from '@tanstack/react-query';

import { call } from '../../api/call.ts';
import { errorMessage } from '../../ui/error-panel.tsx';
import { notify } from '../../ui/toast.tsx';
import { designerWords } from '../../words/designer.ts';
import type { Conflict } from '../conflict-dialog.tsx';
import type { DesignerAction, DesignerState } from './designer-state.ts';

/** Saving, and what happens when the file was changed underneath. */
export function useSave(
  { pipeline, log, saved }: DesignerState,
  dispatch: Dispatch<DesignerAction>,
): {
  readonly isSaving: boolean;
  readonly conflict: Conflict | undefined;
  /** True when the file has the text now. */
  readonly save: () => Promise<boolean>;
  readonly overwrite: () => Promise<boolean>;
  readonly takeTheirs: () => void;
  readonly leaveConflict: () => void;
} {
  const [isSaving, setIsSaving] = useState(false);
  const [conflict, setConflict] = useState<Conflict | undefined>(undefined);
  const client = useQueryClient();
  const saveOn = useCallback(
    async (baseRevision: string): Promise<boolean> => {
      if (log.text === saved.text && baseRevision === saved.revision) return true;
      setIsSaving(true);
      try {
        const answer = await call('pipelines/save-pipeline', { pipeline, text: log.text, baseRevision });
        if (answer.outcome === 'conflict') {
          setConflict(answer);
          return false;
        }
        setConflict(undefined);
        dispatch({
          kind: 'saved',
          saved: { text: answer.text, revision: answer.revision },
          pipeline: answer.pipeline,
        });
        if (answer.outcome === 'merged')
          notify({ title: designerWords('merged', { parts: answer.fromFile.join(', ') }) });
        await client.invalidateQueries({
          predicate: ({ queryKey: [name] }) =>
            name === 'pipelines/read-pipeline' || name === 'pipelines/list-revisions',
        });
        return true;
      } catch (error) {
        notify({ kind: 'failed', title: designerWords('refused'), description: errorMessage(error) });
        return false;
      } finally {
        setIsSaving(false);
      }
    },
    [pipeline, log.text, saved, dispatch, client],
  );
  return {
    isSaving,
    conflict,
    save: () => saveOn(saved.revision),
    overwrite: () => saveOn(conflict?.theirs.revision ?? saved.revision),
    takeTheirs: () => {
      if (conflict !== undefined) dispatch({ kind: 'saved', saved: conflict.theirs, pipeline });
      setConflict(undefined);
    },
    leaveConflict: () => setConflict(undefined),
  };
}
