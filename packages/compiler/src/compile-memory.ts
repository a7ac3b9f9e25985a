import { areLinkedAlike, isSameLogicalType, type Field, type NamedStep, type Step } from '@millrace/spec';

import type { CompileInput } from './compile-input.ts';
import { areSame, MadeBefore } from './made-before.ts';
import { relationOf } from './transform/compile-node.ts';
import type { CompiledStep, DefinedRelation, Relations } from './transform/compiled-step.ts';
import type { KeptNode, MadeNode, StepsBefore } from './transform/kept-steps.ts';
import { orderSteps, type StepOrder } from './transform/order-steps.ts';
import { refingerprint } from './transform/step-identity.ts';

/**
 * What `compilePipeline` remembers of a document that is compiled again after each edit. A step is the same when it is the
 * same object, which `PipelineMemory` sees to; connections, tables, code, templates and the answers about SQL are, when the
 * caller gives the same objects. Only what went without a diagnostic is kept. One for each document, and one compilation at a time.
 */
export class CompileMemory {
  readonly made = new MadeBefore();
  #surroundings: readonly unknown[] = [];
  #ordered: { readonly steps: readonly NamedStep[]; readonly order: StepOrder } | undefined;
  #nodes = new Map<string, KeptNode>();
  #steps: StepsBefore | undefined;

  /** Begins a compilation: when its surroundings are others, nothing is known any more. */
  begin({ connections, tables, sql, code, codeFiles, templates }: CompileInput): void {
    const surroundings = [connections, tables, sql, code, codeFiles, templates];
    if (!areSame(surroundings, this.#surroundings)) {
      this.#nodes.clear();
      this.#steps = undefined;
      this.made.clear();
    }
    this.#surroundings = surroundings;
  }

  /** How the steps follow from each other: as before, unless steps came, went, or read others. */
  order(steps: readonly NamedStep[]): StepOrder {
    const before = this.#ordered;
    const order =
      before !== undefined && areLinkedAlike(before.steps, steps) ? before.order : orderSteps(steps);
    this.#ordered = { steps, order };
    if (order !== before?.order) this.#forgetOthers(steps);
    return order;
  }

  /** What became of steps that follow from each other in this order. */
  stepsBefore(order: StepOrder): StepsBefore | undefined {
    return this.#steps?.order === order ? this.#steps : undefined;
  }

  keepSteps(steps: StepsBefore): void {
    this.#steps = steps;
  }

  /** What a step became before, if it and what it reads are the same; where only rows before it are others, under a new identity. */
  node(
    name: string,
    step: Step,
    landed: DefinedRelation | undefined,
    given: Relations,
  ): KeptNode | undefined {
    const known = this.#nodes.get(name);
    if (known === undefined || known.isReported || known.step !== step || known.landed !== landed)
      return undefined;
    const { refs, node } = known;
    const inputs = refs.map((ref) => given.get(ref));
    if (areSame(inputs, known.inputs)) return known;
    if (node.checks !== undefined || node.landed !== undefined) return undefined;
    if (!inputs.every((input, index) => looksSame(input, known.inputs[index]))) return undefined;
    const same = refingerprint(node, given);
    const relations = known.relations.map((relation, index): DefinedRelation => {
      const fingerprint = same.steps[index]?.fingerprint ?? relation.fingerprint;
      return { ...relation, fingerprint };
    });
    const kept = { ...known, inputs, node: same, relations };
    this.#nodes.set(name, kept);
    return kept;
  }

  keepNode(name: string, made: MadeNode): KeptNode {
    const before = this.#nodes.get(name);
    const { landed, steps } = made.node;
    const relations = [...(landed === undefined ? [] : [landed]), ...steps.map(relationOf)].map((relation) =>
      asBefore(
        relation,
        before?.relations.find(({ ref }) => ref === relation.ref),
      ),
    );
    const node =
      before === undefined
        ? made.node
        : { ...made.node, steps: steps.map((step, index) => readAsBefore(step, before.node.steps[index])) };
    const kept = { ...made, node, relations, isReported: false };
    this.#nodes.set(name, kept);
    return kept;
  }

  noteReport(name: string): void {
    const known = this.#nodes.get(name);
    if (known !== undefined) this.#nodes.set(name, { ...known, isReported: true });
  }

  #forgetOthers(steps: readonly NamedStep[]): void {
    const names = new Set(steps.map(([name]) => name));
    for (const name of this.#nodes.keys()) if (!names.has(name)) this.#nodes.delete(name);
  }
}

/** The step with the list that stood for equal inputs before, so that who reads what is known to be the same. */
function readAsBefore(step: CompiledStep, before: CompiledStep | undefined): CompiledStep {
  const inputs = before?.inputs;
  const isSame =
    inputs?.length === step.inputs.length &&
    step.inputs.every(({ ref, alias }, index) => ref === inputs[index]?.ref && alias === inputs[index].alias);
  return isSame ? { ...step, inputs } : step;
}

/** The object that stood for an equal relation before, so that what reads it is known to be the same. */
function asBefore(made: DefinedRelation, before: DefinedRelation | undefined): DefinedRelation {
  if (before === undefined || !haveSameFields(made, before)) return made;
  return before.fingerprint === made.fingerprint && hasSameForm(made, before)
    ? before
    : { ...made, fields: before.fields };
}

/** Whether steps over one are the steps over the other, but for the identity of their rows. */
function looksSame(left: DefinedRelation | undefined, right: DefinedRelation | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left === right || (haveSameFields(left, right) && hasSameForm(left, right));
}

function hasSameForm(left: DefinedRelation, right: DefinedRelation): boolean {
  return left.ref === right.ref && left.order === right.order && areSame(left.key, right.key);
}

function haveSameFields(left: DefinedRelation, right: DefinedRelation): boolean {
  if (left.fields === right.fields) return true;
  return (
    left.fields.length === right.fields.length &&
    left.fields.every((field, index) => isSameField(field, right.fields[index]))
  );
}

function isSameField(left: Field, right: Field | undefined): boolean {
  return (
    left === right ||
    (right !== undefined &&
      left.name === right.name &&
      left.nullable === right.nullable &&
      isSameLogicalType(left.type, right.type))
  );
}
