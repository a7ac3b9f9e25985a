import type { OperationOutput } from '@millrace/control-plane';

export type ShownDataset = OperationOutput<'datasets/show-dataset'>;
