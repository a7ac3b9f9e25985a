import { LANDING, STEPS, type LoadTask, type Plan, type PlannedStep } from '@millrace/compiler';

import { isCodeStep, type CodeStep } from './code-steps.ts';
import { stepsByRef } from './relation-sql.ts';

/** What of a plan is computed from what. */
export class StepGraph {
  readonly steps: ReadonlyMap<string, PlannedStep>;
  readonly #hasRows: (ref: string) => boolean;

  /** `hasRows` tells relations whose rows are kept: landed tables and kept steps. */
  constructor(plan: Pick<Plan, 'steps'>, hasRows: (ref: string) => boolean) {
    this.steps = stepsByRef(plan);
    this.#hasRows = hasRows;
  }

  inputsOf(ref: string): readonly string[] {
    return this.steps.get(ref)?.inputs.map((input) => input.ref) ?? [];
  }

  /** The landed tables and kept steps that the rows of a task are computed from. */
  datasetsOf(task: LoadTask): readonly string[] {
    const ref = fromOf(task);
    // A step that keeps its rows is computed from others; everyone else reads what it kept.
    const from = task.destination.connection === LANDING ? this.inputsOf(ref) : [ref];
    return [...new Set(from.flatMap((input) => this.datasetsUnder(input)))];
  }

  /** The landed tables and kept steps that the rows of a relation are computed from; itself when it has rows. */
  datasetsUnder(ref: string): readonly string[] {
    const pending = [ref];
    const found = new Set<string>();
    for (const next of pending) {
      if (this.#hasRows(next)) found.add(next);
      else pending.push(...this.inputsOf(next));
    }
    return [...found];
  }

  /** The steps that are worked through when the rows of a task are computed, each after those it reads. */
  computedBy(task: LoadTask): readonly string[] {
    if (task.source.connection !== STEPS) return [];
    const refs = new Set([fromOf(task)]);
    // A table of a kept step only copies its rows.
    if (task.destination.connection !== LANDING && this.#hasRows(fromOf(task))) return [];
    for (const ref of refs)
      for (const input of this.inputsOf(ref)) if (!this.#hasRows(input)) refs.add(input);
    return [...this.steps.keys()].filter((ref) => refs.has(ref));
  }

  /** The same as steps. */
  stepsOf(task: LoadTask): readonly PlannedStep[] {
    return this.computedBy(task).flatMap((ref) => this.steps.get(ref) ?? []);
  }

  /** The step itself and all that it is made from, whoever keeps their rows. */
  definedBy(task: LoadTask): readonly PlannedStep[] {
    const refs = new Set([fromOf(task)]);
    for (const ref of refs) for (const input of this.inputsOf(ref)) refs.add(input);
    return [...refs].flatMap((ref) => this.steps.get(ref) ?? []);
  }

  /** The step whose code makes the rows of a task, when it is that task which keeps them. */
  codeOf(task: LoadTask): CodeStep | undefined {
    if (task.destination.connection !== LANDING) return undefined;
    const step = this.steps.get(fromOf(task));
    return isCodeStep(step) ? step : undefined;
  }
}

/** The step, or landed table, whose rows a task writes. */
export function fromOf(task: LoadTask): string {
  return task.source.table.table.name;
}
