import type { LoadTask } from '@millrace/compiler';

import type { OpenDestination } from '../run/open-destination.ts';
import type { OpenSource } from '../run/open-source.ts';
import type { RunSession } from '../run/run-session.ts';

/** One table to compare, and what is open for it. */
export interface VerifyTaskOptions {
  readonly task: LoadTask;
  readonly source: OpenSource;
  readonly destination: OpenDestination;
  readonly session: RunSession;
  readonly runId: string;
}
