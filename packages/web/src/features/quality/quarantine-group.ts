import type { OperationOutput } from '@millrace/control-plane';

/** Rows in quarantine of one step for one reason. */
export type QuarantineGroup = OperationOutput<'quarantine/list-quarantine'>['groups'][number];
