import { useEffect, useState, type Dispatch } from 'react';

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
  const [seen, setSeen] = useState(present.revision);
  const { saved, pipeline } = state;
  const isOther = present.revision !== saved.revision && present.revision !== seen;
  const changed = isChanged(state);
  useEffect(() => {
    if (!isOther || changed) return;
    dispatch({ kind: 'saved', saved: present, pipeline });
    setSeen(present.revision);
    notify({ title: designerWords('fileTaken') });
  }, [isOther, changed, present, pipeline, dispatch]);
  useEffect(() => setSeen(saved.revision), [saved.revision]);
  return isOther && changed;
}
