import { checkGraph } from '../document/check-graph.ts';
import { stepCheckReferences } from '../document/check-references.ts';
import { parseStepReference } from '../document/step-reference.ts';
import { pipelineSchema, type PipelineDocument } from '../document/pipeline-document.ts';
import { stepInputs, type Step } from '../document/step.ts';
import type { Locate } from '../diagnostic/source-range.ts';
import { applyParameters, type AppliedParameters } from '../parameters/apply-parameters.ts';
import { entriesOf } from '../entries-of.ts';
import type { GivenParameters } from '../parameters/resolve-parameters.ts';
import { mayRefer, readNamedStep } from '../parse-document.ts';
import { PipelineMemory } from '../pipeline-memory.ts';
import { childOf } from '../schema/schema-at.ts';
import { readYaml } from '../yaml/read-yaml.ts';

/** What of a document can be worked with although something in it is wrong. */
export interface SoundPart {
  /** The steps that are right and read only from such steps, in the order of the text. */
  readonly document: PipelineDocument;
  /** Of the whole text. */
  readonly locate: Locate;
  readonly parameters: AppliedParameters;
}

/** What the caller knows of a draft. */
export interface SoundPartOptions {
  readonly given?: GivenParameters;
  readonly memory?: PipelineMemory;
  /** Steps that count as wrong, for reasons that the text does not tell. */
  readonly without?: ReadonlySet<string>;
}

/** Undefined when the text is no YAML, or holds no map. */
export function soundPart(
  text: string,
  fileName: string,
  { given = { isComplete: false }, memory = new PipelineMemory(), without }: SoundPartOptions = {},
): SoundPart | undefined {
  const read = readYaml(text, fileName, memory.yaml);
  const { value, locate, parameters } = applyParameters(
    { ...read, mayRefer: mayRefer(text) },
    pipelineSchema,
    given,
  );
  if (!isRecord(value)) return undefined;
  const steps = new Map<string, Step>();
  const written = childOf(value, 'steps');
  for (const named of memory.steps(entriesOf(isRecord(written) ? written : {}), readNamedStep))
    if (named !== undefined && without?.has(named[0]) !== true) steps.set(...named);
  const around = pipelineSchema.safeParse({ ...value, steps: {} });
  const document = around.success ? around.data : { version: 1 as const, name: 'draft', steps: {} };
  removeReadersOfNothing(steps);
  for (;;) {
    const part = { ...document, steps: Object.fromEntries(steps) };
    const wrong = checkGraph(part, locate).flatMap(({ severity, path: [root, name] }) =>
      severity === 'error' && root === 'steps' && typeof name === 'string' ? [name] : [],
    );
    if (wrong.length === 0) return { document: part, locate, parameters };
    for (const name of wrong) steps.delete(name);
    removeReadersOfNothing(steps);
  }
}

function removeReadersOfNothing(steps: Map<string, Step>): void {
  const readers = new Map<string, string[]>();
  const gone: string[] = [];
  for (const [name, step] of steps) {
    for (const { from } of [...stepInputs(step), ...stepCheckReferences(step)]) {
      const input = parseStepReference(from).step;
      const others = readers.get(input);
      if (others === undefined) readers.set(input, [name]);
      else others.push(name);
      if (!steps.has(input)) gone.push(name);
    }
  }
  // Grows while it is walked.
  for (const name of gone) if (steps.delete(name)) gone.push(...(readers.get(name) ?? []));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
