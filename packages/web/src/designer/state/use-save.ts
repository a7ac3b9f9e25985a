import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type Dispatch } from 'react';
import { flushSync } from 'react-dom';

import { call } from '../../api/call.ts';
import { errorMessage } from '../../ui/error-panel.tsx';
import { notify } from '../../ui/toast.tsx';
import { designerWords } from '../../words/designer.ts';
import type { Conflict } from '../conflict-dialog.tsx';
import type { DesignerAction, DesignerState } from './designer-state.ts';

/** Saving, and what happens when the file was changed underneath. */
export function useSave(
  state: DesignerState,
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
  const latest = useRef(state);
  latest.current = state;
  const last = useRef<Promise<unknown>>(Promise.resolve());

  const saveOn = async (base: string | undefined): Promise<boolean> => {
    const { pipeline, log, saved } = latest.current;
    const baseRevision = base ?? saved.revision;
    if (log.text === saved.text && baseRevision === saved.revision) return true;
    setIsSaving(true);
    try {
      const sent = log.text;
      const answer = await call('pipelines/save-pipeline', { pipeline, text: sent, baseRevision });
      if (answer.outcome === 'conflict') {
        setConflict(answer);
        return false;
      }
      // The next save begins with what this one has written.
      flushSync(() => {
        setConflict(undefined);
        const { text, revision } = answer;
        dispatch({ kind: 'saved', saved: { text, revision }, pipeline: answer.pipeline, sent });
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
  };
  // One after the other: two at a time would take each other for a change of the file.
  const inTurn = (base?: string): Promise<boolean> => {
    const done = last.current.then(() => saveOn(base));
    last.current = done;
    return done;
  };
  return {
    isSaving,
    conflict,
    save: () => inTurn(),
    overwrite: () => inTurn(conflict?.theirs.revision),
    takeTheirs: () => {
      if (conflict !== undefined)
        dispatch({ kind: 'saved', saved: conflict.theirs, pipeline: state.pipeline });
      setConflict(undefined);
    },
    leaveConflict: () => setConflict(undefined),
  };
}
