import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { DocumentPath, Locate } from '../diagnostic/source-range.ts';
import { parseStepReference } from '../document/step-reference.ts';
import { valuesAt, VERBS, type StepInput, type VerbName } from '../document/step.ts';
import type { DocumentValue } from '../edit/edit.ts';
import type { StepGroup } from '../edit/group-steps.ts';
import { isMapping } from '../edit/render-value.ts';
import type { GivenParameters } from '../parameters/resolve-parameters.ts';
import { parsePipeline } from '../parse-pipeline.ts';
import { PipelineMemory } from '../pipeline-memory.ts';
import { childOf } from '../schema/schema-at.ts';
import { readYaml } from '../yaml/read-yaml.ts';

/** A document while it is being written: what can be told of it although it may be wrong. */
export interface Draft {
  /** False when the text is no YAML, or holds no map: then nothing of it can be drawn. */
  readonly isReadable: boolean;
  readonly name: string | undefined;
  /** In the order of the text; steps that are no map are left out. */
  readonly steps: readonly DraftStep[];
  /** In the order of the text; only steps that are there, each in its first group, and no group without one. */
  readonly groups: readonly StepGroup[];
  readonly layout: Readonly<Record<string, readonly [number, number]>>;
  readonly diagnostics: readonly Diagnostic[];
  readonly locate: Locate;
}

/** A step as it is written: parameters are references, and what is missing is missing. */
export interface DraftStep {
  readonly name: string;
  /** Undefined without a verb that this version knows. */
  readonly verb: VerbName | undefined;
  readonly step: { readonly [key: string]: DocumentValue };
  /** The settings of the verb; empty while there are none. */
  readonly settings: { readonly [key: string]: DocumentValue };
  readonly inputs: readonly StepInput[];
  /** Names of outputs that are read as `step.output`. */
  readonly outputs: readonly string[];
}

/** Reads a text that may be wrong. Never throws. */
export function readDraft(
  text: string,
  fileName: string,
  given: GivenParameters = { isComplete: false },
  memory: PipelineMemory = new PipelineMemory(),
): Draft {
  const { diagnostics, locate } = parsePipeline(text, fileName, given, memory);
  const { value } = readYaml(text, fileName, memory.yaml);
  const written = childOf(value, 'steps');
  const name = childOf(value, 'name');
  const steps = isMap(written)
    ? Object.entries(written).flatMap(([step, of]) => readDraftStep(step, of))
    : [];
  return {
    isReadable: isMap(value),
    name: typeof name === 'string' ? name : undefined,
    steps,
    groups: readGroups(childOf(value, 'groups'), new Set(steps.map((step) => step.name))),
    layout: readLayout(childOf(value, 'layout')),
    diagnostics,
    locate,
  };
}

/** Steps are never changed, and asked for again after each edit. */
const known = new WeakMap<object, DraftStep>();

function readDraftStep(name: string, step: unknown): readonly DraftStep[] {
  if (!isMap(step)) return [];
  const before = known.get(step);
  if (before?.name === name) return [before];
  const verb = VERBS.find((candidate) => Object.hasOwn(step, candidate.name));
  const settings = verb === undefined ? undefined : step[verb.name];
  const read: DraftStep = {
    name,
    verb: verb?.name,
    step,
    settings: settings !== undefined && isMap(settings) ? settings : {},
    inputs:
      verb?.inputs.flatMap((slot) =>
        textsAt(step, [verb.name, ...slot]).map(([path, from]) => ({
          path,
          from,
          step: parseStepReference(from).step,
        })),
      ) ?? [],
    outputs:
      verb !== undefined && 'outputs' in verb
        ? verb.outputs.flatMap((slot) =>
            valuesAt(step, [verb.name, ...slot]).flatMap(({ value }) =>
              typeof value === 'string' ? [value] : isMap(value) ? Object.keys(value) : [],
            ),
          )
        : [],
  };
  known.set(step, read);
  return [read];
}

function textsAt(step: unknown, pattern: readonly string[]): readonly (readonly [DocumentPath, string])[] {
  return valuesAt(step, pattern).flatMap(({ path, value }) =>
    typeof value === 'string' && value !== '' ? [[path, value] as const] : [],
  );
}

function readGroups(groups: unknown, free: Set<string>): Draft['groups'] {
  if (!isMap(groups)) return [];
  return Object.entries(groups).flatMap(([name, listed]) => {
    // A step that is taken is free no more.
    const steps = Array.isArray(listed) ? listed.filter((step: unknown) => free.delete(String(step))) : [];
    return steps.length === 0 ? [] : [{ name, steps: steps.map(String) }];
  });
}

function readLayout(layout: unknown): Draft['layout'] {
  if (!isMap(layout)) return {};
  return Object.fromEntries(
    Object.entries(layout).flatMap(([name, at]) => {
      if (!Array.isArray(at)) return [];
      const [x, y]: readonly unknown[] = at;
      return typeof x === 'number' && typeof y === 'number' ? [[name, [x, y] as const]] : [];
    }),
  );
}

/** What YAML gives is data; that it is a map is all there is to ask. */
function isMap(value: unknown): value is { readonly [key: string]: DocumentValue } {
  return typeof value === 'object' && value !== null && isMapping(value as DocumentValue);
}
