import type { RunEvent } from '@millrace/engine';

/** What a run's own log says beside the events of its tables. */
export function runWarning(runId: string, attempt: number, message: string): RunEvent {
  return { at: new Date().toISOString(), runId, attempt, type: 'warning', task: null, message };
}

/** The reason of a run that was cancelled, where nothing else is said. */
export const CANCELLED = 'The run was cancelled.';
