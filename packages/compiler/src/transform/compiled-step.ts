import type { CheckPlan } from '../checks/check-plan.ts';
import type { PlannedStep } from '../plan.ts';
import type { Relation } from './transform-verb.ts';

/** A relation, and what its rows are: equal for rows that are defined alike. */
export interface DefinedRelation extends Relation {
  readonly fingerprint: string;
}

/** Relations by what steps call them. */
export interface Relations {
  get(ref: string): DefinedRelation | undefined;
}

/** A step of which it is not decided yet whether its rows are kept. */
export type CompiledStep = PlannedStep & { readonly keptBecause: null };

/** What a source step or a transform step became. */
export interface CompiledNode {
  /** The rows of a source step under the name that they are kept by. */
  readonly landed?: DefinedRelation;
  readonly steps: readonly CompiledStep[];
  /** Of each step, what it does; empty when its rows are checked. */
  readonly definitions: readonly string[];
  readonly checks?: { readonly ref: string; readonly plan: CheckPlan };
}
