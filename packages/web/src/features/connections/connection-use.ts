import { connectionWords } from '../../words/connections.ts';

/** What a connection is there for, in words. */
export function connectionUse({
  isSource,
  isDestination,
}: {
  readonly isSource: boolean;
  readonly isDestination: boolean;
}): string {
  return connectionWords(isSource && isDestination ? 'readsAndWrites' : isSource ? 'reads' : 'writes');
}
