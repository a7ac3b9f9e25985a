import { isSameLogicalType, type Field, type Step } from '@millrace/spec';

import type { CompileInput } from './compile-input.ts';
import { areSame, MadeBefore } from './made-before.ts';
import type { CompiledNode, DefinedRelation, Relations } from './transform/compiled-step.ts';
import { refingerprint } from './transform/step-identity.ts';

type Inputs = readonly (DefinedRelation | undefined)[];

interface KeptNode {
  readonly step: Step;
  readonly landed: DefinedRelation | undefined;
  /** The names of what it reads, and what they stood for. */
  readonly refs: readonly string[];
  readonly inputs: Inputs;
  readonly node: CompiledNode;
}

/**
 * What `compilePipeline` remembers of a document that is compiled again after each edit. A step is the same when it is the
 * same object, which `PipelineMemory` sees to; connections, tables, code, templates and the answers about SQL are, when the
 * caller gives the same objects. Only what went without a diagnostic is kept. One for each document, and one compilation at a time.
 */
export class CompileMemory {
  readonly made = new MadeBefore();
  #surroundings: readonly unknown[] = [];
  #nodes: ReadonlyMap<string, KeptNode> = new Map();
  #seenNodes = new Map<string, KeptNode>();
  #relations: ReadonlyMap<string, DefinedRelation> = new Map();
  #seenRelations = new Map<string, DefinedRelation>();

  /** Begins a compilation: when its surroundings are others, nothing is known any more. */
  begin({ connections, tables, sql, code, codeFiles, templates }: CompileInput): void {
    const surroundings = [connections, tables, sql, code, codeFiles, templates];
    if (!areSame(surroundings, this.#surroundings)) {
      this.#nodes = new Map();
      this.#relations = new Map();
      this.made.clear();
    }
    this.#surroundings = surroundings;
    this.#seenNodes = new Map();
    this.#seenRelations = new Map();
  }

  /** Ends it: what it did not come across is forgotten. */
  end(): void {
    this.#nodes = this.#seenNodes;
    this.#relations = this.#seenRelations;
  }

  /** What a step became before, if it and what it reads are the same; where only rows before it are others, under a new identity. */
  node(
    name: string,
    step: Step,
    landed: DefinedRelation | undefined,
    relations: Relations,
  ): CompiledNode | undefined {
    const known = this.#nodes.get(name);
    if (known === undefined || known.step !== step || known.landed !== landed) return undefined;
    const { refs, inputs, node } = known;
    if (refs.every((ref, index) => relations.get(ref) === inputs[index])) {
      this.#seenNodes.set(name, known);
      return node;
    }
    if (node.checks !== undefined || node.landed !== undefined) return undefined;
    if (!refs.every((ref, index) => looksSame(relations.get(ref), inputs[index]))) return undefined;
    const same = refingerprint(node, relations);
    this.keepNode(name, { step, landed, refs, inputs: refs.map((ref) => relations.get(ref)), node: same });
    return same;
  }

  keepNode(name: string, node: KeptNode): void {
    this.#seenNodes.set(name, node);
  }

  forgetNode(name: string): void {
    this.#seenNodes.delete(name);
  }

  /** The object that stood for an equal relation before, so that what reads it is known to be the same. */
  relation(made: DefinedRelation): DefinedRelation {
    const before = this.#relations.get(made.ref);
    const relation =
      before === undefined || !haveSameFields(made, before)
        ? made
        : before.fingerprint === made.fingerprint && hasSameForm(made, before)
          ? before
          : { ...made, fields: before.fields };
    this.#seenRelations.set(made.ref, relation);
    return relation;
  }
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
