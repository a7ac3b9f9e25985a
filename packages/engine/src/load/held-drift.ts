import { proposeContract, type HeldTable, type LoadTask } from '@millrace/compiler';
import { formatLogicalType } from '@millrace/spec';

import type { DriftedColumn, SchemaDrift } from '../run/run-event.ts';

/** A table that appeared or is gone, as a change of the source. */
export function heldDrift(task: LoadTask, { kind, reason }: HeldTable): SchemaDrift {
  const columns = task.source.table.fields.map(({ name, type, nullable }): DriftedColumn => ({
    name,
    type: formatLogicalType(type),
    nullable,
  }));
  const isNew = kind === 'newTable';
  return {
    changes: [reason],
    before: isNew ? [] : columns,
    after: isNew ? columns : [],
    edits: [proposeContract(task, isNew ? 'newTables' : 'missingTables', 'evolve')],
  };
}
