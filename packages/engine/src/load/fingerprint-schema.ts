import { createHash } from 'node:crypto';

import type { LoadTask } from '@millrace/compiler';
import { formatLogicalType } from '@millrace/spec';

/** Names what a task publishes: its columns with types in order, and the key. */
export function fingerprintSchema(task: LoadTask): string {
  const fields = task.columns.map(({ field }) => [field.name, formatLogicalType(field.type), field.nullable]);
  return createHash('sha256')
    .update(JSON.stringify([fields, task.destination.key]))
    .digest('hex')
    .slice(0, 32);
}
