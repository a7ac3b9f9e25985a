import { useEffect, useRef, useState, type Dispatch } from 'react';

import { notify } from '../../ui/toast.tsx';
import { designerWords } from '../../words/designer.ts';
import { isChanged, type DesignerAction, type DesignerState, type SavedText } from './designer-state.ts';

/**
 * Follows the file: without changes of one's own its new text is shown; else it is said that the file is another. True while
 * both have changed.
 */
export function useFollowFile(
  state: DesignerState,
  present: SavedText,
  dispatch: Dispatch<DesignerAction>,
): boolean {
  const { saved, pipeline } = state;
  const [isBehind, setIsBehind] = useState(false);
  // What was saved here is in the file before this page is told so: only a new answer is news.
  const told = useRef(present.revision);
  const changed = isChanged(state);
  useEffect(() => {
    if (present.revision === told.current) return;
    told.current = present.revision;
    if (present.revision === saved.revision) return;
    if (changed) {
      setIsBehind(true);
      return;
    }
    dispatch({ kind: 'saved', saved: present, pipeline });
    notify({ title: designerWords('fileTaken') });
  }, [present, saved.revision, changed, pipeline, dispatch]);
  useEffect(() => setIsBehind(false), [saved.revision]);
  return isBehind;
}
