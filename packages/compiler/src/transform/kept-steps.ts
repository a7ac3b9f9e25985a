import type { NamedStep, Step } from '@millrace/spec';

import type { CheckPlan } from '../checks/check-plan.ts';
import type { CompiledNode, CompiledStep, DefinedRelation } from './compiled-step.ts';
import type { StepOrder } from './order-steps.ts';

/** What a step became, and of what. */
export interface MadeNode {
  readonly step: Step;
  readonly landed: DefinedRelation | undefined;
  /** The names of what it reads, and what they stood for. */
  readonly refs: readonly string[];
  readonly inputs: readonly (DefinedRelation | undefined)[];
  readonly node: CompiledNode;
}

export interface KeptNode extends MadeNode {
  /** Its rows, as those see them that read it. */
  readonly relations: readonly DefinedRelation[];
  /** Something was said about it, which has to be said again. */
  readonly isReported: boolean;
}

/** Everything between reading and writing. */
export interface CompiledSteps {
  readonly steps: readonly CompiledStep[];
  readonly relations: ReadonlyMap<string, DefinedRelation>;
  /** What is checked, by the relation whose rows are: a landed table or a step. */
  readonly checks: ReadonlyMap<string, CheckPlan>;
}

/** What became of the steps of a document, by their places in it. */
export interface StepsBefore {
  readonly order: StepOrder;
  readonly named: readonly NamedStep[];
  readonly nodes: readonly (KeptNode | undefined)[];
  /** 1 where the same comes of the same step as long as the same comes of those that it waits for. */
  readonly isSettled: Uint8Array;
  /** Where the steps that each became begin in the list of all. */
  readonly starts: Int32Array;
  readonly compiled: CompiledSteps;
}
