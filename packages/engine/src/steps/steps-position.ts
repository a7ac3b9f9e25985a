import type { SourcePosition } from '@millrace/connector-sdk';

/** What is saved with the rows of a step: how they are defined, and which versions they were computed from. */
export interface StepsPosition {
  readonly definition: string;
  readonly versions: Readonly<Record<string, string>>;
}

export function toSourcePosition(position: StepsPosition): SourcePosition {
  return { ...position };
}

/** Reads a saved position; undefined when it is not one of ours. */
export function readStepsPosition(saved: SourcePosition): StepsPosition | undefined {
  const { definition, versions } = saved;
  if (typeof definition !== 'string' || typeof versions !== 'object' || versions === null) return undefined;
  const entries = Object.entries(versions).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { definition, versions: Object.fromEntries(entries) };
}
