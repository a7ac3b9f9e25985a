import { diagnose, hasErrors, type Diagnostic } from './diagnostic/diagnostic.ts';
import { nearestNames } from './diagnostic/nearest-name.ts';
import type { Locate } from './diagnostic/source-range.ts';
import { checkGraph } from './document/check-graph.ts';
import { pipelineSchema, type PipelineDocument } from './document/pipeline-document.ts';
import { NAME_PATTERN } from './document/schema-parts.ts';
import { VERBS } from './document/step.ts';
import { checkSchema } from './schema/check-schema.ts';
import { childOf } from './schema/schema-at.ts';
import { readYaml } from './yaml/read-yaml.ts';

const MAX_OFFERED = 5;

export interface ParsedPipeline {
  /** Present when no diagnostic is an error. */
  readonly document?: PipelineDocument;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where things stand in the text; the compiler places its diagnostics with it. */
  readonly locate: Locate;
}

/**
 * Reads a pipeline document. Never throws: whatever is wrong with the text, all of it, is in `diagnostics`.
 * `fileName` appears in ranges only.
 */
export function parsePipeline(text: string, fileName: string): ParsedPipeline {
  const { value, diagnostics: syntax, locate } = readYaml(text, fileName);
  const diagnostics: Diagnostic[] = [...syntax];
  if (value === undefined) return { diagnostics, locate };
  const { usable, problems } = separateSteps(value, locate);
  diagnostics.push(...problems);
  const checked = checkSchema(pipelineSchema, usable, locate);
  diagnostics.push(...checked.diagnostics.map((diagnostic) => offerInputs(diagnostic, usable)));
  if (checked.value !== undefined && problems.length === 0)
    diagnostics.push(...checkGraph(checked.value, locate));
  diagnostics.sort((left, right) => left.range.start.offset - right.range.start.offset);
  if (checked.value === undefined || hasErrors(diagnostics)) return { diagnostics, locate };
  return { document: checked.value, diagnostics, locate };
}

/** Reports steps without exactly one verb and takes them out, so that the schema's answers are about the others. */
function separateSteps(value: unknown, locate: Locate): { usable: unknown; problems: readonly Diagnostic[] } {
  const steps = childOf(value, 'steps');
  if (!isRecord(value) || !isRecord(steps)) return { usable: value, problems: [] };
  const problems: Diagnostic[] = [];
  const usable: Record<string, unknown> = {};
  for (const [name, step] of Object.entries(steps)) {
    const path = ['steps', name];
    if (!NAME_PATTERN.test(name)) {
      problems.push(diagnose('nameInvalid', { name, thing: 'step' }, { path, range: locate(path, 'key') }));
    }
    if (!isRecord(step)) {
      usable[name] = step;
      continue;
    }
    const problem = checkVerb(name, step, locate);
    if (problem === undefined) usable[name] = step;
    else problems.push(problem);
  }
  return { usable: { ...value, steps: usable }, problems };
}

function checkVerb(
  step: string,
  value: Readonly<Record<string, unknown>>,
  locate: Locate,
): Diagnostic | undefined {
  const known = VERBS.map((verb) => verb.name);
  const verbs = known.filter((name) => Object.hasOwn(value, name));
  const path = ['steps', step];
  if (verbs.length > 1)
    return diagnose('verbAmbiguous', { step, verbs }, { path, range: locate(path, 'key') });
  if (verbs.length === 1) return undefined;
  const beside = new Set<string>(VERBS.flatMap((verb) => Object.keys(verb.schema.shape)));
  const verb = Object.keys(value).find((key) => !beside.has(key));
  if (verb === undefined)
    return diagnose('verbMissing', { step, verbs: known }, { path, range: locate(path, 'key') });
  const verbPath = [...path, verb];
  const nearest = nearestNames(verb, known);
  return diagnose(
    'verbUnknown',
    { step, verb, nearest, verbs: known },
    {
      path: verbPath,
      range: locate(verbPath, 'key'),
      fixes: nearest.map((to) => ({ kind: 'renameField', path: verbPath, to })),
    },
  );
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

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
