import type { z } from 'zod';

import { hasErrors, type Diagnostic } from './diagnostic/diagnostic.ts';
import type { Locate } from './diagnostic/source-range.ts';
import { separateSteps } from './document/separate-steps.ts';
import { VERBS } from './document/step.ts';
import { applyParameters, type AppliedParameters } from './parameters/apply-parameters.ts';
import type { GivenParameters } from './parameters/resolve-parameters.ts';
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

/** Reads a document that has steps and parameters. `check` tells what the schema cannot. */
export function parseDocument<Schema extends z.ZodType>(
  text: string,
  fileName: string,
  given: GivenParameters,
  schema: Schema,
  check: (document: z.output<Schema>, locate: Locate) => readonly Diagnostic[],
): ParsedDocument<z.output<Schema>> {
  const read = readYaml(text, fileName);
  const { value, locate, parameters, diagnostics: ofParameters } = applyParameters(read, schema, given);
  if (value === undefined) return { diagnostics: read.diagnostics, locate, parameters };
  const { usable, problems } = separateSteps(value, locate);
  const found = [...problems];
  const checked = checkSchema(schema, usable, locate);
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
