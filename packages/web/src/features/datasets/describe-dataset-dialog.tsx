import { useState } from 'react';
import type { ReactNode } from 'react';

import { useAct } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { notify } from '../../ui/toast.tsx';
import { datasetWords } from '../../words/datasets.ts';
import type { ShownDataset } from './shown-dataset.ts';

export interface DescribeDatasetDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly dataset: ShownDataset;
}

/** Owner, description and tags of a dataset; what is emptied comes from the pipeline's document again. */
export function DescribeDatasetDialog({ isOpen, ...props }: DescribeDatasetDialogProps): ReactNode {
  return isOpen ? <DescribeDataset {...props} /> : null;
}

function DescribeDataset({ onClose, dataset }: Omit<DescribeDatasetDialogProps, 'isOpen'>): ReactNode {
  const [owner, setOwner] = useState(dataset.owner ?? '');
  const [description, setDescription] = useState(dataset.description ?? '');
  const [tags, setTags] = useState(dataset.tags.join(', '));
  const describe = useAct('datasets/describe-dataset', () => {
    notify({ title: datasetWords('saved') });
    onClose();
  });
  const save = (): void => {
    const words = tags.split(',').flatMap((tag) => tag.trim() || []);
    describe.mutate(
      {
        connection: dataset.connection,
        name: dataset.name,
        owner: owner.trim() || null,
        description: description.trim() || null,
        tags: words.length === 0 ? null : words,
      },
      {
        onError: notifyFailure(datasetWords('notSaved')),
      },
    );
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={datasetWords('describeTitle')}
      actions={
        <>
          <Button onClick={onClose}>{datasetWords('cancel')}</Button>
          <Button kind="primary" isBusy={describe.isPending} onClick={save}>
            {datasetWords('save')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <TextField label={datasetWords('owner')} value={owner} onChange={setOwner} isFocusedFirst />
        <TextField
          label={datasetWords('description')}
          value={description}
          onChange={setDescription}
          rows={4}
        />
        <TextField
          label={datasetWords('tags')}
          help={datasetWords('tagsHelp')}
          value={tags}
          onChange={setTags}
        />
      </div>
    </Dialog>
  );
}
