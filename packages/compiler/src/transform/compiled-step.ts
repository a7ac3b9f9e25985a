import type { PlannedStep } from '../plan.ts';
import type { Relation } from './transform-verb.ts';

/** A relation, and what its rows are: equal for rows that are defined alike. */
export interface DefinedRelation extends Relation {
  readonly fingerprint: string;
}

export type CompiledStep = Omit<PlannedStep, 'keptBecause'>;
