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
  const sound = readSound(value, schema, memory);
  const { usable, problems } =
    sound === undefined ? separateSteps(value, locate) : { usable: value, problems: [] };
  const found = [...problems];
  const checked =
    sound === undefined ? checkSchema(schema, usable, locate) : { value: sound, diagnostics: [] };
  found.push(...checked.diagnostics.map((diagnostic) => offerInputs(diagnostic, usable)));
  if (checked.value !== undefined && problems.length === 0) found.push(...check(checked.value, locate));
  const diagnostics = [
    ...read.diagnostics,
    ...ofParameters,
    ...found.map((diagnostic) => parameters.asWritten(diagnostic)),
  ].toSorted((left, right) => left.range.start.offset - right.range.start.offset);
  if (checked.value === undefined || hasErrors(diagnostics)) return { diagnostics, locate, parameters };
  return { document: checked.value, diagnostics, locate, parameters };
}

/** Text in quotes can spell the reference in other ways. */
export function mayRefer(text: string): boolean {
  return text.includes('${param:') || text.includes('\\');
}

/** The document when its shape has no fault: each step is checked by the schema of its verb alone, and only once. */
function readSound<Schema extends z.ZodType>(
  value: unknown,
  schema: Schema,
  memory: PipelineMemory,
): z.output<Schema> | undefined {
  const written = childOf(value, 'steps');
  if (!isRecord(value) || !isRecord(written)) return undefined;
  const around = schema.safeParse({ ...value, steps: {} });
  if (!around.success || !isRecord(around.data)) return undefined;
  const named = memory.steps(entriesOf(written), readNamedStep);
  const steps = named.every((step) => step !== undefined) ? recordOf(named) : undefined;
  return steps && Object.assign(around.data, { steps });
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
  const readable = Object.entries(Object(childOf(value, 'steps'))).flatMap(([step, settings]) =>
    VERBS.some((candidate) => candidate.isReadable && childOf(settings, candidate.name) !== undefined)
      ? [step]
      : [],
  );
  return {
    ...diagnostic,
    fixes: readable.slice(0, MAX_OFFERED).map((from) => ({ kind: 'connect', from, to })),
  };
}
