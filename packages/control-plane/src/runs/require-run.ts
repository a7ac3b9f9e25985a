import { PipelineError } from '@millrace/connector-sdk';

import type { Store } from '../store/open-store.ts';
import type { StoredRun } from './run-record.ts';
import { readRun } from './run-store.ts';

/** A run by its id or a beginning of it that only one has; `configInvalid` when there is none. */
export async function requireRun(store: Store, run: string): Promise<StoredRun> {
  const found = await readRun(store, run);
  if (found) return found;
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `There is no run "${run}", or several runs begin so. See: millrace runs`,
  });
}
