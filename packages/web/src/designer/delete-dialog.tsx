import type { ReactNode } from 'react';

import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { designerWords } from '../words/designer.ts';
import { removeSteps } from './model/connect-steps.ts';
import { useDesigner } from './state/use-designer.ts';

/** What becomes of those who read from a step that is deleted. */
export function DeleteDialog({
  names,
  onClose,
}: {
  readonly names: readonly string[];
  readonly onClose: () => void;
}): ReactNode {
  const { state, dispatch } = useDesigner();
  const remove = (isRewired: boolean): void => {
    dispatch({
      kind: 'edit',
      edits: removeSteps(state.graph, names, isRewired),
      label: `− ${names.join(', ')}`,
      select: [],
    });
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={designerWords('deleteTitle', { names: names.join(', ') })}
      description={designerWords('deleteHelp')}
      actions={
        <>
          <Button onClick={() => remove(false)}>{designerWords('deleteOnly')}</Button>
          <Button kind="primary" onClick={() => remove(true)}>
            {designerWords('rewire')}
          </Button>
        </>
      }
    />
  );
}
