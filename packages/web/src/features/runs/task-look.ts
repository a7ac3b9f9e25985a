import type { StatusTone } from '../../ui/status-badge.tsx';
import type { TaskState } from './node-state.ts';

/** How the state of a table within a run looks. */
export function taskTone(state: TaskState): StatusTone {
  switch (state) {
    case 'published':
      return 'ok';
    case 'unchanged':
      return 'off';
    case 'failed':
      return 'bad';
    case 'running':
      return 'busy';
    case 'retrying':
      return 'warn';
    case 'paused':
      return 'paused';
    case 'cancelled':
      return 'off';
    case 'waiting':
      return 'waiting';
  }
}
