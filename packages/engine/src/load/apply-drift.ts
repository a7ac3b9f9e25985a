import type { LoadTask } from '@millrace/compiler';
import type { PublishedTable } from '@millrace/connector-sdk';
import type { SourceTable } from '@millrace/spec';

import type { RunEventBody } from '../run/run-event.ts';

export function applyDrift(
  task: LoadTask,
  current: SourceTable,
  published: PublishedTable | undefined,
  emit: (event: RunEventBody) => void,
): LoadTask {
  void published;
  void emit;
  return { ...task, source: { ...task.source, table: current } };
}
