import type { StatusTone } from '../../ui/status-badge.tsx';

/** How the state of a run looks; states that are not known are shown as they are called. */
export function runTone(state: string): StatusTone {
  switch (state) {
    case 'succeeded':
      return 'ok';
    case 'failed':
      return 'bad';
    case 'running':
      return 'busy';
    case 'queued':
      return 'waiting';
    case 'cancelled':
      return 'off';
    case 'interrupted':
      return 'warn';
    default:
      return 'unknown';
  }
}

/** `succeeded` as `Succeeded`. */
export function runWord(state: string): string {
  return state.charAt(0).toUpperCase() + state.slice(1);
}
