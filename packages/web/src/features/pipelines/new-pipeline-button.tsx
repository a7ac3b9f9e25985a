import { useRouter } from '@tanstack/react-router';
import { Workflow } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { useMay } from '../../api/session.ts';
import { useAct } from '../../api/use-operation.ts';
import { pipelineAddress } from '../../app/addresses.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { pipelineWords } from '../../words/pipelines.ts';

/** For those who may: makes an empty pipeline and opens it in the designer. */
export function NewPipelineButton(): ReactNode {
  const mayWrite = useMay('pipeline.write');
  const [isOpen, setIsOpen] = useState(false);
  if (!mayWrite) return null;
  return (
    <>
      <Button icon={Workflow} onClick={() => setIsOpen(true)}>
        {pipelineWords('draw')}
      </Button>
      {isOpen ? <NewPipelineDialog onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}

function NewPipelineDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const router = useRouter();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const create = useAct('pipelines/create-pipeline', ({ pipeline }) =>
    router.history.push(pipelineAddress(pipeline)),
  );
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={pipelineWords('drawTitle')}
      actions={
        <>
          <Button onClick={onClose}>{pipelineWords('cancel')}</Button>
          <Button
            kind="primary"
            type="submit"
            form={FORM}
            isBusy={create.isPending}
            isDisabled={name.trim() === ''}
          >
            {pipelineWords('drawStart')}
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ pipeline: name.trim(), description: description.trim() });
        }}
      >
        {create.error ? <ErrorPanel title={pipelineWords('drawFailed')} error={create.error} /> : null}
        <TextField
          label={pipelineWords('name')}
          isRequired
          help={pipelineWords('drawHelp')}
          value={name}
          onChange={setName}
          isMono
          isFocusedFirst
        />
        <TextField label={pipelineWords('drawDescription')} value={description} onChange={setDescription} />
      </form>
    </Dialog>
  );
}

const FORM = 'new-pipeline';
