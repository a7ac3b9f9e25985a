import { randomBytes } from 'node:crypto';

/** A run's id: sorts by time, readable in a path and in a sentence: `20261120-203637-4f9c1a`. */
export function newRunId(now: Date): string {
  const [day = '', time = ''] = now.toISOString().split('T');
  return `${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(3).toString('hex')}`;
}
