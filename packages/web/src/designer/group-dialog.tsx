import { useId, useState } from 'react';
import type { ReactNode } from 'react';

import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/text-field.tsx';
import { designerWords } from '../words/designer.ts';
import { useDesigner } from './state/use-designer.ts';

/** Asks for the name under which the selected steps are put together. */
export function GroupDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { state, dispatch } = useDesigner();
  const form = useId();
  const [name, setName] = useState('');
  const wanted = name.trim();
  const isKnown = state.draft.groups.some((group) => group.name === wanted);
  const group = (): void => {
    if (wanted === '') return;
    dispatch({
      kind: 'edit',
      edits: [{ kind: 'groupSteps', name: wanted, steps: state.selected }],
      label: designerWords('group'),
    });
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={designerWords('groupTitle', { count: state.selected.length })}
      actions={
        <Button kind="primary" type="submit" form={form} isDisabled={wanted === ''}>
          {designerWords('group')}
        </Button>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          group();
        }}
      >
        <TextField
          label={designerWords('groupName')}
          value={name}
          onChange={setName}
          isRequired
          isFocusedFirst
          help={isKnown ? designerWords('joinsGroup', { group: wanted }) : designerWords('groupHelp')}
        />
      </form>
    </Dialog>
  );
}
