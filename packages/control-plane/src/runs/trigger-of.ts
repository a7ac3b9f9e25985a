import type { Caller } from '../identity/caller.ts';
import type { RunTrigger } from './run-record.ts';

/** Who asks for a run, as its record keeps it. */
export function triggerOf({ by, name }: Caller): RunTrigger {
  if (by === 'local') return { kind: 'command', by: null };
  return { kind: 'person', by: by === 'anyone' ? null : name };
}
