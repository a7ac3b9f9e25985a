import type { z } from 'zod';

import { hasErrors, type Diagnostic } from './diagnostic/diagnostic.ts';
import type { Locate } from './diagnostic/source-range.ts';
import type { NamedStep } from './document/named-steps.ts';
import { separateSteps } from './document/separate-steps.ts';
import { NAME_PATTERN } from './document/schema-parts.ts';
import { verbNamed, VERBS, type Step } from './document/step.ts';
import { entriesOf, recordOf } from './entries-of.ts';
import { applyParameters, type AppliedParameters } from './parameters/apply-parameters.ts';
import type { GivenParameters } from './parameters/resolve-parameters.ts';
import type { PipelineMemory } from './pipeline-memory.ts';
import { checkSchema } from './schema/check-schema.ts';
import { childOf } from './schema/schema-at.ts';
import { readYaml } from './yaml/read-yaml.ts';

const MAX_OFFERED = 5;

/** A document with values in place of its parameters. */
export interface ParsedDocument<Document> {
  /** Present when no diagnostic is an error. */
  readonly document?: Document;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where things stand in the text; the compiler places its diagnostics with it. */
  readonly locate: Locate;
  readonly parameters: AppliedParameters;
}

/** A document as a person writes it, and what is known of it from before. */
export interface WrittenDocument {
  readonly text: string;
  readonly fileName: string;
  readonly memory: PipelineMemory;
}

/** Reads a document that has steps and parameters. `check` tells what the schema cannot. */
export function parseDocument<Schema extends z.ZodType>(
  { text, fileName, memory }: WrittenDocument,
  given: GivenParameters,
  schema: Schema,
  check: (document: z.output<Schema>, locate: Locate) => readonly Diagnostic[],
): ParsedDocument<z.output<Schema>> {
  const read = readYaml(text, fileName, memory.yaml);
  const {
    value,
    locate,
    parameters,
    diagnostics: ofParameters,
  } = applyParameters({ ...read, mayRefer: mayRefer(text) }, schema, given);
  if (value === undefined) return { diagnostics: read.diagnostics, locate, parameters };
  const { document, diagnostics: ofShape } = readShape(value, schema, memory, locate);
  const found = document === undefined ? ofShape : check(document, locate);
  const diagnostics = [
    ...read.diagnostics,
    ...ofParameters,
    ...found.map((diagnostic) => parameters.asWritten(diagnostic)),
  ].toSorted((left, right) => left.range.start.offset - right.range.start.offset);
  if (document === undefined || hasErrors(diagnostics)) return { diagnostics, locate, parameters };
  return { document, diagnostics, locate, parameters };
}

/** Text in quotes can spell the reference in other ways. */
export function mayRefer(text: string): boolean {
  return text.includes('${param:') || text.includes('\\');
}

/** The document, or what is wrong with its shape. Each step is checked by the schema of its verb alone, and only once. */
function readShape<Schema extends z.ZodType>(
  value: unknown,
  schema: Schema,
  memory: PipelineMemory,
  locate: Locate,
): { readonly document?: z.output<Schema>; readonly diagnostics: readonly Diagnostic[] } {
  const written = childOf(value, 'steps');
  if (!isRecord(value) || !isRecord(written)) return findProblems(value, value, schema, locate);
  const entries = entriesOf(written);
  const named = memory.steps(entries, readNamedStep);
  const around = schema.safeParse({ ...value, steps: {} });
  const steps = named.every((step) => step !== undefined) ? recordOf(named) : undefined;
  if (around.success && isRecord(around.data) && steps !== undefined)
    return { document: Object.assign(around.data, { steps }), diagnostics: [] };
  // Thousands of other steps are right.
  const doubtful = recordOf(entries.filter((_, place) => named[place] === undefined));
  const { diagnostics } = findProblems({ ...value, steps: doubtful }, value, schema, locate);
  return diagnostics.length > 0 ? { diagnostics } : findProblems(value, value, schema, locate);
}

/** What is wrong with the shape of a document, or of a part of it. */
function findProblems<Schema extends z.ZodType>(
  part: unknown,
  whole: unknown,
  schema: Schema,
  locate: Locate,
): { readonly document?: z.output<Schema>; readonly diagnostics: readonly Diagnostic[] } {
  const { usable, problems } = separateSteps(part, locate);
  const checked = checkSchema(schema, usable, locate);
  const diagnostics = [
    ...problems,
    ...checked.diagnostics.map((diagnostic) => offerInputs(diagnostic, whole)),
  ];
  return checked.value === undefined || problems.length > 0
    ? { diagnostics }
    : { document: checked.value, diagnostics };
}

/** Undefined when something is wrong with it. */
export function readNamedStep([name, settings]: readonly [string, unknown]): NamedStep | undefined {
  const step = NAME_PATTERN.test(name) && isRecord(settings) ? readStep(settings) : undefined;
  return step && [name, step];
}

function readStep(settings: Readonly<Record<string, unknown>>): Step | undefined {
  const [verb, ...others] = Object.keys(settings).flatMap((key) => verbNamed(key) ?? []);
  if (verb === undefined || others.length > 0) return undefined;
  const checked = verb.schema.safeParse(settings);
  return checked.success ? checked.data : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A step that reads from nothing can be connected to each step that hands rows on. */
function offerInputs(diagnostic: Diagnostic, value: unknown): Diagnostic {
  const [root, to, name, key] = diagnostic.path;
  const verb = VERBS.find((candidate) => candidate.name === name);
  if (diagnostic.code !== 'keyMissing' || root !== 'steps' || typeof to !== 'string') return diagnostic;
  if (!verb?.inputs.some((slot) => slot.length === 1 && slot[0] === key)) return diagnostic;
  const readable = Object.entries(Object(childOf(value, 'steps'))).flatMap(([step, settings]) => {
    const verbs = VERBS.filter((candidate) => childOf(settings, candidate.name) !== undefined);
    return verbs.length === 1 && verbs[0]?.isReadable === true ? [step] : [];
  });
  return {
    ...diagnostic,
    fixes: readable.slice(0, MAX_OFFERED).map((from) => ({ kind: 'connect', from, to })),
  };
}
